"""Rebuilding: Redis as it was after the last event of the log, from nothing but the log.

It can die at any point and be run again: until its last step Redis counts no event, and the relay
lets no writer into a Redis that counts fewer events than the log has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from src.audit.landed import OpenEngine
from src.audit.landed_positions import Positions
from src.audit.log_fold import LogFold, coverage_of
from src.audit.states import digest
from src.audit.tail import Coverage, Tail
from src.classes.player import Player
from src.economy.engine import Engine, WarehouseUnreachableError
from src.events.outbox_entry import Record


class RebuildRefused(Exception):
    """Redis cannot be rebuilt, or was not rebuilt right.

    Attributes:
        fact: what hinders it.
        remedy: what to do about it.
    """

    def __init__(self, fact: str, remedy: str) -> None:
        """Say what hinders it and what to do."""
        super().__init__(fact)
        self.fact = fact
        self.remedy = remedy


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What was done, or in a dry run would be.

    Attributes:
        is_needed: whether Redis lacks events that the log has.
        is_done: whether Redis was restored; false in a dry run.
        redis_seq: the last event that Redis counted before.
        log_seq: the last event of the log, after which trading goes on.
        events_from_tables: events that came from the tables.
        events_from_kafka: events that came from Kafka, those read twice included.
        players, guilds, recent_trades: how many were restored; founded guilds, and lines.
    """

    is_needed: bool
    is_done: bool = False
    redis_seq: int
    log_seq: int
    events_from_tables: int = 0
    events_from_kafka: int = 0
    players: int = 0
    guilds: int = 0
    recent_trades: int = 0


class Log(Protocol):
    """The log's writing end; see `src.event_log.log.EventLog`."""

    def fence(self) -> None:
        """Shut out every earlier writer."""

    def position(self) -> int:
        """Return the number of the last event."""


class Reader(Protocol):
    """The log's reading end; see `src.event_log.reader.LogReader`."""

    def events(self, starts: Mapping[str, Positions]) -> Iterable[Record]:
        """Iterate over the events from these offsets on."""

    def guilds(self) -> Mapping[bytes, bytes]:
        """Return the founded guilds."""


class Target(Protocol):
    """Redis while it is rebuilt; see `src.player_store.restoration.Restoration`."""

    def last_seq(self) -> int:
        """Return the number of the last event that it counts."""

    def shut_for_writers(self) -> None:
        """Let no commit be made."""

    def begin(self) -> None:
        """Remove the players and all that follows from them."""

    def write_players(self, players: Sequence[Player]) -> None:
        """Write states and memberships."""

    def write_recent_trades(self, lines: Mapping[int, Sequence[bytes]]) -> None:
        """Write lists of recent trades."""

    def write_guilds(self, guilds: Mapping[bytes, bytes]) -> None:
        """Write founded guilds."""

    def end(self, last_seq: int, last_player_id: int) -> None:
        """Declare it whole."""


class Live(Protocol):
    """The players as Redis has them; see `src.player_store.store`."""

    def all_players(self) -> Iterable[Player]:
        """Iterate over all players."""


class Parts(Struct, frozen=True, kw_only=True):
    """What a rebuild works with. `positions` tells, by topic, how far the tables have landed."""

    target: Target
    live: Live
    log: Log
    reader: Reader
    open_engine: OpenEngine
    positions: Callable[[], Mapping[str, Positions]]
    recent_kept: int


