"""The SQL of the checks, by name."""

from __future__ import annotations

from functools import cache
from importlib import resources

from src.rollups import Rollup


@cache
def check_sql(name: str) -> str:
    """Return the statement of `checks/<name>.sql`."""
    path = resources.files("src.audit.checks").joinpath(f"{name}.sql")
    return path.read_text(encoding="utf-8").strip()


def rollup_check_sql(rollup: Rollup) -> str:
    """Return the statement that compares a rollup with what its source's rows say."""
    of_rows = f"({rollup.over(rollup.source)})"
    check = check_sql("rollup_unlike_rows").replace("from rows_of_each_rollup", f"from {of_rows}")
    return check.replace("each_rollup", rollup.name)
