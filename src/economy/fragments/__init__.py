"""Pieces of SQL that engines put together: `.sql` files with words to be replaced."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from src.rollups import Rollup
from src.sql_files import read_sql_file

_COMMENT = re.compile(r"\s*--[^\n]*")


def fragment(name: str, **words: str) -> str:
    """Return `<name>.sql` with something else in the place of each word."""
    sql = _read(name)
    for word, text in words.items():
        sql = re.sub(rf"\b{word}\b", lambda _, text=text: text, sql)  # type: ignore[misc]
    return sql


def rollup_relations(rollup: Rollup, held: str | None, others: str) -> dict[str, str]:
    """Return the statements by which a rollup is asked for, by the names that they get.

    Args:
        rollup: which one.
        held: what has the rows of the days that hold, as it stands in a `from`; None when none do.
        others: the name of the view of its source's rows of the other days.
    """
    of_others = rollup.over(others)
    if rollup.running is not None:
        so_far = (
            fragment("no_rows", of_rows=f"({of_others})")
            if held is None
            else fragment("every_row", each_table=held)
        )
        return {rollup.so_far: so_far, rollup.since: of_others}
    if held is None:
        return {rollup.name: of_others}
    both = fragment("rolled_up", days_that_hold=held, of_other_rows=f"({of_others})")
    return {rollup.name: both}


@cache
def _read(name: str) -> str:
    sql = read_sql_file(Path(__file__).with_name(f"{name}.sql")).sql
    return _COMMENT.sub("", sql).strip()
