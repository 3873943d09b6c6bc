"""Rollups: what each day's rows add up to, kept in tables so that questions add up old days once.

A rollup is one `.sql` file over `source_rows`, grouped by `utc_day`. Maintenance writes what it
says of a day into a table (`src/streaming/rolling_up.py`); whoever asks reads that for the days
that have not changed since, and the same statement over the rows of the others
(`src/economy/warehouse.py`).

Landed rows are only ever added to. So a day whose source has as many rows as when it was rolled up
has the same rows, whatever compaction did to their files, and a count is all that is compared.

Where nearly each row of a day is a group of its own, to add up days is as dear as to add up rows.
The table of such a rollup has *running totals*: what its statement says of a day, with what the
same key had on the days before. So only keys of the days that do not hold are looked for among all
others. It is asked for as two: `<rollup>_so_far` has the running totals of the days that hold, and
`<rollup>_since` what the statement says of each other day by itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import takewhile
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
    "gift_flow_day": "trade",
    "pair_total": "trade",
    "gold_account_day": "trade_leg",
    "moved_item_day": "trade_leg",
    "moved_leg": "trade_leg",
    "state_minute": "player_state",
    "player_state_day": "player_state",
    "best_inventory": "player_state",
}

_COMMENT = re.compile(r"\s*--[^\n]*")
_ROWS = re.compile(r"\bsource_rows\b")


class Running(Struct, frozen=True):
    """The column by which running totals are told apart, and the one that is added up."""

    key: str
    total: str


_RUNNING = {"pair_total": Running("pair_id", "trades")}


class Rollup(Struct, frozen=True):
    """What is kept of each day of a table, and the name under which it is asked for.

    `running` is given when its table has running totals.
    """

    name: str
    source: str
    description: str
    sql: str
    running: Running | None = None

    @property
    def table(self) -> str:
        """The name of its table, which has the days that were rolled up."""
        return f"{self.name}_rollup"

    @property
    def so_far(self) -> str:
        """The name of the running totals of the days that hold."""
        return f"{self.name}_so_far"

    @property
    def since(self) -> str:
        """The name of what its statement says of the other days, where totals are running."""
        return f"{self.name}_since"

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


def days_that_hold(
    known: Mapping[date, int], rows: Mapping[date, int], *, running: bool
) -> list[date]:
    """Return the days of a rollup's table of which its source still has as many rows.

    Args:
        known: how many rows each day had when it was rolled up.
        rows: how many each day of the source has now.
        running: whether a day's totals have those of the days before, and hold only as they do.
    """
    chosen = takewhile if running else filter
    return list(chosen(lambda day: rows.get(day) == known[day], sorted(known)))


@cache
def rollups() -> tuple[Rollup, ...]:
    """Return all rollups."""
    folder = Path(__file__).parent
    files = (read_sql_file(folder / f"{name}.sql") for name in _SOURCES)
    return tuple(
        Rollup(f.name, _SOURCES[f.name], f.description, f.sql, _RUNNING.get(f.name)) for f in files
    )


@cache
def rollup_tables() -> Mapping[str, Rollup]:
    """Return the rollups by the names of their tables."""
    return {rollup.table: rollup for rollup in rollups()}
