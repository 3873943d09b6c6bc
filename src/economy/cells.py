"""Cells of an answer as text: for people, and for programs that read CSV."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from src.economy.engine import Column

#: What stands for null where people read.
NOTHING = "–"  # noqa: RUF001 - an en dash, as print has it

_NAMES_OF_IDS = frozenset({"seq", "version", "gained_by"})


def cell_text(column: Column, value: Any) -> str:  # noqa: ANN401 - a cell of any column
    """Return a cell for people: thousands apart, shares in percent, ids as they are."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value) if is_id(column) else f"{value:,}"
        case float():
            return f"{value:.2%}" if is_share(column) else f"{value:,.2f}"
        case datetime():
            precision = "milliseconds" if value.microsecond else "seconds"
            return value.isoformat(sep=" ", timespec=precision)
        case _:
            return str(value)


def is_id(column: Column) -> bool:
    """Say whether a column's integers name things and count nothing."""
    return column.name.endswith("_id") or column.name in _NAMES_OF_IDS


def is_share(column: Column) -> bool:
    """Say whether a column's numbers are parts of 1."""
    return column.type == "number" and "share" in column.name.split("_")


def is_right_aligned(column: Column) -> bool:
    """Say whether people read a column from its right end."""
    return column.type in {"integer", "number"} and not is_id(column)


def plain_cell(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    """Return a cell for JSON or CSV: times gain the zone that they are in, UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
