"""The views: what people ask about, over the landed tables; one .sql file each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from src.sql_files import SqlFile, read_sql_file

#: In the order in which they are made: a view comes after those that it reads.
ORDER = (
    "party",
    "played",
    "slot",
    "slotted_trade",
    "slotted_total",
    "player_recent_state",
    "player_latest",
    "first_trade",
    "player_trade",
    "repeated_pair",
    "moved_item",
    "item_exchange",
    "gift",
    "gift_flow",
    "item_purchase",
    "weapon_purchase",
    "sword_purchase",
    "guild_join",
    "guild_leave",
    "battle",
    "refused_trade",
)


@cache
def views() -> tuple[SqlFile, ...]:
    """Return the views in the order in which they are made."""
    folder = Path(__file__).parent
    return tuple(read_sql_file(folder / f"{name}.sql") for name in ORDER)


@cache
def presto_views() -> tuple[SqlFile, ...]:
    """Return the views that Presto is given first; on DuckDB the engine makes them of files."""
    folder = Path(__file__).parent / "presto"
    return tuple(read_sql_file(path) for path in sorted(folder.glob("*.sql")))
