"""How far each topic has landed, read from the snapshots of the tables; only files are read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from src.economy.warehouse import NAMESPACE, newest_metadata
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE

#: The next offset to land, by partition.
Positions = dict[int, int]

#: The property in which landing keeps the position of a topic; see `src/streaming/tables.py`.
_POSITION = "guildhall.position.{topic}"

#: The tables that the records of a topic become rows of.
_TABLES: Mapping[str, tuple[str, ...]] = {
    TOPIC_TRADE: ("trade", "trade_leg"),
    TOPIC_PLAYER_STATE: ("player_state",),
}


def landed_positions(warehouse: Path) -> dict[str, Positions]:
    """Return, by topic, the offsets that all its tables have reached; none where nothing landed."""
    return {topic: _of_all(warehouse, topic, tables) for topic, tables in _TABLES.items()}


def _of_all(warehouse: Path, topic: str, tables: tuple[str, ...]) -> Positions:
    known = [_of_table(warehouse / NAMESPACE / table, topic) for table in tables]
    shared = set.intersection(*(set(positions) for positions in known))
    return {partition: min(each[partition] for each in known) for partition in shared}


def _of_table(table: Path, topic: str) -> Positions:
    for summary in _summaries(table):
        if (found := summary.get(_POSITION.format(topic=topic))) is not None:
            return {int(partition): offset for partition, offset in json.loads(found).items()}
    return {}


def _summaries(table: Path) -> Iterator[dict[str, str]]:
    """Iterate over the properties of a table's snapshots, from the newest to its ancestors."""
    path = newest_metadata(table)
    if path is None:
        return
    metadata: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    by_id = {snapshot["snapshot-id"]: snapshot for snapshot in metadata.get("snapshots", ())}
    snapshot = by_id.get(metadata.get("current-snapshot-id"))
    while snapshot is not None:
        yield snapshot["summary"]
        snapshot = by_id.get(snapshot.get("parent-snapshot-id"))
