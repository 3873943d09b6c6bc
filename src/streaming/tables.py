"""The Iceberg tables: made when absent, appended to together with the position they have reached.

A position is the next Kafka offset to land, by partition. It is a property of the snapshot that
holds the rows, so rows and position cannot part: neither a crash nor a lost checkpoint can make
a row land twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JJavaError
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.schema import Schema
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import StructType
from uuid_utils import uuid7

from src.events.definitions import EVENTS
from src.events.fields import fields_of
from src.rollups import DAY, rollup_tables
from src.streaming.data_files import DataFile, Positions
from src.streaming.evolution import add_missing_columns
from src.streaming.file_statistics import FileStatistics
from src.streaming.history import (
    PROPERTY_PREFIX,
    TableError,
    history_in,
    load_table,
    newest_with,
    read_lineage,
)
from src.streaming.rollup_rows import rollup_schema
from src.streaming.schemas import (
    FIRST_TRADE,
    FIRST_TRADE_SCHEMA,
    ITEM,
    ITEM_SCHEMA,
    PLAYER_LATEST,
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

#: The snapshot property, before the topic's name, that holds the positions of a topic as JSON.
POSITION = f"{PROPERTY_PREFIX}position."
_NEWEST_OCCURRED_AT = f"{PROPERTY_PREFIX}newest_occurred_at."

#: The column by whose day a table is partitioned; tables that are not here are small.
DAY_OF = {
    TRADE: "occurred_at",
    TRADE_LEG: "occurred_at",
    PLAYER_STATE: "occurred_at",
    QUARANTINE: "received_at",
}

_TABLE_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    # An engine gives each core a row group at a time, and passes over those that cannot hold what
    # is asked for: some 50,000 trades or states, or 190,000 legs (docs/decisions/0041).
    "write.parquet.row-group-size-bytes": str(4 * 1024 * 1024),
    # For those who write by Spark (maintenance): the days side by side, nothing is shuffled.
    "write.spark.fanout.enabled": "true",
    "write.distribution-mode": "none",
    # Each commit writes a metadata file; keep enough to look back, not all for ever.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


def table_names() -> tuple[str, ...]:
    """Return the names of all tables."""
    return (*table_schemas(), *rollup_tables())


def table_schemas() -> dict[str, StructType]:
    """Return the columns of every table by its name; those of rollups are their statements'."""
    states = column_schema(fields_of(EVENTS[PLAYER_STATE]))
    return {
        TRADE: trade_schema(),
        TRADE_LEG: trade_leg_schema(),
        PLAYER_STATE: states,
        QUARANTINE: QUARANTINE_SCHEMA,
        ITEM: ITEM_SCHEMA,
        PLAYER_LATEST: states,
        FIRST_TRADE: FIRST_TRADE_SCHEMA,
    }


def full_name(table: str) -> str:
    """Return a table's name as Spark knows it."""
    return f"{CATALOG}.{NAMESPACE}.{table}"


def ensure_tables(spark: SparkSession) -> None:
    """Create the tables that are not there; bring columns and properties of the others up to date.

    Raises:
        IncompatibleTable: a table differs from its definition in another way.
    """
    spark.sql(f"create namespace if not exists {CATALOG}.{NAMESPACE}")
    schemas = table_schemas()
    for table, schema in schemas.items():
        if not spark.catalog.tableExists(full_name(table)):
            _create(spark, table, schema)
        else:
            add_missing_columns(spark, table, schema)
            _set_properties(spark, table)
    for table, rollup in rollup_tables().items():
        _ensure_rollup(spark, table, rollup_schema(spark, rollup, schemas[rollup.source]))


class PositionsLost(TableError):
    """A table has rows, but no snapshot that tells how far they reach."""

    def __init__(self, table: str, topic: str) -> None:
        """Name the table, and the topic whose position is lost."""
        super().__init__(
            f"the table {table} has rows, but none of its snapshots tells up to which offset of "
            f"{topic} they reach: something other than Guildhall expired or rewrote them. Landing "
            "anew would double the rows; give the warehouse back from a backup"
        )


def positions_of(text: str) -> Positions:
    """Return the positions that a snapshot property holds."""
    return {int(partition): offset for partition, offset in json.loads(text).items()}


