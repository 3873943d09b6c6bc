"""Spark schemas and table columns, written from the one walk over the event definitions."""

from __future__ import annotations

from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
)

from src.events.definitions import TradeEvent
from src.events.fields import Field, fields_of
from src.streaming.parsing import LEG_TRADE_COLUMNS
from src.streaming.totals import TOTALS_FIELDS

TRADE = "trade"
TRADE_LEG = "trade_leg"
PLAYER_STATE = "player_state"
QUARANTINE = "quarantine"
ITEM = "item"
#: The tables of materialized views (`materialized.py`).
PLAYER_LATEST = "player_latest_materialized"
FIRST_TRADE = "first_trade_materialized"

#: Times are UTC without a zone: one of the engines cannot read Spark's zoned timestamps at all.
_COLUMN_TYPES: dict[str, DataType] = {
    "long": LongType(),
    "string": StringType(),
    "timestamp": TimestampNTZType(),
}

QUARANTINE_SCHEMA = StructType(
    [
        StructField("topic", StringType(), metadata={"comment": "Where the record was read."}),
        StructField("partition", IntegerType(), metadata={"comment": "Its partition."}),
        StructField("offset", LongType(), metadata={"comment": "Its offset."}),
        StructField(
            "received_at",
            TimestampNTZType(),
            metadata={"comment": "When Kafka received it, UTC."},
        ),
        StructField("reason", StringType(), metadata={"comment": "Why it could not land."}),
        StructField("raw_value", BinaryType(), metadata={"comment": "The record, unchanged."}),
    ]
)

ITEM_SCHEMA = StructType(
    [
        StructField("item_id", LongType()),
        StructField("name", StringType()),
        StructField("kind", StringType()),
        StructField("material", StringType()),
        StructField("power_level", LongType()),
        StructField("magical", BooleanType()),
        StructField("rarity", StringType()),
        StructField("level", LongType()),
        StructField("value", LongType()),
    ]
)

FIRST_TRADE_SCHEMA = StructType(
    [
        StructField("player_id", LongType()),
        StructField("kind", StringType()),
        StructField("seq", LongType(), metadata={"comment": "The lowest of a settled trade."}),
        StructField("occurred_at", TimestampNTZType(), metadata={"comment": "Of that trade, UTC."}),
    ]
)


def column_schema(fields: tuple[Field, ...]) -> StructType:
    """Return the table columns of event fields, each with its description as its comment."""
    return StructType([_struct_field(field) for field in fields])


def rows_field(fields: tuple[Field, ...]) -> Field:
    """Return the one field that holds rows.

    Raises:
        ValueError: there is none, or more than one.
    """
    (field,) = (field for field in fields if field.kind == "rows")
    return field


def trade_schema() -> StructType:
    """Return the columns of `trade`: the event without its legs, and their totals."""
    own = tuple(field for field in fields_of(TradeEvent) if field.kind != "rows")
    return column_schema(own + TOTALS_FIELDS)


def trade_leg_schema() -> StructType:
    """Return the columns of `trade_leg`: what it repeats of its trade, then the leg."""
    fields = fields_of(TradeEvent)
    by_name = {field.name: field for field in fields}
    repeated = tuple(by_name[name] for name in LEG_TRADE_COLUMNS)
    return column_schema(repeated + rows_field(fields).rows)


def _struct_field(field: Field) -> StructField:
    kind = ArrayType(column_schema(field.rows)) if field.rows else _COLUMN_TYPES[field.kind]
    return StructField(field.name, kind, metadata={"comment": field.description})
