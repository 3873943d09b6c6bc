"""What a question is given of rollups, and what it asks Presto for before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from src.economy.presto_rollups import with_rollups
from src.rollups import RolledUp, rollups

FIRST, SECOND, FOURTH = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 4)
_DIGESTS = {rollup.name: rollup.digest for rollup in rollups()}


class Catalogue:
    """Answers what is asked of the metadata: days with their rows, and what was rolled up."""

    def __init__(self, rows: dict[date, int], rolled_up: dict[date, int]) -> None:
        self.rows = rows
        self.rolled_up = rolled_up
        self.digests = _DIGESTS
        self.asked: list[str] = []

    def __call__(self, sql: str) -> Sequence[tuple[Any, ...]]:
        self.asked.append(sql)
        if "$snapshots" in sql:
            return [
                (name, 42, RolledUp("uuid", 1, digest, self.rolled_up).told())
                for name, digest in self.digests.items()
                if f"'{name}'" in sql
            ]
        return [
            ("trade", str(day), count, f"{day} 10:00:00.000", f"{day} 11:00:00.000")
            for day, count in self.rows.items()
        ]


def test_days_that_hold_come_from_the_table_and_all_others_from_rows() -> None:
    catalogue = Catalogue({FIRST: 5, SECOND: 6, FOURTH: 8}, {FIRST: 5, SECOND: 6, FOURTH: 7})

    told = with_rollups("-- How many?\nselect sum(trades) from trade_minute", catalogue)

    told_in_one_line = " ".join(told.split())
    assert (
        "from \"trade_minute_rollup@42\" where utc_day in (date '2026-03-01', date '2026-03-02')"
        in told_in_one_line
    )
    assert (
        "trade_minute_source_rows as ( select * from trade where "
        "(occurred_at < timestamp '2026-03-01 00:00:00' "
        "or occurred_at >= timestamp '2026-03-03 00:00:00') )" in told_in_one_line
    )
    assert told.endswith("\nselect sum(trades) from trade_minute")
    assert "source_rows\n" not in told.replace("trade_minute_source_rows", "")


def test_days_apart_are_left_out_one_by_one() -> None:
    catalogue = Catalogue({FIRST: 5, FOURTH: 8}, {FIRST: 5, FOURTH: 8})
    told = with_rollups("select sum(trades) from trade_minute", catalogue)
    assert ">= timestamp '2026-03-02 00:00:00') and (occurred_at < timestamp '2026-03-04" in told


def test_running_totals_are_asked_for_as_two_and_hold_up_to_a_day_that_changed() -> None:
    catalogue = Catalogue({FIRST: 5, SECOND: 6, FOURTH: 8}, {FIRST: 5, SECOND: 7, FOURTH: 8})
    told = with_rollups("select * from repeated_pair", catalogue)
    told_in_one_line = " ".join(told.split())
    assert (
        'pair_total_so_far as ( select * from (select * from "pair_total_rollup@42" '
        "where utc_day in (date '2026-03-01')) )" in told_in_one_line
    )
    assert "or occurred_at >= timestamp '2026-03-02 00:00:00')" in told_in_one_line
    names = ("pair_total_source_rows", "pair_total_so_far", "pair_total_since", "repeated_pair")
    order = [told.index(f"{name} as (") for name in names]
    assert order == sorted(order)
    assert "pair_total as (" not in told


def test_a_view_that_reads_rollups_comes_after_them_and_before_the_question() -> None:
    catalogue = Catalogue({FIRST: 5}, {FIRST: 5})
    told = with_rollups("with a as (select * from slot) select * from a", catalogue)
    order = [told.index(f"{name} as (") for name in ("trade_minute", "played", "slot", "\na")]
    assert order == sorted(order)
    assert "first_at" in told
    assert "timestamp '2026-03-01 11:00:00.000' as last_at" in told


@pytest.mark.parametrize("rolled_up", [{}, {FIRST: 4}, {SECOND: 5}])
def test_a_question_stays_as_it_is_when_no_day_holds(rolled_up: dict[date, int]) -> None:
    sql = "-- How many?\nselect sum(trades) from trade_minute"
    assert with_rollups(sql, Catalogue({FIRST: 5}, rolled_up)) == sql


def test_a_table_by_another_statement_is_left_out() -> None:
    catalogue = Catalogue({FIRST: 5}, {FIRST: 5})
    catalogue.digests = dict.fromkeys(_DIGESTS, "another")
    sql = "select sum(trades) from trade_minute"
    assert with_rollups(sql, catalogue) == sql


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from trade",
        "-- Of trade_minute.\nselect 1",
        "describe trade_minute",
        "select * from trade_minute_rollup",
        "with trade_minute as (select 1 as trades) select trades from trade_minute",
        'WITH "Trade_Minute" (trades) AS (select 1) select trades from trade_minute',
        "with recursive a as (select * from trade_minute) select * from a",
    ],
)
def test_what_reads_no_rollup_costs_no_question(sql: str) -> None:
    catalogue = Catalogue({FIRST: 5}, {FIRST: 5})
    assert with_rollups(sql, catalogue) == sql
    assert catalogue.asked == []


def test_what_a_question_says_in_quotes_stays_as_it_is() -> None:
    catalogue = Catalogue({FIRST: 5}, {FIRST: 5})
    sql = "-- Asked.\nselect '\n-- no comment\n' as text, sum(trades) from TRADE_MINUTE"
    assert with_rollups(sql, catalogue).endswith(sql.removeprefix("-- Asked.\n"))
