"""Which snapshots may go: those that are old, or repeated, and that nothing needs any more.

A snapshot's summary tells how far the table reaches, and compaction leaves snapshots that do not.
So expiry keeps everything from the newest snapshot that tells, whatever its age, up to now. It
carries no position forward: a landing that commits in between would be set back by it.

A snapshot is kept for the files that only it and older ones have. One that a landing has added to
is repeated by that landing's own, and goes soon: each commit reads and writes all that are left.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

from pyspark.sql import SparkSession

from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.data_files import Positions
from src.streaming.history import (
    PROPERTY_PREFIX,
    Snapshot,
    load_table,
    newest_with,
    read_history,
    read_lineage,
)
from src.streaming.schemas import PLAYER_STATE, QUARANTINE, TRADE, TRADE_LEG
from src.streaming.tables import POSITION, positions_of

#: The tables that the rows of a topic land in; reading starts at the lowest of their positions.
DATA_TABLES = {TOPIC_TRADE: (TRADE_LEG, TRADE), TOPIC_PLAYER_STATE: (PLAYER_STATE,)}

#: So long a repeated snapshot is kept for whoever has looked up the newest and is about to read it.
_REPEATED_KEPT_MS = 120_000

#: Fewer repeated snapshots than these are not worth a commit.
_REPEATED_MIN = 32


def expire(spark: SparkSession, table: str, kept_ms: int, now_ms: int) -> int:
    """Forget the snapshots of a table that may go, delete what only they had; return how many.

    Args:
        spark: the session.
        table: which one.
        kept_ms: how long every snapshot is kept, since readers may still read it.
        now_ms: the time, UTC.
    """
    history = read_history(spark, table)
    lineage, every = history.lineage, history.every
    if not lineage:
        return 0
    not_needed = _outrun(spark, lineage) if table == QUARANTINE else frozenset[str]()
    oldest_ms = min(current_at_ms(every, now_ms - kept_ms), needed_since_ms(lineage, not_needed))
    old = history.nameless(each for each in every if each.timestamp_ms < oldest_ms)
    if old:
        _expiry_of(load_table(spark, table), old).commit()
    return len(old)


def expire_repeated(spark: SparkSession, table: str, now_ms: int) -> int:
    """Forget the snapshots that newer ones repeat, unless they are few; return how many.

    No data file and no manifest goes with them, and so nothing that a query still reads; of each
    goes the file that names its manifests. It must not run while the table is compacted: Iceberg
    then asks for all snapshots since compaction began.

    Args:
        spark: the session.
        table: one that rows land in.
        now_ms: the time, UTC.
    """
    history = read_history(spark, table)
    found = history.nameless(repeated(history.lineage, now_ms - _REPEATED_KEPT_MS))
    if len(found) < _REPEATED_MIN:
        return 0
    loaded = load_table(spark, table)
    # To find out what goes with them, Iceberg would read the manifests' names in all snapshots.
    _expiry_of(loaded, found).cleanExpiredFiles(False).commit()  # noqa: FBT003 - Iceberg's way
    for snapshot in found:
        loaded.io().deleteFile(snapshot.manifest_list)
    return len(found)


def repeated(lineage: Sequence[Snapshot], before_ms: int) -> list[Snapshot]:
    """Return the snapshots from before some time that newer ones repeat, but none that is needed.

    Args:
        lineage: the current snapshot and its ancestors, newest first.
        before_ms: the time, UTC.
    """
    if not lineage:
        return []
    oldest_ms = min(before_ms, needed_since_ms(lineage, ()))
    pairs = pairwise(lineage)
    return [old for new, old in pairs if new.repeats_parent and old.timestamp_ms < oldest_ms]


def current_at_ms(snapshots: Sequence[Snapshot], then_ms: int) -> int:
    """Return when the snapshot was committed that was the newest at some time, or that time.

    Who began to read then reads it still, however old it was: some tables change once a day. Where
    it was repeated and is gone, a newer one has all its files.
    """
    earlier = (s.timestamp_ms for s in snapshots if s.timestamp_ms <= then_ms)
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


def _expiry_of(table: Any, snapshots: Sequence[Snapshot]) -> Any:  # noqa: ANN401 - Iceberg's own, in Java
    """Return Iceberg's expiry of these snapshots of a table, and of no others."""
    # Iceberg also forgets what is older than a limit of its own, which knows nothing of positions.
    expiry = table.expireSnapshots().expireOlderThan(0)
    for snapshot in snapshots:
        expiry.expireSnapshotId(snapshot.snapshot_id)
    return expiry


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
