"""Rolling up: bringing the tables of rollups up to their sources, a day at a time.

What a rollup is, and why a count of rows tells whether a day is as it was, is said in
`src/rollups`. A day is rolled up once a later one has begun, and again when its count changes: the
newest one still fills, and would not hold. Days of running totals are rolled up one after the
other, and with one all that come after it, for each has what the days before it had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.rollups import (
    DAY,
    ROLLED_UP,
    RolledUp,
    Rollup,
    Running,
    days_rolled_up,
    rollup_tables,
)
from src.streaming.history import load_table, newest_change, read_lineage
from src.streaming.rollup_rows import rolled_up_by
from src.streaming.staging import rows_of, staged, tasks_by_day
from src.streaming.tables import full_name, replace_rows

#: A death, or a stop, loses no more than these.
_DAYS_A_COMMIT = 10


def roll_up(spark: SparkSession, rollup: Rollup, *, anew: bool = False) -> int:
    """Roll up the days of the source that are due, some days in one commit.

    Args:
        spark: the session.
        rollup: which one.
        anew: forget what its table has, and roll up all days that are over.

    Returns:
        How many rows of the source were read; 0 when no day was due.
    """
    source = load_table(spark, rollup.source)
    tasks = tasks_by_day(spark, source)
    rows = {day: rows_of(of_day) for day, of_day in tasks.items()}
    known = {} if anew else _known(spark, rollup, source)
    known = {day: count for day, count in known.items() if day in rows}
    due = due_days(rows, known, datetime.now(UTC).date(), running=rollup.running is not None)
    if anew and not due:
        _empty(spark, rollup)
    days_a_commit = 1 if rollup.running else _DAYS_A_COMMIT
    for begin in range(0, len(due), days_a_commit):
        days = due[begin : begin + days_a_commit]
        if rollup.running:  # what comes after does not hold until it is rolled up again
            known = {day: count for day, count in known.items() if day < days[0]}
        before = sorted(known)
        known |= {day: rows[day] for day in days}
        told = {ROLLED_UP: _rolled_up(rollup, source, known).told()}
        chosen = [task for day in days for task in tasks[day]]
        with staged(spark, source, chosen) as of_days, rolled_up_by(spark, rollup, of_days) as made:
            table = spark.table(full_name(rollup.table))
            kept = _running(made, rollup.running, table, before) if rollup.running else made
            kept = kept.select(table.columns).repartition(DAY)
            # Of a table that is not believed nothing stays.
            replaced = F.col(DAY).isin(days) if before else None
            in_order = kept.sortWithinPartitions(*table.columns[:3])
            replace_rows(in_order, rollup.table, told, replaced)
    return sum(rows[day] for day in due)


def _running(made: DataFrame, by: Running, table: DataFrame, before: Sequence[date]) -> DataFrame:
    """Add to the totals of a day what each key had when the days before it were over."""
    earlier = table.where(F.col(DAY).isin(list(before)))
    of_same = earlier.join(made.select(by.key), by.key, "left_semi")
    had = of_same.groupBy(by.key).agg(F.max(by.total).alias("had"))
    total = F.col(by.total) + F.coalesce(F.col("had"), F.lit(0))
    return made.join(had, by.key, "left").withColumn(by.total, total)


def _rolled_up(rollup: Rollup, source: Any, days: dict[date, int]) -> RolledUp:  # noqa: ANN401 - Iceberg's own, in Java
    number = source.currentSnapshot().sequenceNumber()
    return RolledUp(str(source.uuid()), number, rollup.digest, days)


def due_days(
    rows: Mapping[date, int], known: Mapping[date, int], today: date, *, running: bool = False
) -> list[date]:
    """Return the days to roll up, in order.

    Args:
        rows: that each day of the source has.
        known: how many it had when it was rolled up.
        today: UTC; it fills, even if the clock that trades were dated by has been ahead.
        running: whether a day's totals have those of the days before.
    """
    over = [day for day in sorted(rows)[:-1] if day < today]
    due = [day for day in over if rows[day] != known.get(day)]
    return [day for day in over if day >= due[0]] if running and due else due


def forget_other_days(spark: SparkSession, tables: Sequence[str]) -> None:
    """Empty those of `tables` that were not made of their source as it is now.

    As `materialized.forget_others`: the source may have come back from a backup.
    """
    for table, rollup in rollup_tables().items():
        if table not in tables:
            continue
        changed = newest_change(read_lineage(spark, table))
        is_of_some = changed and (changed.rows_in_table or ROLLED_UP in changed.summary)
        if is_of_some and not _known(spark, rollup, load_table(spark, rollup.source)):
            _empty(spark, rollup)


def _empty(spark: SparkSession, rollup: Rollup) -> None:
    replace_rows(spark.table(full_name(rollup.table)).limit(0), rollup.table, {})


def _known(spark: SparkSession, rollup: Rollup, source: Any) -> Mapping[date, int]:  # noqa: ANN401 - Iceberg's own, in Java
    # Manifests that were written anew leave the days as they are.
    changed = newest_change(read_lineage(spark, rollup.table))
    newest = source.currentSnapshot()
    if changed is None or newest is None:
        return {}
    told = changed.summary.get(ROLLED_UP)
    return days_rolled_up(rollup, told, str(source.uuid()), newest.sequenceNumber())
