"""Tables that were made by an earlier definition: they gain the columns that they lack.

Only new columns are added, to a table or to the rows within one; old rows have null there. A
column that the definitions do not know, of a later version, stays and gets null. What would retype
a column is refused.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, DataType, StructType

from src.streaming.history import TableError, load_table
from src.streaming.session import CATALOG, NAMESPACE

_log = logging.getLogger(__name__)

#: Both jobs may add the same column at the same time; the slower one looks again.
_ATTEMPTS = 5


class IncompatibleTable(TableError):
    """A table cannot be made to fit the definitions by adding columns."""

    def __init__(self, table: str, faults: list[str]) -> None:
        """Name the table and what does not fit."""
        super().__init__(
            f"the table {table} does not fit this version: {'; '.join(faults)}. Nothing was "
            "changed. Run the version that wrote the table; to change a column's type, give the "
            "field another name"
        )
        self.table = table
        self.faults = faults


@dataclass
class Difference:
    """How a table differs from its definition, as paths like `items.item_uid`."""

    added: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def difference(wanted: StructType, found: StructType) -> Difference:
    """Compare a definition with the columns that a table has, those of rows within it too.

    What the table has beyond the definition is no difference.
    """
    result = Difference()
    _compare(wanted, found, "", result)
    return result


def add_missing_columns(spark: SparkSession, table: str, wanted: StructType) -> list[str]:
    """Add what a table lacks of its definition, in one commit, and return the paths.

    Raises:
        IncompatibleTable: the table differs in another way; it was left as it is.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        seen = difference(wanted, spark.table(f"{CATALOG}.{NAMESPACE}.{table}").schema)
        if seen.faults:
            raise IncompatibleTable(table, seen.faults)
        if not seen.added:
            return []
        try:
            _add(spark, table, wanted)
        except Py4JJavaError as error:
            if "CommitFailedException" not in str(error.java_exception) or attempt == _ATTEMPTS:
                raise
            continue
        _log.warning("the table %s gained %s", table, ", ".join(seen.added))
        return seen.added
    raise AssertionError  # the last attempt has returned or raised


def _add(spark: SparkSession, table: str, wanted: StructType) -> None:
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    schema = jvm.org.apache.spark.sql.types.DataType.fromJson(wanted.json())
    columns = jvm.org.apache.iceberg.spark.SparkSchemaUtil.convert(schema)
    load_table(spark, table).updateSchema().unionByNameWith(columns).commit()


def _compare(wanted: StructType, found: StructType, path: str, result: Difference) -> None:
    by_name = {column.name: column.dataType for column in found.fields}
    for column in wanted.fields:
        name = f"{path}{column.name}"
        if column.name not in by_name:
            result.added.append(name)
        else:
            _compare_types(column.dataType, by_name[column.name], name, result)


def _compare_types(wanted: DataType, found: DataType, name: str, result: Difference) -> None:
    match wanted, found:
        case (
            ArrayType(elementType=StructType() as wanted_row),
            ArrayType(elementType=StructType() as found_row),
        ):
            _compare(wanted_row, found_row, f"{name}.", result)
        case _ if wanted.simpleString() != found.simpleString():
            result.faults.append(
                f"its column {name} is {found.simpleString()}, not {wanted.simpleString()}"
            )
