"""The one walk over the event definitions.

`fields_of` turns a definition into plain descriptions; JSON Schema, Spark schema, table columns
and the reference page are written from those. A type that the walk does not know is refused, so
that a new kind of field cannot be forgotten in one of the forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect

from src.events.definitions import Event

#: The scalar types of event fields. `timestamp` is UTC with microseconds.
SCALARS = ("long", "string", "timestamp")


@dataclass(frozen=True)
class Field:
    """A field of an event: `kind` is a scalar type's name, or `rows` for a list of structs.

    `required` says that the field must be present and not null. `choices` are the allowed words.
    """

    name: str
    kind: str
    required: bool
    description: str
    choices: tuple[str, ...] = ()
    rows: tuple[Field, ...] = ()


def fields_of(event: type[Event]) -> tuple[Field, ...]:
    """Return the fields of an event in the order of its definition, the envelope first.

    Raises:
        TypeError: a field has a type that the walk does not know.
    """
    described = _struct_type(event)
    tag = Field(
        name=str(described.tag_field),
        kind="string",
        required=True,
        description="The event's type, and its topic.",
        choices=(str(described.tag),),
    )
    ordered = sorted(described.fields, key=lambda field: _ENVELOPE.get(field.name, len(_ENVELOPE)))
    walked = [_field(field.name, field.type) for field in ordered]
    return (walked[0], tag, *walked[1:])


def fields_of_struct(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields of a struct that is no event, in the order of its definition.

    Raises:
        TypeError: a field has a type that the walk does not know.
    """
    return tuple(_field(field.name, field.type) for field in _struct_type(struct).fields)


def _struct_type(struct: type[msgspec.Struct]) -> inspect.StructType:
    described = inspect.type_info(struct)
    if not isinstance(described, inspect.StructType):
        raise TypeError(f"{struct.__name__} is not a Struct")
    return described


_ENVELOPE = {name: place for place, name in enumerate(Event.__struct_fields__)}


def _field(name: str, described: inspect.Type) -> Field:
    inner, description = _unwrap(described)
    options = list(inner.types) if isinstance(inner, inspect.UnionType) else [inner]
    kept = [o for o in options if not isinstance(o, inspect.NoneType) and not _is_unset(o)]
    if len(kept) != 1:
        raise TypeError(f"field {name}: a union of {len(kept)} types has no column")
    required = not any(isinstance(option, inspect.NoneType) for option in options)
    kind, choices, rows = _kind(name, kept[0])
    return Field(name, kind, required, description, choices, rows)


def _kind(name: str, described: inspect.Type) -> tuple[str, tuple[str, ...], tuple[Field, ...]]:
    match described:
        case inspect.Metadata():
            return _kind(name, described.type)
        case inspect.IntType():
            return "long", (), ()
        case inspect.StrType():
            return "string", (), ()
        case inspect.LiteralType(values=values):
            return "string", tuple(str(value) for value in values), ()
        case inspect.DateTimeType():
            return "timestamp", (), ()
        case inspect.ListType(item_type=inspect.StructType() as row):
            return "rows", (), tuple(_field(field.name, field.type) for field in row.fields)
        case _:
            raise TypeError(f"field {name}: {type(described).__name__} has no column type")


def _unwrap(described: inspect.Type) -> tuple[inspect.Type, str]:
    if isinstance(described, inspect.Metadata):
        extra: dict[str, Any] = described.extra_json_schema or {}
        return described.type, str(extra.get("description", ""))
    return described, ""


def _is_unset(described: inspect.Type) -> bool:
    return isinstance(described, inspect.CustomType) and described.cls is msgspec.UnsetType
