"""Lands records without Kafka, in tables of a test's own: `tables_in` and `kafka_batch`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import (
    BinaryType,
    IntegerType,
    LongType,
    StructField,
    StructType,
    TimestampType,
)

from src.config import Settings
from src.streaming.session import CATALOG
from src.streaming.tables import ensure_tables

#: The columns of Kafka's source that landing reads.
_KAFKA = StructType(
    [
        StructField("partition", IntegerType()),
        StructField("offset", LongType()),
        StructField("timestamp", TimestampType()),
        StructField("value", BinaryType()),
    ]
)


def tables_in(spark: SparkSession, settings: Settings) -> SparkSession:
    """Return a session whose tables lie in the warehouse of `settings`; they are made."""
    session = spark.newSession()
    session.conf.set(f"spark.sql.catalog.{CATALOG}.warehouse", f"file://{settings.warehouse}")
    ensure_tables(session)
    return session


def kafka_batch(spark: SparkSession, values: Iterable[bytes], begin: int = 0) -> DataFrame:
    """Return records as Kafka's source gives them, from offset `begin` on of one partition."""
    now = datetime.now(UTC)
    rows = [(0, offset, now, value) for offset, value in enumerate(values, begin)]
    return spark.createDataFrame(rows, _KAFKA)
