"""Maintenance of a table: few files, few manifests, few snapshots, nothing that no one needs.

Each step is a commit of its own, or deletes what no snapshot names; a death between or within
them loses nothing, and what is left half done is garbage that a later round removes. The steps
run beside landing: they take no lock, and whichever commits second goes on from the first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from src.config import Settings
from src.rollups import rollup_tables
from src.streaming.expiry import expire
from src.streaming.history import load_table, read_history
from src.streaming.materialized import MATERIALIZED, take_in
from src.streaming.rolling_up import roll_up
from src.streaming.schemas import PLAYER_STATE, QUARANTINE, TRADE, TRADE_LEG
from src.streaming.session import CATALOG, NAMESPACE, make_active

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

_MIB = 1024 * 1024
_HOUR_MS = 3_600_000

#: How the rows of a table lie in the files that compaction writes: so that a question about one
#: kind of trade, or one player, passes over the row groups of the others (docs/decisions/0039);
#: files are of one day each. Tables that are not here are replaced as a whole and have one file.
SORTED_BY = {
    TRADE: ("status", "kind", "player_1_id", "seq"),
    TRADE_LEG: ("status", "kind", "seq", "leg_no"),
    PLAYER_STATE: ("player_id", "version"),
    QUARANTINE: ("topic", "partition", "offset"),
}

_COMPACTION = {
    "target-file-size-bytes": str(128 * _MIB),
    # A file of this size is left alone. Larger: a day's newest rows are written again more often.
    # Smaller: more files stay.
    "min-file-size-bytes": str(32 * _MIB),
    # Fewer files of a day are not worth the work.
    "min-input-files": "5",
    # What one step rewrites. It bounds the memory and the time that landing has to share.
    "max-file-group-size-bytes": str(256 * _MIB),
    "max-concurrent-file-group-rewrites": "1",
    # Each step commits by itself: a death loses one step's work and no more.
    "partial-progress.enabled": "true",
    "partial-progress.max-commits": "10",
}

#: Manifests that a reader has to open before they are written anew as few.
_MANIFESTS_MAX = 20


class Upkeep(Struct, frozen=True, kw_only=True):
    """What one round did to a table.

    `files` are data files of the newest snapshot, `compacted` those that a round replaced by
    `written`. `taken_in` are rows of its source that a materialized view or a rollup has read.
    `faults` are steps that failed; the next round tries them again.
    """

    table: str
    seconds: float = 0
    files_before: int = 0
    files_after: int = 0
    compacted: int = 0
    written: int = 0
    taken_in: int = 0
    manifests_before: int = 0
    manifests_after: int = 0
    snapshots_before: int = 0
    snapshots_expired: int = 0
    orphans_removed: int = 0
    faults: tuple[str, ...] = ()


def maintain_tables(
    spark: SparkSession,
    settings: Settings,
    tables: Sequence[str],
    told: Callable[[Upkeep], None],
    *,
    anew: bool = False,
) -> None:
    """Maintain tables one after the other, telling of each; one that is absent needs nothing."""
    for table in tables:
        if spark.catalog.tableExists(f"{CATALOG}.{NAMESPACE}.{table}"):
            told(maintain(spark, settings, table, anew=anew))
        else:
            told(Upkeep(table=table))


def maintain(
    spark: SparkSession,
    settings: Settings,
    table: str,
    *,
    with_orphans: bool = True,
    anew: bool = False,
) -> Upkeep:
    """Compact a table, rewrite its manifests, expire snapshots, remove orphans; say what was done.

    Materialized views and rollups take in what has landed in their sources (`materialized.py`,
    `rolling_up.py`).

    Args:
        spark: the session; landing may run in it.
        settings: how long snapshots and orphans are kept.
        table: a table that exists.
        with_orphans: look for files that no snapshot names; lists the table's whole folder.
        anew: make a materialized view or a rollup of all rows of its source.
    """
    began = time.monotonic()
    faults: list[str] = []
    kept_ms = settings.maintenance_snapshots_kept_s * 1_000
    orphan_ms = settings.maintenance_orphan_age_h * _HOUR_MS
    before = _counts(spark, table)
    compacted, written = _step(faults, "compaction", lambda: compact(spark, table), (0, 0))
    taken_in = _step(faults, "taking in", lambda: _take_in(spark, table, anew=anew), 0)
    _step(faults, "rewriting manifests", lambda: _rewrite_manifests(spark, table), None)
    expired = _step(faults, "expiry", lambda: expire(spark, table, kept_ms, now_ms()), 0)
    orphans = 0
    if with_orphans:
        orphans = _step(faults, "orphans", lambda: _remove_orphans(spark, table, orphan_ms), 0)
    after = _counts(spark, table)
    return Upkeep(
        table=table,
        seconds=round(time.monotonic() - began, 3),
        files_before=before.files,
        files_after=after.files,
        compacted=compacted,
        written=written,
        taken_in=taken_in,
        manifests_before=before.manifests,
        manifests_after=after.manifests,
        snapshots_before=before.snapshots,
        snapshots_expired=expired,
        orphans_removed=orphans,
        faults=tuple(faults),
    )


def compact(spark: SparkSession, table: str) -> tuple[int, int]:
    """Write small files anew as few sorted ones; return how many were replaced by how many."""
    if table not in SORTED_BY:
        return 0, 0
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    found = load_table(spark, table)
    order = jvm.org.apache.iceberg.SortOrder.builderFor(found.schema())
    for column in SORTED_BY[table]:
        order = order.asc(column)
    action = _actions(spark).rewriteDataFiles(found).sort(order.build())
    for name, value in _COMPACTION.items():
        action = action.option(name, value)
    result = action.execute()
    if failed := result.failedDataFilesCount():
        raise CompactionFailed(f"{failed} files were not compacted")
    return result.rewrittenDataFilesCount(), result.addedDataFilesCount()


def _take_in(spark: SparkSession, table: str, *, anew: bool) -> int:
    """Bring a table that is made of others up to them; return how many of their rows were read."""
    if (rollup := rollup_tables().get(table)) is not None:
        return roll_up(spark, rollup, anew=anew)
    return take_in(spark, table, anew=anew) if table in MATERIALIZED else 0


class CompactionFailed(Exception):
    """Some steps of a compaction did not commit; their files stay as they were."""


class _Counts(Struct, frozen=True):
    files: int
    manifests: int
    snapshots: int


def _counts(spark: SparkSession, table: str) -> _Counts:
    history = read_history(spark, table)
    if not history.lineage:
        return _Counts(0, 0, 0)
    files = int(history.lineage[0].summary.get("total-data-files", 0))
    return _Counts(files, count_manifests(spark, table), len(history.every))


def count_manifests(spark: SparkSession, table: str) -> int:
    """Return how many manifests a reader of a table has to open."""
    found = load_table(spark, table)
    snapshot = found.currentSnapshot()
    return 0 if snapshot is None else int(snapshot.allManifests(found.io()).size())


def _rewrite_manifests(spark: SparkSession, table: str) -> None:
    if count_manifests(spark, table) > _MANIFESTS_MAX:
        action = _actions(spark).rewriteManifests(load_table(spark, table))
        action.option("use-caching", "false").execute()


def _remove_orphans(spark: SparkSession, table: str, older_than_ms: int) -> int:
    action = _actions(spark).deleteOrphanFiles(load_table(spark, table))
    result = action.olderThan(now_ms() - older_than_ms).execute()
    return sum(1 for _ in result.orphanFileLocations())


def _actions(spark: SparkSession) -> Any:  # noqa: ANN401 - Iceberg's own, in Java
    make_active(spark)
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    session = spark._jsparkSession  # noqa: SLF001 - as above
    return jvm.org.apache.iceberg.spark.actions.SparkActions.get(session)


def _step(faults: list[str], name: str, run: Callable[[], Result], otherwise: Result) -> Result:
    """Run one step; when it fails, note it and let the others go on."""
    try:
        return run()
    except (Py4JJavaError, PySparkException, CompactionFailed) as error:
        cause = error.java_exception if isinstance(error, Py4JJavaError) else error
        _log.warning("%s failed, the next round tries again: %s", name, cause)
        faults.append(f"{name}: {cause}")
        return otherwise


def now_ms() -> int:
    """Return the time in milliseconds, as Iceberg dates snapshots."""
    return time.time_ns() // 1_000_000
