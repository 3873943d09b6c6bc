"""Lands the outbox in real Iceberg tables without Spark: the same rows, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from pyiceberg.table import Table

from src.bootstrap import build_outbox
from src.config import Settings
from src.events.definitions import PlayerStateEvent, TradeEvent
from src.events.outbox_entry import Record, read_entry
from tests.support.economy import make_tables, totals
from tests.support.iceberg_files import append, end_writers

Rows = dict[str, list[dict[str, Any]]]

_LEG_HEADER = ("trade_id", "seq", "occurred_at", "kind", "status")


def records_of_outbox(settings: Settings) -> list[Record]:
    """Return the records that the relay would publish."""
    outbox = build_outbox(settings)
    try:
        entries = outbox.read(0, 100_000, 1)
    finally:
        outbox.close()
    return [record for entry in entries for record in read_entry(entry.payload, entry.last_seq)]


def rows_of(records: Iterable[Record]) -> Rows:
    """Return the rows that records become, by table."""
    rows: Rows = {"trade": [], "trade_leg": [], "player_state": []}
    for record in records:
        event = msgspec.json.decode(record.value, type=TradeEvent | PlayerStateEvent)
        row = msgspec.to_builtins(event, builtin_types=(object,))
        row["occurred_at"] = event.occurred_at.replace(tzinfo=None)
        if isinstance(event, TradeEvent):
            legs = row.pop("legs")
            rows["trade"].append({**row, **totals(row, legs)})
            header = {name: row[name] for name in _LEG_HEADER}
            rows["trade_leg"] += [{**header, **leg} for leg in legs]
        else:
            rows["player_state"].append(row)
    return rows


def land(settings: Settings, falsify: Callable[[Rows], None] = lambda _rows: None) -> None:
    """Write the tables from the outbox, once `falsify` has changed what it likes."""
    rows = rows_of(records_of_outbox(settings))
    falsify(rows)
    land_rows(settings, rows)


def land_rows(settings: Settings, rows: Rows) -> None:
    """Write the tables with these rows."""
    tables: dict[str, Table] = make_tables(Path(settings.warehouse))
    for name, found in rows.items():
        if found:
            append(tables[name], found)
    end_writers()
