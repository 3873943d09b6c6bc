"""How a table may differ from its definition; no Spark runs."""

from __future__ import annotations

import pytest
from pyspark.sql.types import (
    ArrayType,
    DataType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from src.streaming.evolution import Difference, IncompatibleTable, difference
from src.streaming.tables import table_schemas


def columns(**types: DataType) -> StructType:
    return StructType([StructField(name, kind) for name, kind in types.items()])


STACK = columns(item_id=LongType())
WANTED = columns(seq=LongType(), realm=StringType(), items=ArrayType(STACK))


@pytest.mark.parametrize("schema", table_schemas().values(), ids=table_schemas().keys())
def test_a_table_as_it_is_defined_does_not_differ(schema: StructType) -> None:
    assert difference(schema, schema) == Difference()


def test_columns_that_a_table_lacks_are_to_be_added_those_of_rows_too() -> None:
    found = columns(seq=LongType(), items=ArrayType(columns()))
    assert difference(WANTED, found) == Difference(added=["realm", "items.item_id"])


def test_another_order_of_columns_is_no_difference() -> None:
    assert difference(WANTED, StructType(list(reversed(WANTED.fields)))) == Difference()


def test_columns_of_a_later_version_are_no_difference() -> None:
    stack = columns(item_id=LongType(), shine=LongType())
    found = columns(seq=LongType(), realm=StringType(), items=ArrayType(stack), mood=StringType())
    assert difference(WANTED, found) == Difference()


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (
            columns(seq=StringType(), realm=StringType(), items=ArrayType(STACK)),
            "its column seq is string, not bigint",
        ),
        (
            columns(seq=IntegerType(), realm=StringType(), items=ArrayType(STACK)),
            "its column seq is int, not bigint",
        ),
        (
            columns(seq=LongType(), realm=StringType(), items=StringType()),
            "its column items is string, not array<struct<item_id:bigint>>",
        ),
        (
            columns(seq=LongType(), realm=StringType(), items=ArrayType(StringType())),
            "its column items is array<string>, not array<struct<item_id:bigint>>",
        ),
        (
            columns(
                seq=LongType(), realm=StringType(), items=ArrayType(columns(item_id=StringType()))
            ),
            "its column items.item_id is string, not bigint",
        ),
    ],
)
def test_what_adding_columns_cannot_mend_is_a_fault(found: StructType, fault: str) -> None:
    seen = difference(WANTED, found)
    assert seen.faults == [fault]
    assert fault in str(IncompatibleTable("trade", seen.faults))
