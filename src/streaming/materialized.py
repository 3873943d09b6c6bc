"""Materialized views: tables of what a view says of all rows up to a snapshot of its source.

Whoever asks the view adds the rows of the files that came after (`src/economy/warehouse.py`). What
compaction wrote after holds earlier rows as well, so this is for views to which it does not matter
how often they meet a row: a newest, a first or a largest, never a count or a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.streaming.history import PROPERTY_PREFIX, Snapshot, load_table, newest_with, read_lineage
from src.streaming.schemas import FIRST_TRADE, PLAYER_LATEST, PLAYER_STATE, TRADE
from src.streaming.tables import full_name, replace_rows

#: The snapshot property, before the source's name, that says up to where a table has taken it in:
#: the source's `table-uuid`, and the sequence number of its snapshot.
TAKEN_IN = f"{PROPERTY_PREFIX}taken_in."


class Materialized(Struct, frozen=True):
    """How a view's table is made of its source.

    `of_source` makes rows of the table out of rows of the source; `merged` leaves of many such rows
    one a `key`.
    """

    source: str
    key: tuple[str, ...]
    of_source: Callable[[DataFrame], DataFrame]
    merged: Callable[[DataFrame], DataFrame]


_TRADE = ("kind", "seq", "occurred_at")


def _newest(states: DataFrame) -> DataFrame:
    newest = F.max_by(F.struct("*"), F.col("version")).alias("newest")
    return states.groupBy("player_id").agg(newest).select("newest.*")


def _by_player(trades: DataFrame) -> DataFrame:
    settled = trades.where("status = 'settled'")
    both = settled.where("kind = 'player_trade'")
    return settled.selectExpr("player_1_id as player_id", *_TRADE).unionByName(
        both.selectExpr("player_2_id as player_id", *_TRADE)
    )


def _first(trades: DataFrame) -> DataFrame:
    occurred_at = F.min_by("occurred_at", "seq").alias("occurred_at")
    return trades.groupBy("player_id", "kind").agg(F.min("seq").alias("seq"), occurred_at)


#: How each of the tables is made.
MATERIALIZED = {
    PLAYER_LATEST: Materialized(PLAYER_STATE, ("player_id",), lambda states: states, _newest),
    FIRST_TRADE: Materialized(TRADE, ("kind", "player_id"), _by_player, _first),
}


def take_in(spark: SparkSession, table: str, *, anew: bool = False) -> int:
    """Bring a view's table up to the newest snapshot of its source, if that is worth it.

    It is when at least as many rows came as the table has: fewer are quicker read as they are, and
    so a row is written anew about as often as one comes.

    Args:
        spark: the session.
        table: one of `MATERIALIZED`.
        anew: forget what the table has, and make it of all rows.

    Returns:
        How many rows of the source were read; 0 when it was not worth it.
    """
    view = MATERIALIZED[table]
    source = load_table(spark, view.source)
    snapshot = source.currentSnapshot()
    if snapshot is None:
        return 0
    uuid = str(source.uuid())
    lineage = read_lineage(spark, table)
    through = 0 if anew else _taken_in(lineage, view.source, uuid)
    tasks, rows = _tasks_since(spark, source, through)
    if not anew and rows < max(1, lineage[0].rows_in_table if lineage and through else 0):
        return 0
    with _staged(spark, source, tasks) as name:
        read = spark.read.format("iceberg").option("scan-task-set-id", name)
        made = view.of_source(read.load(full_name(view.source)))
        columns = spark.table(full_name(table)).columns
        if through:
            made = made.select(columns).unionByName(spark.table(full_name(table)))
        kept = view.merged(made).select(columns).sortWithinPartitions(*view.key)
        replace_rows(kept, table, {TAKEN_IN + view.source: f"{uuid} {snapshot.sequenceNumber()}"})
    return rows


def forget_others(spark: SparkSession, tables: Sequence[str]) -> None:
    """Empty those of `tables` that were made of a source which is another table by now."""
    for table, view in MATERIALIZED.items():
        if table not in tables:
            continue
        lineage = read_lineage(spark, table)
        uuid = str(load_table(spark, view.source).uuid())
        if lineage and lineage[0].rows_in_table and not _taken_in(lineage, view.source, uuid):
            replace_rows(spark.table(full_name(table)).limit(0), table, {})


def _taken_in(lineage: Sequence[Snapshot], source: str, uuid: str) -> int:
    """Return the sequence number up to which a table has its source; 0 when it has nothing."""
    found = newest_with(lineage, TAKEN_IN + source)
    if found is None:
        return 0
    of, _, through = found.summary[TAKEN_IN + source].partition(" ")
    return int(through) if of == uuid else 0


def _tasks_since(spark: SparkSession, source: Any, through: int) -> tuple[Any, int]:  # noqa: ANN401 - Iceberg's own, in Java
    """Return what reads the files that came after a snapshot, and how many rows they have."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    chosen = jvm.java.util.ArrayList()
    rows = 0
    files = source.newScan().planFiles()
    try:
        found = files.iterator()
        while found.hasNext():
            task = found.next()
            if task.file().dataSequenceNumber() > through:
                chosen.add(task)
                rows += task.file().recordCount()
    finally:
        files.close()
    return chosen, rows


@contextmanager
def _staged(spark: SparkSession, source: Any, tasks: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Let Spark read these files of a table and no others, under the name that is given."""
    jvm: Any = spark._jvm  # noqa: SLF001 - as above
    staging = jvm.org.apache.iceberg.spark.ScanTaskSetManager.get()
    name = str(jvm.java.util.UUID.randomUUID())
    staging.stageTasks(source, name, tasks)
    try:
        yield name
    finally:
        staging.removeTasks(source, name)
