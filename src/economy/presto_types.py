"""Presto's types: what a column holds, how its cells are read, how a parameter is written.

Presto sends cells as JSON; the name of a column's type says what they were. See Presto's
documentation, "Data Types".
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from src.economy.engine import ColumnType, Parameter

#: Makes a cell of what Presto sent; it is not called for null.
Read = Callable[[Any], Any]

_NAME_AND_REST = re.compile(r"^([a-z0-9 ]+?)\s*(?:\((.*)\))?$", re.DOTALL)
_FIELD = re.compile(r'^(?:"((?:[^"]|"")*)"|(\w+)) (.+)$', re.DOTALL)

_INTEGERS = frozenset({"tinyint", "smallint", "integer", "bigint"})
_NUMBERS = frozenset({"real", "double"})


def column_type(presto_type: str) -> ColumnType:
    """Return what a column of this type holds; what has no word of ours is `json`."""
    name, inner = _parts(presto_type)
    if name in _INTEGERS or _is_whole_decimal(name, inner):
        return "integer"
    if name in _NUMBERS or name == "decimal":
        return "number"
    kinds: dict[str, ColumnType] = {
        "varchar": "text",
        "char": "text",
        "boolean": "boolean",
        "timestamp": "timestamp",
        "date": "date",
    }
    return kinds.get(name, "json")


def reader(presto_type: str) -> Read:
    """Return what makes a cell of this type: the same value that DuckDB gives for it."""
    name, inner = _parts(presto_type)
    if name == "array":
        of_element = _nullable(reader(inner))
        return lambda cells: [of_element(cell) for cell in _opened(cells)]
    if name == "row":
        return _row_reader(inner)
    if name == "map":
        return _map_reader(inner)
    if _is_whole_decimal(name, inner):
        return int
    scalars: dict[str, Read] = {
        "decimal": float,
        "real": float,
        "double": float,
        "timestamp": datetime.fromisoformat,
        "date": date.fromisoformat,
        "varbinary": _binary,
        "json": json.loads,
    }
    return scalars.get(name, _as_it_is)


def literal(value: Parameter) -> str:
    """Return a value as Presto's SQL writes it."""
    match value:
        case None:
            return "null"
        case bool() | int():
            return str(value).lower()
        case float():
            return f"cast('{value!r}' as double)"
        case datetime():
            return f"timestamp '{value.isoformat(sep=' ', timespec='milliseconds')}'"
        case date():
            return f"date '{value.isoformat()}'"
        case _:
            return "'" + value.replace("'", "''") + "'"


def _parts(presto_type: str) -> tuple[str, str]:
    """Return a type's name and what stands in its parentheses."""
    found = _NAME_AND_REST.match(presto_type.strip())
    return (found[1], found[2] or "") if found else (presto_type, "")


def _arguments(inner: str) -> Iterator[str]:
    """Yield what stands between the outermost commas."""
    depth, quoted, start = 0, False, 0
    for place, letter in enumerate(inner):
        quoted ^= letter == '"'
        if not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth == 0:
                yield inner[start:place].strip()
                start = place + 1
    yield inner[start:].strip()


def _row_reader(inner: str) -> Read:
    fields = [found for each in _arguments(inner) if (found := _FIELD.match(each))]
    names = [found[2] or found[1].replace('""', '"') for found in fields]
    readers = [_nullable(reader(found[3])) for found in fields]

    def read(cells: list[Any]) -> dict[str, Any]:
        return {n: r(cell) for n, r, cell in zip(names, readers, _opened(cells), strict=True)}

    return read


def _map_reader(inner: str) -> Read:
    of_value = _nullable(reader(list(_arguments(inner))[1]))
    return lambda cells: {key: of_value(cell) for key, cell in _opened(cells).items()}


def _opened(cells: Any) -> Any:  # noqa: ANN401 - JSON
    """Return what is in a list, a row or a map; Presto sends each as the text of its JSON."""
    return json.loads(cells) if isinstance(cells, str) else cells


def _nullable(read: Read) -> Read:
    return lambda cell: None if cell is None else read(cell)


def _is_whole_decimal(name: str, inner: str) -> bool:
    return name == "decimal" and list(_arguments(inner))[-1] == "0"


def _binary(cell: Any) -> bytes:  # noqa: ANN401 - text, or bytes when PyHive has read it
    return cell if isinstance(cell, bytes) else b64decode(cell)


def _as_it_is(cell: Any) -> Any:  # noqa: ANN401 - a cell of any column
    return cell
