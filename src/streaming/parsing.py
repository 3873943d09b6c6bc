"""From Kafka records to columns of the tables: pure functions on Arrow, one record read once.

The strict decoder of `validity.py` judges each record. Spark's own `from_json` forgives much that
is not the event (text behind the object, numbers as text, text as numbers), and what it makes of
a record has to be turned into columns once more for each table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, compress, repeat
from operator import attrgetter
from typing import Any, Protocol

import pyarrow as pa

from src.streaming.totals import TOTALS_COLUMNS, totals_of
from src.streaming.validity import Unfit

#: What a leg's row repeats of its trade, so that most questions need no join.
LEG_TRADE_COLUMNS = ("trade_id", "seq", "occurred_at", "kind", "status")

_UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")


class Received:
    """Kafka records of a task in order, and what each was read as: an event, or `Unfit`.

    `events` are those that can land; `last` is the last offset by partition.
    """

    def __init__(self, topic: str, records: pa.RecordBatch, read: Sequence[Any]) -> None:
        """Take the columns partition, offset, received_at (UTC without a zone) and value."""
        self.topic = topic
        self.records = records
        self.read = read
        self.events = [each for each in read if type(each) is not Unfit]
        self._partitions, self._offsets = (
            records[name].to_pylist() for name in ("partition", "offset")
        )
        self.last = dict(zip(self._partitions, self._offsets, strict=True))
        self._columns: dict[pa.Field, pa.Array] = {}

    def since(self, positions: Mapping[int, int]) -> Received:
        """Return the records from these positions (the first offset by partition) on."""
        # Offsets rise within a partition: nearly always the first of each is new, and so are all.
        first = zip(reversed(self._partitions), reversed(self._offsets), strict=True)
        if all(offset >= positions.get(partition, 0) for partition, offset in dict(first).items()):
            return self
        is_new = [
            offset >= positions.get(partition, 0)
            for partition, offset in zip(self._partitions, self._offsets, strict=True)
        ]
        records = self.records.filter(pa.array(is_new, pa.bool_()))
        return Received(self.topic, records, list(compress(self.read, is_new)))

    def column(self, field: pa.Field) -> pa.Array:
        """Return a column of the events; two tables that have it share it."""
        if field not in self._columns:
            self._columns[field] = _column(self.events, field)
        return self._columns[field]


class RowsOf(Protocol):
    """Turns records into the rows of one table."""

    def __call__(self, received: Received, schema: pa.Schema) -> pa.RecordBatch:
        """Return the table's rows of these records, with exactly the columns of `schema`."""


def event_rows(received: Received, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of an event's own table: one a record that can land."""
    columns = [received.column(field) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def trade_rows(received: Received, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `trade`: one a record that can land, with the totals of its legs."""
    totals = list(map(totals_of, received.events))
    columns = [
        _column(totals, field) if field.name in TOTALS_COLUMNS else received.column(field)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def leg_rows(received: Received, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `trade_leg`: one a leg, with what it repeats of its trade."""
    legs_of = [event.legs for event in received.events]
    legs = list(chain.from_iterable(legs_of))
    places = pa.array(
        chain.from_iterable(repeat(place, len(some)) for place, some in enumerate(legs_of)),
        pa.int32(),
    )
    columns = [
        received.column(field).take(places)
        if field.name in LEG_TRADE_COLUMNS
        else _column(legs, field)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def quarantine_rows(received: Received, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows of `quarantine`: the records that cannot land."""
    reasons = {n: str(each) for n, each in enumerate(received.read) if type(each) is Unfit}
    if not reasons:
        return pa.RecordBatch.from_pylist([], schema=schema)
    # Only of these few: what Kafka says of a record costs more than the event itself, in Python.
    records = received.records.take(pa.array(list(reasons), pa.int32()))
    said = {
        "topic": pa.array(repeat(received.topic, len(reasons)), pa.string()),
        "reason": pa.array(list(reasons.values()), pa.string()),
        "raw_value": records["value"],
    }
    columns = [
        (said[field.name] if field.name in said else records[field.name]).cast(field.type)
        for field in schema
    ]
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
