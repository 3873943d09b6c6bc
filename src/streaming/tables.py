"""The Iceberg tables: made when absent, appended to together with the position they have reached.

A position is the next Kafka offset to land, by partition. It is a property of the snapshot that
holds the rows, so rows and position cannot part: neither a crash nor a lost checkpoint can make
a row land twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import StructType

from src.events.definitions import EVENTS
from src.events.fields import fields_of
from src.streaming.schemas import (
    ITEM,
    ITEM_SCHEMA,
    PLAYER_STATE,
    QUARANTINE,
    QUARANTINE_SCHEMA,
    TRADE,
    TRADE_LEG,
    column_schema,
    trade_leg_schema,
    trade_schema,
)
from src.streaming.session import CATALOG, NAMESPACE

Positions = dict[int, int]

_POSITION = "guildhall.position."
_NEWEST_OCCURRED_AT = "guildhall.newest_occurred_at."

#: The column by whose day a table is partitioned; tables that are not here are small.
_DAY_OF = {
    TRADE: "occurred_at",
    TRADE_LEG: "occurred_at",
    PLAYER_STATE: "occurred_at",
    QUARANTINE: "received_at",
}

_TABLE_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    # A batch is one or a few days: each task writes them side by side, nothing is shuffled.
    "write.spark.fanout.enabled": "true",
    "write.distribution-mode": "none",
    # Each commit writes a metadata file; keep enough to look back, not all for ever.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def table_schemas() -> dict[str, StructType]:
    """Return the columns of every table by its name."""
    return {
        TRADE: trade_schema(),
        TRADE_LEG: trade_leg_schema(),
        PLAYER_STATE: column_schema(fields_of(EVENTS[PLAYER_STATE])),
        QUARANTINE: QUARANTINE_SCHEMA,
        ITEM: ITEM_SCHEMA,
    }


def full_name(table: str) -> str:
    """Return a table's name as Spark knows it."""
    return f"{CATALOG}.{NAMESPACE}.{table}"


def ensure_tables(spark: SparkSession) -> None:
    """Create the tables that are not there; those that are stay as they are."""
    for table, schema in table_schemas().items():
        if not spark.catalog.tableExists(full_name(table)):
            _create(spark, table, schema)


class LandingTable:
    """A table that records of one topic land in."""

    def __init__(self, spark: SparkSession, name: str, topic: str) -> None:
        """Name the table and the topic; nothing is read yet."""
        self._spark = spark
        self.name = name
        self._topic = topic
        self._known: Positions | None = None

    def positions(self) -> Positions:
        """Return the next offset to land by partition; empty when nothing of the topic landed.

        They are read once: from then on only `append` here moves them.
        """
        if self._known is None:
            self._known = self._read_positions()
        return self._known

    def _read_positions(self) -> Positions:
        position = _POSITION + self._topic
        for summary in _summaries(self._spark, self.name):
            if (found := summary.get(position)) is not None:
                return {int(partition): offset for partition, offset in json.loads(found).items()}
        return {}

    def append(self, rows: DataFrame, positions: Positions, newest_occurred_at: str | None) -> None:
        """Append rows and, in the same snapshot, the positions that the table has then reached.

        Args:
            rows: exactly the table's columns.
            positions: the next offset to land, of every partition that was ever read.
            newest_occurred_at: of all rows of the batch, UTC; None when none is known.
        """
        partitions = {str(partition): offset for partition, offset in sorted(positions.items())}
        properties = {_POSITION + self._topic: json.dumps(partitions)}
        if newest_occurred_at is not None:
            properties[_NEWEST_OCCURRED_AT + self._topic] = newest_occurred_at
        # While it is under way nobody knows; if it fails, the table tells.
        self._known = None
        append_rows(rows, self.name, properties)
        self._known = positions


def append_rows(rows: DataFrame, table: str, properties: Mapping[str, str]) -> None:
    """Append rows to a table in one snapshot that carries `properties`."""
    writer = rows.writeTo(full_name(table))
    for key, value in properties.items():
        writer = writer.option(f"snapshot-property.{key}", value)
    writer.append()


def replace_rows(rows: DataFrame, table: str, properties: Mapping[str, str]) -> None:
    """Replace all rows of a table in one snapshot that carries `properties`."""
    writer = rows.writeTo(full_name(table))
    for key, value in properties.items():
        writer = writer.option(f"snapshot-property.{key}", value)
    writer.overwrite(F.lit(True))  # noqa: FBT003 - a literal column: every row


def newest_property(spark: SparkSession, table: str, name: str) -> str | None:
    """Return a property of the newest snapshot that carries it, or None."""
    return next((s[name] for s in _summaries(spark, table) if name in s), None)


def _summaries(spark: SparkSession, table: str) -> Iterator[dict[str, str]]:
    """Yield the properties of a table's snapshots, from the current one to its ancestors.

    Other writers (compaction, the other job in `quarantine`) leave snapshots without ours.
    """
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    iceberg = jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(
        spark._jsparkSession,  # noqa: SLF001 - as above
        full_name(table),
    )
    snapshot = iceberg.currentSnapshot()
    while snapshot is not None:
        yield dict(snapshot.summary())
        parent_id = snapshot.parentId()
        snapshot = None if parent_id is None else iceberg.snapshot(parent_id)


def _create(spark: SparkSession, table: str, schema: StructType) -> None:
    writer = spark.createDataFrame([], schema).writeTo(full_name(table)).using("iceberg")
    for key, value in _TABLE_PROPERTIES.items():
        writer = writer.tableProperty(key, value)
    if table in _DAY_OF:
        writer = writer.partitionedBy(F.partitioning.days(_DAY_OF[table]))
    try:
        writer.create()
    except AnalysisException as error:
        # The other job may start at the same time; whoever is first makes the same table.
        if error.getCondition() != "TABLE_OR_VIEW_ALREADY_EXISTS":
            raise
