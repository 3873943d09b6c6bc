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


def check_sql_until(name: str, last_seq: int) -> str:
    """Return the statement of a check of events up to a seq, which stands in its text.

    With a parameter Presto would be asked of its own views, and not of what questions read
    (`src/economy/presto_rollups.py`).
    """
    return check_sql(name).replace("?", str(int(last_seq)))


def rollup_check_sql(rollup: Rollup) -> str:
    """Return the statement that compares a rollup with what its source's rows say."""
    words = {"each_source": rollup.source}
    if rollup.running is None:
        check = check_sql("rollup_unlike_rows")
        words["each_rollup"] = rollup.name
    else:
        check = check_sql("totals_unlike_rows")
        words |= {"each_so_far": rollup.so_far, "each_since": rollup.since}
        words |= {"each_key": rollup.running.key, "each_total": rollup.running.total}
    of_rows = f"({rollup.over(rollup.source)})"
    check = check.replace("from rows_of_each_rollup", f"from {of_rows}")
    for word, text in words.items():
        check = check.replace(word, text)
    return check
