"""Rollups on Presto: a question is given the days that hold, in its own text.

A view of Presto's is fixed when it is made, and which days hold changes with each day. So the views
that `src/economy/migrations.py` makes read all rows, for whoever asks Presto alone; a question that
goes through here gets those that it names, and that read rollups, as common table expressions of
the same names. Days are named by literals, so that Presto opens no file of the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from msgspec import Struct

from src.economy.fragments import fragment, rollup_relations
from src.economy.views import views
from src.economy.warehouse import MATERIALIZED
from src.rollups import (
    NO_STATEMENT,
    ROLLED_UP,
    Rollup,
    days_that_hold,
    read_told,
    rollups,
)

#: The column by whose day the sources are partitioned.
_TIME = "occurred_at"

#: The view of the first and last trade, and the table whose metadata tells them.
_PLAYED = "played"
_TRADE = "trade"

_DAY = timedelta(days=1)

_WORD = re.compile(r"\w+")
_COMMENT = re.compile(r"--[^\n]*")
_HEADER = re.compile(r"(?:\s*--[^\n]*\n)*\s*")
_DEFINED = re.compile(r'\b(\w+)"?\s*(?:\([^()]*\)\s*)?as\s*\(')
_BEGINS = re.compile(r"(with(?!\s+recursive)|select)\b", re.IGNORECASE)

_Rows = Sequence[tuple[Any, ...]]


class _Kept(Struct, frozen=True):
    """A table that is made of another one, and what it must say that it was made by."""

    name: str
    table: str
    source: str
    digest: str
    is_running: bool = False


class _Held(Struct, frozen=True):
    """The days of a kept table that hold, and its snapshot that has them."""

    snapshot_id: int
    days: Collection[date]


class _Found(Struct, frozen=True):
    """What holds of each table that has any day, and the first and last time of each source."""

    held: Mapping[str, _Held]
    spans: Mapping[str, tuple[str, str]]


def with_rollups(sql: str, ask: Callable[[str], _Rows]) -> str:
    """Return a question with the rollups that it reads, directly or by a view.

    Args:
        sql: the question; anything else is returned as it is.
        ask: returns the rows of a statement as Presto writes them, a date as text.
    """
    text = _HEADER.sub("", sql, count=1)
    plain = _COMMENT.sub("", text).lower()
    words = set(_WORD.findall(plain))
    named = [name for name in _reading() if name in words]
    if not named or not (found := _BEGINS.match(text)):
        return sql
    wanted = [name for name in _reading() if any(name in _reading()[each] for each in named)]
    if not set(_DEFINED.findall(plain)).isdisjoint(wanted):
        return sql  # it has expressions of these names itself
    if not (known := _found([each for each in _kept() if each.name in wanted], ask)).held:
        return sql
    expressions = ",\n".join(filter(None, (_expression(name, known) for name in wanted)))
    if found[1].lower() == "select":
        return f"with {expressions}\n{text}"
    return f"with {expressions},\n{text[found.end() :].lstrip()}"


@cache
def _kept() -> tuple[_Kept, ...]:
    of_rollups = (
        _Kept(r.name, r.table, r.source, r.digest, is_running=r.running is not None)
        for r in rollups()
    )
    of_views = (_Kept(table, table, MATERIALIZED[table], NO_STATEMENT) for table in MATERIALIZED)
    return (*of_rollups, *of_views)


@cache
def _reading() -> Mapping[str, frozenset[str]]:
    """Return what each rollup, and each view that reads one, reads of those, itself included.

    In the order in which they can be made. So it is for the tables of materialized views, with
    which come the rows that they may not have, and for the two relations of running totals.
    """
    found = {each.name: frozenset({each.name}) for each in _kept()}
    for name, kept in _beside().items():
        found[name] = frozenset({kept, name})
    for view in views():
        read = [found[word] for word in set(_WORD.findall(view.sql)) & found.keys()]
        if read:
            found[view.name] = frozenset({view.name}).union(*read)
    return found


@cache
def _since_of() -> Mapping[str, str]:
    """Return the views of rows that a materialized view's table may not have, and the tables."""
    return {f"{source}_since": table for table, source in MATERIALIZED.items()}


@cache
def _beside() -> Mapping[str, str]:
    """Return what is asked for by another name than that of what is kept, with that name."""
    running = (rollup for rollup in rollups() if rollup.running is not None)
    of_running = {name: each.name for each in running for name in (each.so_far, each.since)}
    return {**_since_of(), **of_running}


