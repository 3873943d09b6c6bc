"""What a rollup is, and when the days that its table has are believed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

import src.rollups
from src.economy.fragments import rollup_relations
from src.rollups import (
    DAY,
    RolledUp,
    Rollup,
    days_rolled_up,
    days_that_hold,
    rollup_tables,
    rollups,
)
from src.streaming.rolling_up import due_days

FIRST, SECOND, THIRD = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)

ROLLUP = Rollup("sold", "trade", "What was sold.", "select count(*) as n from source_rows")
TOLD = RolledUp("uuid", 7, ROLLUP.digest, {FIRST: 10, SECOND: 20})


def test_every_statement_is_a_rollup_and_is_grouped_by_day() -> None:
    files = {path.stem for path in Path(src.rollups.__file__).parent.glob("*.sql")}
    assert files == {rollup.name for rollup in rollups()}
    assert all(DAY in rollup.sql and "source_rows" in rollup.sql for rollup in rollups())
    assert set(rollup_tables()) == {f"{rollup.name}_rollup" for rollup in rollups()}


def test_a_statement_is_made_over_rows_of_any_name() -> None:
    assert ROLLUP.over("trade") == "select count(*) as n from trade"


def test_what_a_table_was_made_of_comes_back_as_it_was_told() -> None:
    assert days_rolled_up(ROLLUP, TOLD.told(), "uuid", 7) == {FIRST: 10, SECOND: 20}
    assert days_rolled_up(ROLLUP, TOLD.told(), "uuid", 8) == {FIRST: 10, SECOND: 20}


@pytest.mark.parametrize(
    ("rollup", "told", "uuid", "number"),
    [
        (ROLLUP, None, "uuid", 7),
        (ROLLUP, TOLD, "another", 7),
        (ROLLUP, TOLD, "uuid", 6),
        (msgspec.structs.replace(ROLLUP, sql=f"{ROLLUP.sql} limit 1"), TOLD, "uuid", 7),
    ],
    ids=["nothing is told", "of another source", "the source is older", "by another statement"],
)
def test_other_tables_are_not_believed(
    rollup: Rollup, told: RolledUp | None, uuid: str, number: int
) -> None:
    text = None if told is None else told.told()
    assert days_rolled_up(rollup, text, uuid, number) == {}


@pytest.mark.parametrize(
    ("rows", "known", "due"),
    [
        ({}, {}, []),
        ({FIRST: 10}, {}, []),
        ({FIRST: 10, SECOND: 1}, {}, [FIRST]),
        ({THIRD: 1, FIRST: 10, SECOND: 20}, {}, [FIRST, SECOND]),
        ({FIRST: 10, SECOND: 20, THIRD: 1}, {FIRST: 10}, [SECOND]),
        ({FIRST: 11, SECOND: 20, THIRD: 1}, {FIRST: 10, SECOND: 20}, [FIRST]),
        ({FIRST: 10, SECOND: 20}, {FIRST: 10, SECOND: 15}, []),
    ],
)
def test_days_are_due_when_they_are_over_and_not_as_they_were(
    rows: dict[date, int], known: dict[date, int], due: list[date]
) -> None:
    assert due_days(rows, known, date(2026, 3, 4)) == due


def test_today_is_not_over_when_a_clock_has_been_ahead() -> None:
    assert due_days({FIRST: 10, SECOND: 20, THIRD: 1}, {}, SECOND) == [FIRST]


@pytest.mark.parametrize("told", ["", "{}", '{"days":{"2026-03-01":"many"}}'])
def test_what_another_version_told_is_not_believed(told: str) -> None:
    assert days_rolled_up(ROLLUP, told, "uuid", 7) == {}


def test_comments_are_no_part_of_a_statement() -> None:
    commented = msgspec.structs.replace(ROLLUP, sql=f"-- What was sold.\n{ROLLUP.sql}")
    assert days_rolled_up(commented, TOLD.told(), "uuid", 7) == TOLD.days


@pytest.mark.parametrize(
    ("rows", "alone", "running"),
    [
        ({FIRST: 1, SECOND: 2, THIRD: 3}, [FIRST, SECOND, THIRD], [FIRST, SECOND, THIRD]),
        ({FIRST: 1, SECOND: 5, THIRD: 3}, [FIRST, THIRD], [FIRST]),
        ({FIRST: 5, SECOND: 2, THIRD: 3}, [SECOND, THIRD], []),
        ({SECOND: 2, THIRD: 3}, [SECOND, THIRD], []),
        ({}, [], []),
    ],
)
def test_a_day_of_running_totals_holds_as_far_as_those_before_it(
    rows: dict[date, int], alone: list[date], running: list[date]
) -> None:
    known = {THIRD: 3, FIRST: 1, SECOND: 2}
    assert days_that_hold(known, rows, running=False) == alone
    assert days_that_hold(known, rows, running=True) == running


def test_a_day_of_the_source_that_was_never_rolled_up_keeps_no_running_total_from_holding() -> None:
    known = {FIRST: 1, THIRD: 3}
    assert days_that_hold(known, {**known, SECOND: 2}, running=True) == [FIRST, THIRD]


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ({}, [FIRST, SECOND]),
        ({FIRST: 10}, [SECOND]),
        ({SECOND: 20}, [FIRST, SECOND]),
        ({FIRST: 9, SECOND: 20}, [FIRST, SECOND]),
        ({FIRST: 10, SECOND: 20}, []),
    ],
)
def test_with_a_day_of_running_totals_all_that_come_after_it_are_due(
    known: dict[date, int], due: list[date]
) -> None:
    rows = {FIRST: 10, SECOND: 20, THIRD: 1}
    assert due_days(rows, known, date(2026, 3, 4), running=True) == due


def test_only_running_totals_are_asked_for_as_two() -> None:
    for rollup in rollups():
        names = rollup_relations(rollup, None, rollup.source)
        if rollup.running is None:
            assert list(names) == [rollup.name]
        else:
            assert list(names) == [rollup.so_far, rollup.since]
            assert {rollup.running.key, rollup.running.total} <= set(re.findall(r"\w+", rollup.sql))
