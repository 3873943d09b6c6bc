"""What a task writes of its records: the same rows as a plain reading of the same JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from src.events.definitions import EVENTS, TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.events.fields import Field, fields_of
from src.streaming.data_files import Target, Written, write_files
from src.streaming.parsing import (
    LEG_TRADE_COLUMNS,
    RowsOf,
    event_rows,
    leg_rows,
    quarantine_rows,
    trade_rows,
)
from src.streaming.schemas import rows_field
from src.streaming.totals import TOTALS_FIELDS
from src.streaming.validity import LONG_MAX
from tests.support.events import player_state, trade

_TYPES = {"long": pa.int64(), "string": pa.large_string(), "timestamp": pa.timestamp("us")}
_TRADE = tuple(field for field in fields_of(EVENTS[TOPIC_TRADE]) if field.kind != "rows")
_LEG = rows_field(fields_of(EVENTS[TOPIC_TRADE])).rows
_RECEIVED_AT = datetime(2026, 11, 27, 12, 30, 0, 250_000)  # noqa: DTZ001 - UTC, as Kafka's column

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tasks write their files into a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


def _type(field: Field) -> pa.DataType:
    if field.rows:
        return pa.large_list(pa.struct([(inner.name, _type(inner)) for inner in field.rows]))
    return _TYPES[field.kind]


def _schema(fields: Sequence[Field]) -> pa.Schema:
    return pa.schema([(field.name, _type(field)) for field in fields])


SCHEMAS = {
    "trade": _schema(_TRADE + TOTALS_FIELDS),
    "trade_leg": _schema([f for f in _TRADE if f.name in LEG_TRADE_COLUMNS] + list(_LEG)),
    "player_state": _schema(fields_of(EVENTS[TOPIC_PLAYER_STATE])),
    "quarantine": pa.schema(
        [
            ("topic", pa.large_string()),
            ("partition", pa.int32()),
            ("offset", pa.int64()),
            ("received_at", pa.timestamp("us")),
            ("reason", pa.large_string()),
            ("raw_value", pa.large_binary()),
        ]
    ),
}
_ROWS_OF: dict[str, dict[str, RowsOf]] = {
    TOPIC_TRADE: {"quarantine": quarantine_rows, "trade_leg": leg_rows, "trade": trade_rows},
    TOPIC_PLAYER_STATE: {"quarantine": quarantine_rows, "player_state": event_rows},
}


def written(
    topic: str,
    values: Sequence[Mapping[str, Any] | bytes | None],
    positions: Mapping[str, dict[int, int]] | None = None,
    schemas: Mapping[str, pa.Schema] = SCHEMAS,
) -> Written:
    """Run a task on records of partitions 0 and 1 in turn, three an Arrow batch."""
    targets = [
        Target(
            table,
            schemas[table],
            "received_at" if table == "quarantine" else "occurred_at",
            rows_of,
            (positions or {}).get(table, {}),
        )
        for table, rows_of in _ROWS_OF[topic].items()
    ]
    task = write_files(topic, fields_of(EVENTS[topic]), targets, Path())
    (result,) = task(_batches(values))
    return msgspec.msgpack.decode(result.column(0)[0].as_py(), type=Written)


def _batches(values: Sequence[Mapping[str, Any] | bytes | None]) -> Iterator[pa.RecordBatch]:
    raw = [json.dumps(value).encode() if isinstance(value, Mapping) else value for value in values]
    for start in range(0, len(raw), 3):
        places = range(start, min(start + 3, len(raw)))
        yield pa.record_batch(
            {
                "partition": pa.array([n % 2 for n in places], pa.int32()),
                "offset": pa.array([n // 2 for n in places], pa.int64()),
                "received_at": pa.array([_RECEIVED_AT for _ in places], pa.timestamp("us", "UTC")),
                "value": pa.array([raw[n] for n in places], pa.binary()),
            }
        )


def rows(task: Written, table: str) -> list[Row]:
    """Return a table's rows in the order of its files."""
    files = [file for file in task.files if file.table == table]
    return [row for file in files for row in pq.read_table(file.path).to_pylist()]


def plain(event: Mapping[str, Any], schema: pa.Schema) -> Row:
    """Return what a table must hold of a JSON object: its fields by name, the rest null."""
    return {field.name: _plain(event.get(field.name), field.type) for field in schema}


