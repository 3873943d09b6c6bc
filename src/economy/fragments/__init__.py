"""Pieces of SQL that engines put together: `.sql` files with words to be replaced."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from src.sql_files import read_sql_file

_COMMENT = re.compile(r"\s*--[^\n]*")


def fragment(name: str, **words: str) -> str:
    """Return `<name>.sql` with something else in the place of each word."""
    sql = _read(name)
    for word, text in words.items():
        sql = re.sub(rf"\b{word}\b", lambda _, text=text: text, sql)  # type: ignore[misc]
    return sql


@cache
def _read(name: str) -> str:
    sql = read_sql_file(Path(__file__).with_name(f"{name}.sql")).sql
    return _COMMENT.sub("", sql).strip()
