"""The JSON Schemas of the events, written from their one definition."""

from __future__ import annotations

import inspect
from typing import Any

from src.events.definitions import SCHEMA_VERSION, Event
from src.events.fields import Field, fields_of

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: UTC by `Z`; the fraction is absent when it is zero.
_TIMESTAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"

_TYPES: dict[str, dict[str, Any]] = {
    "long": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "string": {"type": "string"},
    "timestamp": {"type": "string", "format": "date-time", "pattern": _TIMESTAMP},
}


def json_schema(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an event, its fields in the order of its definition.

    Further fields are allowed: a later version of the definition may have more.
    """
    fields = fields_of(event)
    topic = next(field for field in fields if field.name == "event_type").choices[0]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:guildhall:event:{topic}:{SCHEMA_VERSION}",
        "title": topic,
        "description": inspect.getdoc(event),
        **_object(fields),
    }


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [field.name for field in fields if field.required],
        "properties": {field.name: _property(field) for field in fields},
    }


def _property(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"description": field.description}
    if field.kind == "rows":
        return {**described, "type": "array", "items": _object(field.rows)}
    described |= _TYPES[field.kind]
    if field.choices:
        described["enum"] = list(field.choices)
    if not field.required:
        described["type"] = [described["type"], "null"]
    return described
