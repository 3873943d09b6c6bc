"""Reconciling from the command line; `demo` does it too."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table

from src.audit.landed import LandingStandsStill, wait_until_landed
from src.audit.reconcile import Reconciliation, reconcile
from src.bootstrap import build_store
from src.cli.errors import CheckFailed, ServiceUnreachable
from src.cli.output import Output, table
from src.config import Settings
from src.economy.engines import open_engine


def balanced_books(settings: Settings, output: Output) -> Reconciliation:
    """Reconcile, print what was found, and return it.

    Raises:
        CheckFailed: something does not agree.
        ServiceUnreachable: Redis or the tables cannot be read, or landing stands still.
    """
    found = compared_books(settings, output)
    output.answer(found, lambda: books_text(found))
    demand_clean(found)
    return found


def compared_books(settings: Settings, output: Output) -> Reconciliation:
    """Reconcile with a progress bar, and return what was found.

    Raises:
        ServiceUnreachable: Redis or the tables cannot be read, or landing stands still.
    """
    store = build_store(settings)
    try:
        with output.progress() as bar:
            task = bar.add_task("landed events", total=None)
            return reconcile(
                store,
                lambda: open_engine(settings),
                lambda landed, last_seq: bar.update(task, completed=landed, total=last_seq),
            )
    except LandingStandsStill as error:
        raise standing_still(error) from error
    finally:
        store.close()


def demand_clean(found: Reconciliation) -> None:
    """Pass books that agree.

    Raises:
        CheckFailed: something does not agree.
    """
    if not found.is_clean:
        raise CheckFailed(
            f"{len(found.differences)} differences.",
            remedy="see docs/guides/reconcile.md, and keep var/ as it is until they are explained",
        )


def await_landing(settings: Settings, output: Output) -> int:
    """Wait until all that was committed has landed; return the number of the last event.

    Raises:
        ServiceUnreachable: landing stands still.
    """
    store = build_store(settings)
    try:
        last_seq = store.last_seq()
    finally:
        store.close()
    try:
        with output.progress() as bar:
            task = bar.add_task("landed events", total=last_seq)
            wait_until_landed(
                lambda: open_engine(settings),
                last_seq,
                lambda landed, _last_seq: bar.update(task, completed=landed),
            )
    except LandingStandsStill as error:
        raise standing_still(error) from error
    return last_seq


def standing_still(error: LandingStandsStill) -> ServiceUnreachable:
    """Return the error of a landing that does not go on."""
    return ServiceUnreachable(
        "Not everything has landed.",
        cause=str(error),
        remedy="./guildhall status, then ./guildhall logs relay and ./guildhall logs streaming",
    )


def books_text(found: Reconciliation) -> Group:
    """Return what was found as people read it: the checks, then each difference."""
    failed = {difference.check for difference in found.differences}
    rows = [
        ["differs" if check in failed else "agrees", check, proves]
        for check, proves in found.checks.items()
    ]
    title = f"{found.events:,} events and {found.players:,} players compared"
    parts: list[Table] = [table(["", "check", "what it proves"], rows, title=title)]
    for check in found.checks:
        facts = [each.facts for each in found.differences if each.check == check]
        if facts:
            columns = list(facts[0])
            parts.append(table(columns, [[each[c] for c in columns] for each in facts], check))
    return Group(*parts)