def _plain(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    if pa.types.is_large_list(kind):
        return [plain(row, pa.schema(list(kind.value_type))) for row in value]
    return value


def plain_legs(event: Mapping[str, Any]) -> list[Row]:
    return [plain({**event, **leg}, SCHEMAS["trade_leg"]) for leg in event["legs"]]


def without_totals(found: Sequence[Row]) -> list[Row]:
    return [{field.name: row[field.name] for field in _TRADE} for row in found]


def test_a_trade_and_its_legs_are_what_the_json_says() -> None:
    events = [trade(seq, legs=1 + seq % 3) for seq in range(1, 8)]
    events[1] |= {"reason": "not_enough_gold", "status": "rejected", "player_2_id": None}
    events[2] |= {"guild": "Ærlige", "asked": '{"a": 1}', "weapon_item_id": -5, "legs": []}
    events[3] |= {"occurred_at": "2026-11-22T18:30:00.5+02:00", "seq": LONG_MAX}
    events[4] |= {"colour": "red", "occurred_at": "0001-01-02T00:00:00.000001Z"}
    events[5]["legs"][0] |= {"quantity": -(2**63), "unit_value": None, "colour": "red"}
    del events[6]["request_id"]

    task = written(TOPIC_TRADE, events)

    in_order = sorted(events, key=lambda event: event["occurred_at"][:10])
    assert without_totals(rows(task, "trade")) == [
        plain(event, _schema(_TRADE)) for event in in_order
    ]
    assert rows(task, "trade_leg") == [leg for event in in_order for leg in plain_legs(event)]
    assert (task.records, task.unfit) == (7, 0)


def test_a_state_is_what_the_json_says_with_its_stacks() -> None:
    events = [player_state(seq, 7, stacks=seq % 3) for seq in range(5)]
    events[1] |= {"gold": -(2**63), "guild": "Ærlige", "inventory_value": LONG_MAX}
    events[2]["items"][0] |= {"item_uid": "piece-1", "unit_value": None, "colour": "red"}

    task = written(TOPIC_PLAYER_STATE, events)

    assert rows(task, "player_state") == [plain(e, SCHEMAS["player_state"]) for e in events]


def test_each_day_gets_a_file_of_its_rows_alone() -> None:
    times = ["2026-11-23T00:00:00Z", "2026-11-22T23:59:59.999999Z", "2026-11-22T23:00:00-02:00"]
    events = [trade(seq) | {"occurred_at": time} for seq, time in enumerate(times, 1)]

    task = written(TOPIC_TRADE, events)

    seqs = {
        file.day: pq.read_table(file.path)["seq"].to_pylist()
        for file in task.files
        if file.table == "trade"
    }
    assert seqs == {date(2026, 11, 22): [2], date(2026, 11, 23): [1, 3]}
    assert task.newest_occurred_at == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_what_one_table_has_is_written_for_the_other_alone() -> None:
    events = [trade(seq) for seq in range(1, 8)]

    # Partition 0 holds seqs 1, 3, 5, 7 and partition 1 the others.
    task = written(TOPIC_TRADE, events, {"trade_leg": {0: 2, 1: 1}, "trade": {0: 9, 1: 9}})

    assert [row["seq"] for row in rows(task, "trade_leg")] == [4, 4, 5, 5, 6, 6, 7, 7]
    assert rows(task, "trade") == []
    assert task.last == {0: 3, 1: 2}


def test_what_does_not_fit_is_kept_as_it_came_with_when_and_why() -> None:
    zoneless = trade(3) | {"occurred_at": "2026-11-22T16:30:00"}
    values = [trade(1), b"\xff", zoneless, None, trade(5)]

    task = written(TOPIC_TRADE, values)

    said = [("not_utf8", 1, 0), ("wrong_type: occurred_at", 0, 1), ("tombstone", 1, 1)]
    assert rows(task, "quarantine") == [
        {
            "topic": TOPIC_TRADE,
            "partition": partition,
            "offset": offset,
            "received_at": _RECEIVED_AT,
            "reason": reason,
            "raw_value": raw,
        }
        for (reason, partition, offset), raw in zip(
            said, [b"\xff", json.dumps(zoneless).encode(), None], strict=True
        )
    ]
    assert [row["seq"] for row in rows(task, "trade")] == [1, 5]
    assert (task.records, task.unfit) == (5, 3)


def test_what_does_not_fit_and_is_in_quarantine_already_is_not_kept_twice() -> None:
    task = written(TOPIC_TRADE, [b"1", b"2", b"3"], {"quarantine": {0: 1}})

    assert [row["raw_value"] for row in rows(task, "quarantine")] == [b"2", b"3"]


@pytest.mark.parametrize("topic", [TOPIC_TRADE, TOPIC_PLAYER_STATE])
def test_records_that_all_do_not_fit_leave_nothing_but_quarantine(topic: str) -> None:
    task = written(topic, [None, b"{}"])

    assert {file.table for file in task.files} == {"quarantine"}
    assert task.newest_occurred_at is None


def test_a_column_of_a_later_version_stays_empty() -> None:
    later = SCHEMAS["trade"].append(pa.field("weather", pa.large_string()))

    task = written(TOPIC_TRADE, [trade(1)], schemas={**SCHEMAS, "trade": later})

    assert [row["weather"] for row in rows(task, "trade")] == [None]


def test_a_column_of_nulls_has_no_dictionary() -> None:
    # Presto 0.287 fails on an empty one when a question asks for what is null.
    task = written(TOPIC_TRADE, [trade(1, legs=3), trade(2, legs=4)])
    (file,) = (file for file in task.files if file.table == "trade")
    group = pq.read_metadata(file.path).row_group(0)
    columns = {c.path_in_schema: c for c in (group.column(i) for i in range(group.num_columns))}
    assert columns["only_item_id"].statistics.null_count == 2
    assert not any(column.has_dictionary_page for column in columns.values())