class LandingTable:
    """A table that records of one topic land in."""

    def __init__(self, spark: SparkSession, name: str, topic: str) -> None:
        """Open a table that exists, for records of `topic`."""
        self.name = name
        self._topic = topic
        self._known: Positions | None = None
        jvm: Any = spark._jvm  # noqa: SLF001 - pyspark offers no other way to Iceberg's API
        iceberg = jvm.org.apache.iceberg
        # Each name that py4j looks up, and each table that is loaded, costs a batch its time.
        self._file_parser = iceberg.ContentFileParser
        self._metadata_parser = iceberg.TableMetadataParser
        self._files, self._file = jvm.java.nio.file.Files, jvm.java.io.File
        self._json = iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper()
        self._table = load_table(spark, name)
        self._spec = self._table.spec()
        (self._day_field,) = self._spec.fields()
        self._schema = Schema.model_validate_json(iceberg.SchemaParser.toJson(self._table.schema()))
        self._statistics = FileStatistics(
            self._schema, dict(self._table.properties()), self._spec.specId()
        )

    def arrow_schema(self) -> pa.Schema:
        """Return the table's columns for a writer, with Iceberg's field ids."""
        return schema_to_pyarrow(self._schema)

    def positions(self) -> Positions:
        """Return the next offset to land by partition; empty when nothing of the topic landed.

        They are read once: from then on only `append` here moves them.
        """
        if self._known is None:
            self._table.refresh()
            self._known = self._read_positions()
        return self._known

    def append(
        self, files: Iterable[DataFile], positions: Positions, newest_occurred_at: datetime | None
    ) -> None:
        """Append files and, in the same snapshot, the positions that the table has then reached.

        Args:
            files: of this table; none when a batch had nothing for it.
            positions: the next offset to land, of every partition that was ever read.
            newest_occurred_at: of all rows of the batch, UTC; None when none is known.
        """
        # While it is under way nobody knows; if it fails, the table tells.
        self._known = None
        append = self._table.newAppend()
        for file in files:
            append.appendFile(self._placed(file))
        partitions = {str(partition): offset for partition, offset in sorted(positions.items())}
        append.set(POSITION + self._topic, json.dumps(partitions))
        if newest_occurred_at is not None:
            append.set(_NEWEST_OCCURRED_AT + self._topic, _utc_text(newest_occurred_at))
        append.commit()
        self._known = positions

    def new_location(self, day: date) -> str:
        """Return where a new file of a day's rows belongs."""
        name = f"{self._day_field.name()}={day.isoformat()}/{uuid7()}.parquet"
        return str(self._table.locationProvider().newDataLocation(name))

    def described(self, path: str, day: date, footer: pq.FileMetaData, size: int) -> Any:  # noqa: ANN401 - Iceberg's own DataFile
        """Return a data file for a commit; the arguments are those of `FileStatistics.describe`."""
        node = self._json.readTree(self._statistics.describe(path, day, footer, size))
        return self._file_parser.fromJson(node, self._spec)

    def _read_positions(self) -> Positions:
        lineage = history_in(self._table, self._metadata_parser).lineage
        name = POSITION + self._topic
        if (found := newest_with(lineage, name)) is not None:
            return positions_of(found.summary[name])
        if lineage and lineage[0].rows_in_table and self.name != QUARANTINE:
            # To begin at the beginning would land every row again.
            raise PositionsLost(self.name, self._topic)
        return {}

    def _placed(self, file: DataFile) -> Any:  # noqa: ANN401 - Iceberg's own DataFile
        """Copy a file to where the table keeps its data, and describe it for a commit."""
        place = self._table.io().newOutputFile(self.new_location(file.day))
        out = place.create()
        try:
            size = self._files.copy(self._file(file.path).toPath(), out)
        finally:
            out.close()
        return self.described(place.location(), file.day, pq.read_metadata(file.path), size)


def replace_rows(
    rows: DataFrame, table: str, properties: Mapping[str, str], replaced: Column | None = None
) -> None:
    """Replace rows of a table in one snapshot that carries `properties`.

    Args:
        rows: what comes in their place.
        table: which one.
        properties: of the snapshot.
        replaced: the condition that they meet; all rows when not given.
    """
    writer = rows.writeTo(full_name(table))
    for key, value in properties.items():
        writer = writer.option(f"snapshot-property.{key}", value)
    every_row = F.lit(True)  # noqa: FBT003 - a literal column
    writer.overwrite(every_row if replaced is None else replaced)


def newest_property(spark: SparkSession, table: str, name: str) -> str | None:
    """Return a property of the newest snapshot that carries it, or None."""
    found = newest_with(read_lineage(spark, table), name)
    return None if found is None else found.summary[name]


def _utc_text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _set_properties(spark: SparkSession, table: str) -> None:
    found = load_table(spark, table)
    have = dict(found.properties())
    update = found.updateProperties()
    for key, value in _TABLE_PROPERTIES.items():
        # The format's version is the table's own, not one of its properties.
        if key != "format-version" and have.get(key) != value:
            update.set(key, value)
    update.commit()


def _ensure_rollup(spark: SparkSession, table: str, schema: StructType) -> None:
    """Create the table of a rollup; one of other columns holds nothing that rows do not say."""
    if spark.catalog.tableExists(full_name(table)):
        found = [(field.name, field.dataType) for field in spark.table(full_name(table)).schema]
        if found == [(field.name, field.dataType) for field in schema]:
            _set_properties(spark, table)
            return
        spark.sql(f"drop table if exists {full_name(table)} purge")
    _create(spark, table, schema)


def _create(spark: SparkSession, table: str, schema: StructType) -> None:
    writer = spark.createDataFrame([], schema).writeTo(full_name(table)).using("iceberg")
    for key, value in _TABLE_PROPERTIES.items():
        writer = writer.tableProperty(key, value)
    if table in DAY_OF:
        writer = writer.partitionedBy(F.partitioning.days(DAY_OF[table]))
    elif table in rollup_tables():
        writer = writer.partitionedBy(F.col(DAY))
    try:
        writer.create()
    except (AnalysisException, Py4JJavaError):
        # The other job may start at the same time; whoever is first makes the same table. The one
        # that is second hears of it from Spark or, later in the making, from the metastore.
        if not spark.catalog.tableExists(full_name(table)):
            raise
