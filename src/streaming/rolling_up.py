"""Rolling up: bringing the tables of rollups up to their sources, a day at a time.

What a rollup is, and why a count of rows tells whether a day is as it was, is said in
`src/rollups`. A day is rolled up once a later one has begun, and again when its count changes: the
newest one still fills, and would not hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.rollups import DAY, ROLLED_UP, RolledUp, Rollup, days_rolled_up, rollup_tables
from src.streaming.history import load_table, newest_change, read_lineage
from src.streaming.rollup_rows import rolled_up_by
from src.streaming.staging import rows_of, staged, tasks_by_day
from src.streaming.tables import full_name, replace_rows


def roll_up(spark: SparkSession, rollup: Rollup, *, anew: bool = False) -> int:
    """Roll up the days of the source that are due, in one commit.

    Args:
        spark: the session.
        rollup: which one.
        anew: forget what its table has, and roll up all days.

    Returns:
        How many rows of the source were read; 0 when no day was due.
    """
    source = load_table(spark, rollup.source)
    tasks = tasks_by_day(spark, source)
    rows = {day: rows_of(of_day) for day, of_day in tasks.items()}
    known = {} if anew else _known(spark, rollup, source)
    due = due_days(rows, known)
    if not due:
        if anew:
            _empty(spark, rollup)
        return 0
    chosen = [task for day in due for task in tasks[day]]
    days = {**{day: n for day, n in known.items() if day in rows}, **{d: rows[d] for d in due}}
    told = RolledUp(
        str(source.uuid()), source.currentSnapshot().sequenceNumber(), rollup.digest, days
    )
    with staged(spark, source, chosen) as of_source, rolled_up_by(spark, rollup, of_source) as made:
        columns = spark.table(full_name(rollup.table)).columns
        kept = made.select(columns).repartition(DAY).sortWithinPartitions(*columns[:3])
        # Of a table that is not believed nothing stays.
        replaced = F.col(DAY).isin(due) if known else F.lit(True)  # noqa: FBT003 - a literal column
        writer = kept.writeTo(full_name(rollup.table))
        writer.option(f"snapshot-property.{ROLLED_UP}", told.told()).overwrite(replaced)
    return sum(rows[day] for day in due)


def due_days(rows: Mapping[date, int], known: Mapping[date, int]) -> list[date]:
    """Return the days to roll up, in order.

    Args:
        rows: that each day of the source has.
        known: how many it had when it was rolled up.
    """
    return [day for day in sorted(rows)[:-1] if rows[day] != known.get(day)]


def forget_other_days(spark: SparkSession, tables: Sequence[str]) -> None:
    """Empty those of `tables` that were not made of their source as it is now.

    As `materialized.forget_others`: the source may have come back from a backup.
    """
    for table, rollup in rollup_tables().items():
        if table not in tables:
            continue
        lineage = read_lineage(spark, table)
        source = load_table(spark, rollup.source)
        if lineage and lineage[0].rows_in_table and not _known(spark, rollup, source):
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
