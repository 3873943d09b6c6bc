"""Numbers and names as the texts say them, and choices that several texts make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

#: The values of a text's places.
Facts = dict[str, str]


def first(rows: Sequence[Row], name: str) -> Row:
    """Return the row with the largest value in a column, the earliest of equals."""
    return max(rows, key=lambda row: float(row[name]))


def item_named(row: Row) -> str:
    """Return what an item is called; its id when the catalogue does not have it."""
    return name_text(row["item_name"] or f"item {row['item_id']}")


def name_text(name: str) -> str:
    """Return a name that stays within the backticks that the texts put around it."""
    return " ".join(name.replace("`", "'").split())


def count(value: int) -> str:
    """Return a count with thousands apart."""
    return f"{value:,}"


def percent(share: float) -> str:
    """Return a part of 1 in percent."""
    return f"{share:.1%}"


def duration(seconds: int) -> str:
    """Return a time as a person says it: in its largest unit."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,} seconds"
