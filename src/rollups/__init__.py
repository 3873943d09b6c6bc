"""Rollups: what each day's rows add up to, kept in tables so that questions add up old days once.

A rollup is one `.sql` file over `source_rows`, grouped by `utc_day`. Maintenance writes what it
says of a day into a table (`src/streaming/rolling_up.py`); whoever asks reads that for the days
that have not changed since, and the same statement over the rows of the others
(`src/economy/warehouse.py`).

Landed rows are only ever added to. So a day whose source has as many rows as when it was rolled up
has the same rows, whatever compaction did to their files, and a count is all that is compared.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from src.decoding import json_decoded
from src.sql_files import read_sql_file

#: The column that says which day a row of a rollup is of, UTC; its table is partitioned by it.
DAY = "utc_day"

#: The snapshot property in which a rollup's table says what it was made of.
ROLLED_UP = "guildhall.rolled_up"

#: The digest of what no statement of a rollup makes: the table of a materialized view.
NO_STATEMENT = ""

_SOURCES = {
    "trade_minute": "trade",
    "player_day": "trade",
    "busiest_player_minute": "trade",
    "exchange_minute": "trade",
    "exchange_item_day": "trade",
    "imbalanced_trade": "trade",
    "imbalance_day": "trade",
    "gold_account_day": "trade_leg",
    "moved_item_day": "trade_leg",
    "state_minute": "player_state",
    "player_state_day": "player_state",
    "best_inventory": "player_state",
}

_COMMENT = re.compile(r"\s*--[^\n]*")
_ROWS = re.compile(r"\bsource_rows\b")


class Rollup(Struct, frozen=True):
    """What is kept of each day of a table, and the name under which it is asked for."""

    name: str
    source: str
    description: str
    sql: str

    @property
    def table(self) -> str:
        """The name of its table, which has the days that were rolled up."""
        return f"{self.name}_rollup"

    def over(self, rows: str) -> str:
        """Return the statement that makes the rollup of other rows, by the name of their view."""
        return _ROWS.sub(rows, self.sql)

    @property
    def digest(self) -> str:
        """What changes when the statement does: a table made by another one is not believed."""
        plain = " ".join(_COMMENT.sub("", self.sql).split())
        return hashlib.sha256(plain.encode()).hexdigest()[:16]


class RolledUp(Struct, frozen=True):
    """What a rollup's table was made of: of each day, how many rows its source had then.

    The source is known by its `table-uuid` and the sequence number of its snapshot. The table of a
    materialized view tells the same, of all days.
    """

    source_uuid: str
    sequence_number: int
    digest: str
    days: dict[date, int]

    def told(self) -> str:
        """Return it as a snapshot property holds it."""
        return msgspec.json.encode(self).decode()


def read_told(text: str | None) -> RolledUp | None:
    """Return what a snapshot property tells; None when there is none that this version reads."""
    try:
        return None if text is None else json_decoded(text, RolledUp)
    except msgspec.MsgspecError:
        return None


def days_rolled_up(
    rollup: Rollup, told: str | None, source_uuid: str, sequence_number: int
) -> Mapping[date, int]:
    """Return how many rows each day had when it was rolled up; nothing when it is not believed.

    Args:
        rollup: as it is now.
        told: the property of its table's newest snapshot.
        source_uuid: of the source as it is now.
        sequence_number: likewise; one that is lower than what was told came from a backup.
    """
    if (known := read_told(told)) is None:
        return {}
    is_of_this = known.source_uuid == source_uuid and known.digest == rollup.digest
    return known.days if is_of_this and known.sequence_number <= sequence_number else {}


@cache
def rollups() -> tuple[Rollup, ...]:
    """Return all rollups."""
    folder = Path(__file__).parent
    files = (read_sql_file(folder / f"{name}.sql") for name in _SOURCES)
    return tuple(Rollup(f.name, _SOURCES[f.name], f.description, f.sql) for f in files)


@cache
def rollup_tables() -> Mapping[str, Rollup]:
    """Return the rollups by the names of their tables."""
    return {rollup.table: rollup for rollup in rollups()}
