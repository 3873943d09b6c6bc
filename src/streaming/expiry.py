"""Which snapshots may go: those that are old and that nothing needs any more.

A snapshot's summary tells how far the table reaches, and compaction leaves snapshots that do not.
So expiry keeps everything from the newest snapshot that tells, whatever its age, up to now. It
carries no position forward: a landing that commits in between would be set back by it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pyspark.sql import SparkSession

from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.data_files import Positions
from src.streaming.history import PROPERTY_PREFIX, Snapshot, load_table, newest_with, read_lineage
from src.streaming.schemas import PLAYER_STATE, QUARANTINE, TRADE, TRADE_LEG
from src.streaming.tables import POSITION, positions_of

#: The tables that the rows of a topic land in; reading starts at the lowest of their positions.
DATA_TABLES = {TOPIC_TRADE: (TRADE_LEG, TRADE), TOPIC_PLAYER_STATE: (PLAYER_STATE,)}


def expire(spark: SparkSession, table: str, kept_ms: int, now_ms: int) -> int:
    """Forget the snapshots of a table that may go, delete what only they had; return how many.

    Args:
        spark: the session.
        table: which one.
        kept_ms: how long every snapshot is kept, since readers may still read it.
        now_ms: the time, UTC.
    """
    lineage = read_lineage(spark, table)
    if not lineage:
        return 0
    not_needed = _outrun(spark, lineage) if table == QUARANTINE else frozenset[str]()
    oldest_ms = min(current_at_ms(lineage, now_ms - kept_ms), needed_since_ms(lineage, not_needed))
    if not any(snapshot.timestamp_ms < oldest_ms for snapshot in lineage):
        return 0
    load_table(spark, table).expireSnapshots().expireOlderThan(oldest_ms).commit()
    return len(lineage) - len(read_lineage(spark, table))


def current_at_ms(lineage: Sequence[Snapshot], then_ms: int) -> int:
    """Return when the snapshot was committed that was the newest at some time, or that time.

    Who began to read then reads it still, however old it was: some tables change once a day.
    """
    earlier = (s.timestamp_ms for s in lineage if s.timestamp_ms <= then_ms)
    return max(earlier, default=then_ms)


def needed_since_ms(lineage: Sequence[Snapshot], not_needed: Collection[str]) -> int:
    """Return the commit time before which no snapshot is needed.

    Args:
        lineage: the current snapshot and its ancestors, newest first; not empty.
        not_needed: properties that nothing will ask for again.
    """
    seen: set[str] = set()
    kept = 1
    for count, snapshot in enumerate(lineage, 1):
        carried = {name for name in snapshot.summary if name.startswith(PROPERTY_PREFIX)} - seen
        seen |= carried
        if carried - set(not_needed):
            kept = count
    # A clock may have stepped back a little between two commits: expiry goes by these times.
    return min(snapshot.timestamp_ms for snapshot in lineage[:kept])


def is_outrun(position: Positions, reached: Sequence[Positions]) -> bool:
    """Say whether every one of the tables at `reached` is at or past `position`."""
    return all(
        offset <= each.get(partition, 0)
        for each in reached
        for partition, offset in position.items()
    )


def _outrun(spark: SparkSession, lineage: Sequence[Snapshot]) -> frozenset[str]:
    """Return the properties of quarantine that its topics' own tables have left behind.

    Its position keeps a repeated batch from being quarantined twice. A topic of which nothing is
    unfit leaves an old one, and everything since would have to be kept for it.
    """
    outrun: set[str] = set()
    for topic, tables in DATA_TABLES.items():
        position = POSITION + topic
        found = newest_with(lineage, position)
        if found is None:
            continue
        reached = [_position(spark, table, position) for table in tables]
        if is_outrun(positions_of(found.summary[position]), reached):
            # Of every snapshot: the newest need not tell all that an older one told.
            outrun |= {name for s in lineage for name in s.summary if name.endswith(f".{topic}")}
    return frozenset(outrun)


def _position(spark: SparkSession, table: str, name: str) -> Positions:
    found = newest_with(read_lineage(spark, table), name)
    return {} if found is None else positions_of(found.summary[name])