@cache
def _statements() -> Mapping[str, str]:
    return {each.name: each.sql for each in views()}


def _found(wanted: Sequence[_Kept], ask: Callable[[str], _Rows]) -> _Found:
    """Look at the tables, then at their sources: what is rolled up meanwhile does not hold."""
    told = ask(" union all ".join(map(_asking_what_is_told, wanted)))
    if not any(text for _, _, text in told):
        return _Found({}, {})
    sources = sorted({each.source for each in wanted})
    rows: dict[str, Counter[date]] = {source: Counter() for source in sources}
    times: dict[str, list[str | None]] = {source: [] for source in sources}
    for source, day, count, first_at, last_at in ask(
        " union all ".join(map(_asking_for_days, sources))
    ):
        rows[source][date.fromisoformat(day)] += count
        times[source] += [first_at, last_at]
    by_name = {each.name: each for each in wanted}
    held = {
        name: _Held(snapshot_id, days)
        for name, snapshot_id, text in told
        if (days := _days(by_name[name], text, rows[by_name[name].source]))
    }
    spans = ((source, [at for at in of_it if at is not None]) for source, of_it in times.items())
    # A file without statistics says nothing of when its rows are.
    known = {
        s: (min(of_it), max(of_it)) for s, of_it in spans if of_it and len(of_it) == len(times[s])
    }
    return _Found(held, known)


def _days(kept: _Kept, told: str | None, rows: Mapping[date, int]) -> list[date]:
    """Return the days of which the source has as many rows as the table was made of."""
    known = read_told(told)
    if known is None or known.digest != kept.digest:
        return []
    return days_that_hold(known.days, rows, running=kept.is_running)


def _asking_what_is_told(kept: _Kept) -> str:
    snapshots = f'"{kept.table}$snapshots"'
    told = fragment("told", each_name=kept.name, each_property=ROLLED_UP, each_snapshots=snapshots)
    return f"({told})"


def _asking_for_days(source: str) -> str:
    return fragment("days_of_source", each_name=source, each_partitions=f'"{source}$partitions"')


def _expression(name: str, found: _Found) -> str:
    """Return the expression of a name; nothing where what Presto has by it is as good."""
    if name == _PLAYED and _TRADE in found.spans:
        # Presto then sees while it plans how long a slot lasts, and which branches have no rows.
        first_at, last_at = (f"timestamp '{at}'" for at in found.spans[_TRADE])
        return f"{name} as (select {first_at} as first_at, {last_at} as last_at)"
    if name in _statements():
        return f"{name} as (\n{_statements()[name]}\n)"
    table = _since_of().get(name, name)
    if table not in found.held:
        return ""  # or it comes with another name
    held = found.held[table]
    if table != name:
        return f"{name} as (\n{_others(MATERIALIZED[table], held)}\n)"
    if table in MATERIALIZED:
        at_snapshot = f'"{table}@{held.snapshot_id}"'
        return f"{table} as (\n{fragment('every_row', each_table=at_snapshot)}\n)"
    (rollup,) = (each for each in rollups() if each.name == name)
    return _rollup_expressions(rollup, held)


def _rollup_expressions(rollup: Rollup, held: _Held) -> str:
    days = fragment(
        "days_of_table",
        each_table=f'"{rollup.table}@{held.snapshot_id}"',
        each_day=", ".join(f"date '{day}'" for day in sorted(held.days)),
    )
    others = f"{rollup.name}_source_rows"
    made = {others: _others(rollup.source, held), **rollup_relations(rollup, f"({days})", others)}
    return ",\n".join(f"{name} as (\n{sql}\n)" for name, sql in made.items())


def _others(source: str, held: _Held) -> str:
    return fragment("other_rows", each_table=source, is_of_other_days=_none_of(held.days))


def _none_of(days: Collection[date]) -> str:
    """Return the condition for rows of no such day, as spans of time."""
    spans: list[tuple[date, date]] = []
    for day in sorted(days):
        if spans and spans[-1][1] == day:
            spans[-1] = (spans[-1][0], day + _DAY)
        else:
            spans.append((day, day + _DAY))
    return " and ".join(
        f"({_TIME} < timestamp '{begin} 00:00:00' or {_TIME} >= timestamp '{end} 00:00:00')"
        for begin, end in spans
    )
