"""Rebuilding from the command line: what must run is started, and the relay waits meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct
from rich.console import Group
from rich.progress import Progress as Bar
from rich.progress import TaskID

from src.audit.landed_positions import landed_positions
from src.audit.rebuild import Parts, RebuildRefused, Rebuilt, rebuild
from src.audit.reconcile import Reconciliation
from src.bootstrap import build_log, build_log_reader, build_restoration, build_store
from src.cli.books import books_text, compared_books, demand_clean
from src.cli.errors import CheckFailed, ServiceUnreachable
from src.cli.output import Output
from src.cli.stack_progress import StackProgress
from src.config import Settings
from src.economy.engines import open_engine
from src.event_log.log import LogError
from src.event_log.reader import LogForgot
from src.stack.layout import Layout
from src.stack.lifecycle import start, stop
from src.stack.supervisor_client import SupervisorClient

#: What a rebuild reads and writes; the rest of the stack is started when Redis is whole.
_NEEDED = ("redis", "kafka")
_RELAY = "relay"


class RebuildAnswer(Struct, frozen=True):
    """What was restored, and how the books stand afterwards; null when nothing was restored."""

    rebuilt: Rebuilt
    reconciliation: Reconciliation | None


def rebuilt(settings: Settings, output: Output, *, is_dry_run: bool) -> None:
    """Rebuild what is lacking, start the stack, reconcile, and print all of it.

    Raises:
        CheckFailed: the rebuild was refused, or something does not agree afterwards.
        ServiceUnreachable: Redis, Kafka or the tables cannot be reached.
        StackError: Redis or Kafka, or afterwards the stack, cannot be started.
    """
    progress = StackProgress(output)
    ran_before = SupervisorClient(Layout.of(settings)).is_running()
    is_restored = False
    try:
        start(settings, progress, _NEEDED)
        with _without_relay(settings, is_dry_run=is_dry_run):
            found = _rebuilt(settings, output, is_dry_run=is_dry_run)
        is_restored = found.is_done
    finally:
        if not ran_before and not is_restored:
            stop(settings, progress)
    books = None
    if is_restored:
        start(settings, progress)
        books = compared_books(settings, output)
    output.answer(RebuildAnswer(found, books), lambda: _text(found, books, is_dry_run=is_dry_run))
    if books is not None:
        demand_clean(books)


@contextmanager
def _without_relay(settings: Settings, *, is_dry_run: bool) -> Iterator[None]:
    """Let no relay run: it would look at a Redis that is not whole yet, again and again."""
    client = SupervisorClient(Layout.of(settings))
    if is_dry_run or client.states()[_RELAY].state == "stopped":
        yield
        return
    client.stop(_RELAY)
    try:
        yield
    finally:
        client.start(_RELAY)


def _rebuilt(settings: Settings, output: Output, *, is_dry_run: bool) -> Rebuilt:
    with (
        closing(build_restoration(settings)) as target,
        closing(build_store(settings)) as live,
        closing(build_log(settings)) as log,
        output.progress() as bar,
    ):
        parts = Parts(
            target=target,
            live=live,
            log=log,
            reader=build_log_reader(settings),
            open_engine=lambda: open_engine(settings),
            positions=lambda: landed_positions(Path(settings.warehouse)),
            recent_kept=settings.recent_trades_kept,
        )
        try:
            return rebuild(parts, _Bars(bar), is_dry_run=is_dry_run)
        except RebuildRefused as error:
            raise CheckFailed(error.fact, remedy=error.remedy) from error
        except LogForgot as error:
            raise CheckFailed(
                "The log is not whole.",
                cause=str(error),
                remedy="the tables lack what Kafka has removed: give the tables or Kafka's data "
                "back from a backup; Redis was not changed",
            ) from error
        except LogError as error:
            raise ServiceUnreachable(
                "Kafka does not answer.",
                cause=str(error),
                remedy="./guildhall logs kafka, then ./guildhall rebuild again",
            ) from error


class _Bars:
    """One bar a thing that is done."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Move the bar of what is under way."""
        if doing not in self._tasks:
            self._tasks[doing] = self._bar.add_task(doing, total=total)
        self._bar.update(self._tasks[doing], completed=done, total=total)


def _text(found: Rebuilt, books: Reconciliation | None, *, is_dry_run: bool) -> Group:
    if not found.is_needed:
        return Group(
            f"Redis has all {found.log_seq:,} events of the log: there is nothing to restore."
        )
    said = "would be restored" if is_dry_run else "were restored"
    head = (
        f"Redis had {found.redis_seq:,} of {found.log_seq:,} events. {found.players:,} players, "
        f"{found.recent_trades:,} lines of recent trades and {found.guilds:,} founded guilds {said}"
        f" from {found.events_from_tables:,} events of the tables and {found.events_from_kafka:,} "
        "of Kafka."
    )
    if books is None:
        return Group(head)
    return Group(head, f"The next event is {found.log_seq + 1:,}.", "", books_text(books))
