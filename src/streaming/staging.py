"""The files of a table, and the rows of some of them: how maintenance reads what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from uuid_utils import uuid7

from src.streaming.session import make_active

_EPOCH = date(1970, 1, 1)


def scan_tasks(source: Any) -> Iterator[Any]:  # noqa: ANN401 - Iceberg's own, in Java
    """Iterate over the scan tasks of a table's newest snapshot, one a data file."""
    files = source.newScan().planFiles()
    try:
        found = files.iterator()
        while found.hasNext():
            yield found.next()
    finally:
        files.close()


def tasks_by_day(spark: SparkSession, source: Any) -> dict[date, list[Any]]:  # noqa: ANN401 - as above
    """Return the scan tasks of a table that is partitioned by days, by day."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    integer = jvm.java.lang.Class.forName("java.lang.Integer")
    found: dict[date, list[Any]] = {}
    for task in scan_tasks(source):
        # A day's partition counts from the epoch (Iceberg's specification, "Partition Transforms").
        day = _EPOCH + timedelta(days=task.file().partition().get(0, integer))
        found.setdefault(day, []).append(task)
    return found


def rows_of(tasks: Iterable[Any]) -> int:
    """Return how many rows the files of scan tasks have."""
    return sum(task.file().recordCount() for task in tasks)


@contextmanager
def staged(spark: SparkSession, source: Any, tasks: Sequence[Any]) -> Iterator[DataFrame]:  # noqa: ANN401 - as above
    """Give the rows of some files of a table, as compaction reads them: by a name of their own."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    make_active(spark)
    tables = jvm.org.apache.iceberg.spark.SparkTableCache.get()
    staging = jvm.org.apache.iceberg.spark.ScanTaskSetManager.get()
    chosen = jvm.java.util.ArrayList()
    for task in tasks:
        chosen.add(task)
    name = str(uuid7())
    tables.add(name, source)
    staging.stageTasks(source, name, chosen)
    try:
        yield spark.read.format("iceberg").load(name)
    finally:
        staging.removeTasks(source, name)
        tables.remove(name)
