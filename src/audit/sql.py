"""The SQL of the checks, by name."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def check_sql(name: str) -> str:
    """Return the statement of `checks/<name>.sql`."""
    path = resources.files("src.audit.checks").joinpath(f"{name}.sql")
    return path.read_text(encoding="utf-8").strip()
