"""What is written from the event definitions: their JSON Schemas and their reference page.

`python -m src.events.reference` writes them; a test fails when one is not what this writes.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from src.events.definitions import EVENTS
from src.events.fields import Field, fields_of
from src.events.json_schema import json_schema

_ROOT = Path(__file__).resolve().parents[2]

_HEAD = """# Events

One JSON object a record, in the Kafka topic that is named after its type. `trade` is keyed by
`trade_id`, `player_state` by `player_id`, so that the states of a player come in order. Every field
is there, null where there is nothing to tell; a reader must not mind fields that it does not know.
Integers are exact and at most 9,007,199,254,740,991 for amounts; times are UTC with microseconds,
as `2026-11-22T16:30:00.123456Z`, the fraction absent when it is zero.

`seq` counts the events of a realm and `version` the states of a player, both from 1 without a gap:
a reader sees by itself whether one is missing or doubled. The events of one commit follow each
other: each trade, then a state for each player that it changed. So the fold of all legs of settled
trades up to a state is that state. A refused trade moves nothing; its legs are what was asked for.

Three more topics are compacted and have no events. `relay_position` is the relay's own: for each
realm the number of the last event in Kafka, in the same transaction as that event. `guild` has the
founded guilds, keyed by realm, a space and the guild's name; the value is the guild's name, fee and
region. A record of it may come again. `quarantine_replay` notes what became of each record that was
replayed out of the quarantine ([guide](../guides/quarantine.md)). Readers must read only what is
committed (`isolation.level=read_committed`).

The same as JSON Schema: `data/schemas/trade.json`, `data/schemas/player_state.json`. Written by
`python -m src.events.reference`; change `src/events/definitions.py` instead of this page.
"""

_ROW_TYPES = {"rows": "array"}


def written_files() -> Mapping[Path, str]:
    """Return every file that is written from the definitions, with its text."""
    schemas = {
        _ROOT / "data" / "schemas" / f"{topic}.json": json.dumps(json_schema(event), indent=2)
        for topic, event in EVENTS.items()
    }
    files = {path: f"{text}\n" for path, text in schemas.items()}
    return {**files, _ROOT / "docs" / "reference" / "events.md": events_page()}


def events_page() -> str:
    """Return the reference page of the events."""
    return _HEAD + "".join(line for topic in EVENTS for line in _event(topic))


def _event(topic: str) -> Iterator[str]:
    event = EVENTS[topic]
    yield f"\n## `{topic}`\n\n{inspect.getdoc(event)}\n\n"
    fields = fields_of(event)
    yield from _table(fields)
    for field in fields:
        if field.kind == "rows":
            yield f"\n### Each of `{field.name}`\n\n"
            yield from _table(field.rows)


def _table(fields: tuple[Field, ...]) -> Iterator[str]:
    yield "| field | type | may be null | meaning |\n|---|---|---|---|\n"
    for field in fields:
        kind = _ROW_TYPES.get(field.kind, field.kind)
        words = f" One of {', '.join(f'`{c}`' for c in field.choices)}." if field.choices else ""
        nullable = "no" if field.required else "yes"
        yield f"| `{field.name}` | {kind} | {nullable} | {field.description}{words} |\n"


def main() -> None:
    """Write the files."""
    for path, text in written_files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
