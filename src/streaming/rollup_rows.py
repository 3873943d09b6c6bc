"""What Spark makes of rows by a rollup's statement: the rows of its table, and their columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it
from pyspark.sql.types import StructField, StructType, TimestampNTZType, TimestampType

from src.rollups import Rollup


def rollup_schema(spark: SparkSession, rollup: Rollup, source: StructType) -> StructType:
    """Return the columns of a rollup's table, from its statement and its source's columns."""
    with rolled_up_by(spark, rollup, spark.createDataFrame([], source)) as made:
        return StructType([StructField(each.name, each.dataType) for each in made.schema])


@contextmanager
def rolled_up_by(spark: SparkSession, rollup: Rollup, rows: DataFrame) -> Iterator[DataFrame]:
    """Give what a rollup makes of rows of its source."""
    view = f"{rollup.table}_source_rows"
    rows.createOrReplaceTempView(view)
    try:
        made = spark.sql(rollup.over(view))
        yield made.select(*(_without_zone(field) for field in made.schema))
    finally:
        spark.catalog.dropTempView(view)


def _without_zone(field: StructField) -> Any:  # noqa: ANN401 - a Column; pyspark has two such types
    """Return a column of ours: what Spark truncates gets a zone, which is UTC in our sessions."""
    column = F.col(field.name)
    return (
        column.cast(TimestampNTZType()).alias(field.name)
        if isinstance(field.dataType, TimestampType)
        else column
    )
