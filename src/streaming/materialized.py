"""Materialized views: tables of what a view says of all rows up to a snapshot of its source.

Whoever asks the view adds the rows of the files that came after (`src/economy/warehouse.py`). What
compaction wrote after holds earlier rows as well, so this is for views to which it does not matter
how often they meet a row: a newest, a first or a largest, never a count or a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.rollups import NO_STATEMENT, ROLLED_UP, RolledUp
from src.streaming.history import PROPERTY_PREFIX, Snapshot, load_table, read_lineage
from src.streaming.schemas import FIRST_TRADE, PLAYER_LATEST, PLAYER_STATE, TRADE
from src.streaming.staging import rows_of, staged, tasks_by_day
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
    both = settled.where("kind = 'player_trade' and player_2_id is not null")
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

    It is when at least as many rows came as the table has: fewer are quicker read as they are.

    Args:
        spark: the session.
        table: one of `MATERIALIZED`.
        anew: forget what the table has, and make it of all rows.

    Returns:
        How many rows of the source were read; 0 when it was not worth it.
    """
    view = MATERIALIZED[table]
    source = load_table(spark, view.source)
    lineage = read_lineage(spark, table)
    through = 0 if anew else _taken_in(lineage, view.source, source)
    by_day = tasks_by_day(spark, source)
    every = [task for of_day in by_day.values() for task in of_day]
    tasks = [task for task in every if task.file().dataSequenceNumber() > through]
    rows = rows_of(tasks)
    if not rows:
        if anew:
            _empty(spark, table, source)
        return 0
    if through and rows < lineage[0].rows_in_table:
        return 0
    with staged(spark, source, tasks) as since:
        columns = spark.table(full_name(table)).columns
        made = view.of_source(since).select(columns)
        if through:
            made = made.unionByName(spark.table(full_name(table)))
        kept = view.merged(made).select(columns).sortWithinPartitions(*view.key)
        days = {day: rows_of(of_day) for day, of_day in by_day.items()}
        number = source.currentSnapshot().sequenceNumber()
        replace_rows(kept, table, _told(view.source, source, number, days))
    return rows


def forget_others(spark: SparkSession, tables: Sequence[str]) -> None:
    """Empty those of `tables` that were not made of their source as it is now.

    It is another table, or the same as it was before: come back from a backup.
    """
    for table, view in MATERIALIZED.items():
        if table not in tables:
            continue
        lineage = read_lineage(spark, table)
        source = load_table(spark, view.source)
        if lineage and lineage[0].rows_in_table and not _taken_in(lineage, view.source, source):
            _empty(spark, table, source)


def _taken_in(lineage: Sequence[Snapshot], name: str, source: Any) -> int:  # noqa: ANN401 - Iceberg's own, in Java
    """Return the sequence number up to which a table has its source; 0 when it has nothing.

    Only the newest snapshot is asked: whoever else wrote the table may have taken rows out of it.
    """
    newest = source.currentSnapshot()
    of, _, number = (lineage[0].summary if lineage else {}).get(TAKEN_IN + name, "").partition(" ")
    if newest is None or of != str(source.uuid()) or int(number) > newest.sequenceNumber():
        return 0
    return int(number)


def _told(name: str, source: Any, number: int, days: dict[date, int]) -> dict[str, str]:  # noqa: ANN401 - as above
    """Return what a snapshot says of what is taken in: up to which number, and of which days."""
    uuid = str(source.uuid())
    by_days = RolledUp(uuid, number, NO_STATEMENT, days)
    return {TAKEN_IN + name: f"{uuid} {number}", ROLLED_UP: by_days.told()}


def _empty(spark: SparkSession, table: str, source: Any) -> None:  # noqa: ANN401 - as above
    told = _told(MATERIALIZED[table].source, source, 0, {})
    replace_rows(spark.table(full_name(table)).limit(0), table, told)
