"""From Kafka records to typed rows: pure DataFrame -> DataFrame functions.

Each record is parsed once, in Python, by the strict decoder of `validity.py`, and handed to Spark
in columns. Spark's own `from_json` forgives much that is not the event (text behind the object,
numbers as text, text as numbers): the tests that would catch all of it cost more than this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from itertools import count
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.events.fields import Field
from src.streaming.schemas import COORDINATES, LEG_TRADE_COLUMNS, parsed_schema, rows_field
from src.streaming.validity import Unfit, reader_of

_ARROW_TYPES = {"long": pa.int64(), "string": pa.string(), "timestamp": pa.timestamp("us")}


def parsed_rows(records: DataFrame, fields: tuple[Field, ...]) -> DataFrame:
    """Return one row a record: its coordinates, `reason`, `raw_value` and the struct `event`.

    Args:
        records: Kafka's columns; `value`, `partition`, `offset` and `timestamp` are used.
        fields: of the event that the topic carries.

    Returns:
        A record that can land has an `event` with every required field, and neither `reason` nor
        `raw_value`; one that cannot has these two and no event.
    """

    def parsed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        read = reader_of(fields)
        for batch in batches:
            yield _parsed_batch(
                batch, [read(value) for value in batch["value"].to_pylist()], fields
            )

    received_at = F.col("timestamp").cast("timestamp_ntz").alias("received_at")
    return records.select("partition", "offset", received_at, "value").mapInArrow(
        parsed, parsed_schema(fields)
    )


def quarantine_rows(parsed: DataFrame, topic: str) -> DataFrame:
    """Return the rows of `quarantine`: the records that cannot land."""
    return parsed.where("reason is not null").select(
        F.lit(topic).alias("topic"), *COORDINATES, "reason", "raw_value"
    )


def event_rows(parsed: DataFrame, columns: Sequence[str]) -> DataFrame:
    """Return the rows of an event's own table: `columns` of the events that can land."""
    return parsed.where("reason is null").select(*(F.col(f"event.{name}") for name in columns))


def leg_rows(parsed: DataFrame, fields: tuple[Field, ...]) -> DataFrame:
    """Return the rows of `trade_leg`: one a leg, with what it repeats of its trade."""
    repeated = (F.col(f"event.{name}") for name in LEG_TRADE_COLUMNS)
    legs = F.col(f"event.{rows_field(fields).name}")
    return parsed.where("reason is null").select(*repeated, F.inline(legs))


def _parsed_batch(
    batch: pa.RecordBatch, results: list[Any], fields: tuple[Field, ...]
) -> pa.RecordBatch:
    reasons = [str(result) if type(result) is Unfit else None for result in results]
    fit = [result for result in results if type(result) is not Unfit]
    events = pa.StructArray.from_arrays(_columns(fit, fields), names=[f.name for f in fields])
    if len(fit) == len(results):
        raw_values = pa.nulls(len(results), pa.binary())
    else:
        raw_values = pc.if_else(pa.array([r is not None for r in reasons]), batch["value"], None)
        events = events.take(_places(reasons))
    return pa.RecordBatch.from_arrays(
        [
            *(batch[name] for name in COORDINATES),
            pa.array(reasons, pa.string()),
            raw_values,
            events,
        ],
        names=[*COORDINATES, "reason", "raw_value", "event"],
    )


def _places(reasons: list[str | None]) -> pa.Array:
    """Return for each record where its event stands among the fit ones, null for an unfit one."""
    place = count()
    return pa.array([next(place) if reason is None else None for reason in reasons], pa.int32())


def _columns(events: list[Any], fields: tuple[Field, ...]) -> list[pa.Array]:
    """Turn events into one array a field, in the order of `fields`."""
    if not events:
        return [pa.array([], _arrow_type(field)) for field in fields]
    values = zip(*map(attrgetter(*(field.name for field in fields)), events), strict=True)
    return [_column(column, field) for column, field in zip(values, fields, strict=True)]


def _column(values: tuple[Any, ...], field: Field) -> pa.Array:
    if field.kind == "rows":
        return _rows_column(values, field)
    if field.kind == "timestamp":
        values = tuple(value and value.astimezone(UTC).replace(tzinfo=None) for value in values)
    return pa.array(values, _ARROW_TYPES[field.kind])


def _rows_column(values: tuple[Any, ...], field: Field) -> pa.Array:
    """Turn lists of rows into a list array; a list that is absent is empty."""
    rows: list[Any] = []
    ends = [0]
    for value in values:
        rows += value or ()
        ends.append(len(rows))
    inner = pa.StructArray.from_arrays(
        _columns(rows, field.rows), names=[row.name for row in field.rows]
    )
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), inner)


def _arrow_type(field: Field) -> pa.DataType:
    if field.kind == "rows":
        return pa.list_(pa.struct([(row.name, _arrow_type(row)) for row in field.rows]))
    return _ARROW_TYPES[field.kind]