class Progress(Protocol):
    """Told what is under way; `total` is None when it is not known."""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Note how far it is."""


def rebuild(parts: Parts, progress: Progress, *, is_dry_run: bool = False) -> Rebuilt:
    """Restore Redis to what the log says, unless Redis has all of it.

    A relay must check Redis afterwards before anybody can trade.

    Raises:
        RebuildRefused: Redis has events that the log lacks, the log is not whole, or what was
            written is not what Redis then has.
        LogError, StoreUnreachable, EngineError: Kafka, Redis or the tables cannot be reached.
    """
    seq, position = parts.target.last_seq(), parts.log.position()
    plan = Rebuilt(is_needed=seq < position, redis_seq=seq, log_seq=position)
    if seq > position:
        raise RebuildRefused(
            f"Redis has {seq:,} events and the log only {position:,}: a rebuild would lose trades.",
            "start the relay, which publishes them; docs/guides/recover.md when it refuses",
        )
    if not plan.is_needed:
        return plan
    if not is_dry_run:
        # 1. Nobody writes from here on: neither players, nor a relay that was in mid-transaction
        #    when Redis forgot, and whose transaction would move the position.
        parts.target.shut_for_writers()
        parts.log.fence()
        plan = replace(plan, log_seq=parts.log.position())
    with _folded(parts, plan.log_seq, progress) as (fold, from_tables, tail):
        plan = replace(plan, events_from_tables=from_tables, events_from_kafka=tail.events)
        guilds = parts.reader.guilds()
        plan = replace(plan, guilds=len(guilds))
        # 2. All that is needed is there; only now Redis is touched. Dying from here on leaves a
        #    Redis that counts no event: shut, until this is run again.
        return _restored(parts, plan, fold, guilds, progress, is_dry_run=is_dry_run)


def _restored(
    parts: Parts,
    plan: Rebuilt,
    fold: LogFold,
    guilds: Mapping[bytes, bytes],
    progress: Progress,
    *,
    is_dry_run: bool,
) -> Rebuilt:
    if not is_dry_run:
        parts.target.begin()
        parts.target.write_guilds(guilds)
    written: dict[int, bytes] = {}
    lines, last_id = 0, fold.last_player_id
    for page in fold.pages(plan.log_seq):
        if not is_dry_run:
            parts.target.write_players(page.players)
            parts.target.write_recent_trades(page.recent_trades)
        written.update((player.player_id, digest(player)) for player in page.players)
        lines += sum(len(each) for each in page.recent_trades.values())
        progress("players", len(written), last_id)
    plan = replace(plan, players=len(written), recent_trades=lines)
    if is_dry_run:
        return plan
    _verify(parts.live, written, progress)
    # 3. Last, the number: with it the next relay finds Redis and the log to continue each other.
    parts.target.end(plan.log_seq, last_id)
    return replace(plan, is_done=True)


@contextmanager
def _folded(parts: Parts, position: int, progress: Progress) -> Iterator[tuple[LogFold, int, Tail]]:
    """Give the fold of the whole log, how many events the tables gave, and the tail.

    Raises:
        RebuildRefused: an event is neither in the tables nor in Kafka.
    """
    # Before the tables are pinned: what lands in between is then read twice, not missed.
    positions = parts.positions()
    with _opened(parts.open_engine) as engine:
        coverage = coverage_of(engine, position)
        from_tables = position - sum(coverage.missing()[1:])
        tail = Tail(parts.recent_kept)
        tail.read(_told(parts.reader.events(positions), position, progress), coverage)
        _check(coverage, position)
        yield LogFold(engine, tail, parts.recent_kept), from_tables, tail


@contextmanager
def _opened(open_engine: OpenEngine) -> Iterator[Engine | None]:
    try:
        opened: AbstractContextManager[Engine] = open_engine()
    except WarehouseUnreachableError:
        # There are no tables: Kafka may still have everything. If not, the check tells.
        yield None
        return
    with opened as engine:
        yield engine


def _told(records: Iterable[Record], position: int, progress: Progress) -> Iterator[Record]:
    for count, record in enumerate(records, 1):
        progress("events past the tables", count, None)
        if record.seq > position:
            raise _other_log(record.seq, position)
        yield record


def _check(coverage: Coverage, position: int) -> None:
    if coverage.last_seq > position:
        raise _other_log(coverage.last_seq, position)
    if missing := coverage.missing():
        first, count = missing
        raise RebuildRefused(
            f"{count:,} of {position:,} events are neither in the tables nor in Kafka, "
            f"the first of them {first:,}.",
            "look into the table quarantine, and at the tables with ./guildhall reconcile; Redis "
            "was not changed",
        )


def _other_log(seq: int, position: int) -> RebuildRefused:
    return RebuildRefused(
        f"There is an event {seq:,}, and the log's position is {position:,}: the tables and Kafka "
        "are not of the same history.",
        "give both back from the same backup; Redis was not changed",
    )


def _verify(live: Live, written: Mapping[int, bytes], progress: Progress) -> None:
    """Compare every player in Redis with what was written.

    Raises:
        RebuildRefused: one differs, is missing, or is too many.
    """
    same = 0
    for count, player in enumerate(live.all_players(), 1):
        if written.get(player.player_id) != digest(player):
            raise _not_right(f"player {player.player_id} is not as the log says")
        same += 1
        progress("players verified", count, len(written))
    if same != len(written):
        raise _not_right(f"{len(written) - same} players are missing")


def _not_right(fault: str) -> RebuildRefused:
    return RebuildRefused(
        f"Redis was not restored right: {fault}.",
        "see that nothing else writes into this Redis, and run ./guildhall rebuild again",
    )
