"""Records to events, or to the reason why not: pure Python, by a strict form of the definition.

The decoder refuses what is not UTF-8, not JSON or more than one object, and every field that is
missing, null without leave, of another type or out of range; nothing is coerced. A key that
stands twice in one object is not found: the last one counts. A field that the definition lacks is
passed over; an event whose `schema_version` is later than the definition's is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from src.decoding import json_decoder
from src.events.definitions import SCHEMA_VERSION
from src.events.fields import Field

#: The most that a 64-bit column holds; JSON itself knows no limit.
LONG_MAX = 2**63 - 1
_LONG = Annotated[int, msgspec.Meta(ge=-(2**63), le=LONG_MAX)]

_SCALAR_TYPES: dict[str, Any] = {
    "long": _LONG,
    "string": str,
    "timestamp": Annotated[datetime, msgspec.Meta(tz=True)],
}

#: A later definition may mean something else by the same words: such an event waits in quarantine
#: for the version of this program that knows it.
_VERSION = "schema_version"
_KNOWN_VERSION = Annotated[int, msgspec.Meta(ge=-(2**63), le=SCHEMA_VERSION)]

_MISSING = re.compile(r"missing required field `(?P<field>[^`]+)`")
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_INDEX = re.compile(r"\[[^]]*\]")


class Unfit(str):
    """Why a record cannot land: a stable word, and the field's path where one is at fault."""

    __slots__ = ()


Reader = Callable[[bytes | None], Any]


def reader_of(fields: tuple[Field, ...]) -> Reader:
    """Return a function from a record to its event, an object with these fields, or `Unfit`.

    A reason is as `trailing_characters`, `missing_field: trade_id`, `wrong_type: legs[].quantity`.
    """
    decode = json_decoder(strict_type("Record", fields)).decode

    def read(record: bytes | None) -> Any:  # noqa: ANN401 - a type made at run time
        if record is None:
            return Unfit("tombstone")
        try:
            return decode(record)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Unfit(_reason(record, error))

    return read


def strict_type(name: str, fields: tuple[Field, ...]) -> type[msgspec.Struct]:
    """Return a type that decodes exactly what the fields allow; unknown fields are passed over."""
    required = [(field.name, _type_of(field)) for field in fields if field.required]
    optional = [
        (field.name, _type_of(field) | None, None) for field in fields if not field.required
    ]
    # gc=False: thousands live at once and none can be part of a cycle.
    return msgspec.defstruct(name, [*required, *optional], kw_only=True, gc=False)


def _type_of(field: Field) -> Any:  # noqa: ANN401 - a type expression has no type of its own
    if field.kind == "rows":
        return list[strict_type(field.name, field.rows)]  # type: ignore[misc]  # made at run time
    if field.name == _VERSION:
        return _KNOWN_VERSION
    if field.choices:
        return Literal[field.choices]
    return _SCALAR_TYPES[field.kind]


def _reason(record: bytes, error: Exception) -> str:
    if not _is_utf8(record):
        return "not_utf8"
    message = str(error)
    if not isinstance(error, msgspec.ValidationError):
        return "trailing_characters" if "trailing characters" in message else "not_json"
    found = _PATH.search(message)
    # Which of the rows is at fault stands in the raw value; reasons are for counting.
    path = _INDEX.sub("[]", found["path"]) if found else ""
    if missing := _MISSING.search(message):
        return "missing_field: " + ".".join(part for part in (path, missing["field"]) if part)
    if not path:
        return "not_an_object"
    if "got `null`" in message:
        return f"missing_field: {path}"
    if path == _VERSION and message.startswith("Expected `int` <="):
        word = "later_version"
    else:
        word = "unknown_word" if message.startswith("Invalid enum value") else "wrong_type"
    return f"{word}: {path}"


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True
