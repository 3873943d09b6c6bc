"""From Kafka records to columns of the tables: pure functions on Arrow, one record read once.

The strict decoder of `validity.py` judges each record. Spark's own `from_json` forgives much that
is not the event (text behind the object, numbers as text, text as numbers), and what it makes of
a record has to be turned into columns once more for each table.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, Protocol

import pyarrow as pa
from msgspec import Struct

from src.streaming.totals import TOTALS_COLUMNS, totals_of
from src.streaming.validity import Unfit

#: What a leg's row repeats of its trade, so that most questions need no join.
LEG_TRADE_COLUMNS = ("trade_id", "seq", "occurred_at", "kind", "status")

_UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")


class Received(Struct, frozen=True):
    """A Kafka record, and what it was read as: an event, or `Unfit`.

    `received_at` is when Kafka received it, UTC without a zone.
    """

    topic: str
    partition: int
    offset: int
    received_at: Any
    raw_value: bytes | None
    read: Any

    @property
    def reason(self) -> str | None:
        """Why it cannot land, or None."""
        return str(self.read) if type(self.read) is Unfit else None


class RowsOf(Protocol):
    """Turns records into the rows of one table."""

    def __call__(self, records: Sequence[Received], schema: pa.Schema) -> pa.RecordBatch:
        """Return the table's rows of these records, with exactly the columns of `schema`."""


def event_rows(records: Sequence[Received], schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of an event's own table: one a record that can land."""
    return _batch(_events(records), schema)


def trade_rows(records: Sequence[Received], schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `trade`: one a record that can land, with the totals of its legs."""
    events = _events(records)
    totals = [totals_of(event) for event in events]
    columns = [
        _column(totals if field.name in TOTALS_COLUMNS else events, field) for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def leg_rows(records: Sequence[Received], schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `trade_leg`: one a leg, with what it repeats of its trade."""
    events = _events(records)
    legs = list(chain.from_iterable(event.legs for event in events))
    places = pa.array(
        chain.from_iterable(repeat(n, len(event.legs)) for n, event in enumerate(events)),
        pa.int32(),
    )
    columns = [
        _column(events, field).take(places)
        if field.name in LEG_TRADE_COLUMNS
        else _column(legs, field)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def quarantine_rows(records: Sequence[Received], schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `quarantine`: the records that cannot land."""
    return _batch([record for record in records if type(record.read) is Unfit], schema)


def _events(records: Sequence[Received]) -> list[Any]:
    return [record.read for record in records if type(record.read) is not Unfit]


def _batch(rows: Sequence[Any], schema: pa.Schema) -> pa.RecordBatch:
    columns = [_column(rows, field) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(rows: Sequence[Any], field: pa.Field) -> pa.Array:
    """Return the attribute of each row that a column is named after.

    A column that the events of this version do not have stays empty.
    """
    if rows and not hasattr(rows[0], field.name):
        return pa.nulls(len(rows), field.type)
    values = list(map(attrgetter(field.name), rows))
    if pa.types.is_large_list(field.type):
        return _rows_column(values, field.type)
    if pa.types.is_timestamp(field.type):
        # Arrow brings what carries a zone to UTC; what carries none is UTC by our rule.
        return pa.array(values, _UTC_MICROSECONDS).cast(field.type)
    return pa.array(values, field.type)


def _rows_column(lists: Sequence[Any], kind: pa.LargeListType) -> pa.Array:
    """Turn lists of rows into a list array; a list that is absent is empty."""
    ends, end = [0], 0
    for rows in lists:
        end += len(rows or ())
        ends.append(end)
    flat = list(chain.from_iterable(rows or () for rows in lists))
    struct = kind.value_type
    fields = [struct.field(place) for place in range(struct.num_fields)]
    inner = pa.StructArray.from_arrays([_column(flat, field) for field in fields], fields=fields)
    return pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), inner, type=kind)
