"""The market that questions are timed on: its tables say what was drawn, and its books balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from benchmarks import ask
from benchmarks.market import KINDS, draw_trades
from benchmarks.market_states import add_up
from benchmarks.market_tables import Books
from benchmarks.questions import DUCKDB, asked, make_tables, unlike
from src.audit.reconcile import TABLE_CHECKS
from src.audit.sql import check_sql
from src.config import Settings
from src.economy.engine import OpenEngine
from src.economy.engines import open_engine
from src.economy.questions import question, questions
from src.economy.warehouse import pinned_tables
from src.streaming.maintenance import SORTED_BY
from tests.support.presto import RunningPresto

_TRADES = 2_000

on_tables = pytest.mark.spark


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(var_dir=str(tmp_path_factory.mktemp("market")))


@pytest.fixture(scope="module")
def books(settings: Settings) -> Books:
    return make_tables(settings, _TRADES)


@pytest.fixture(scope="module")
def engine(settings: Settings, books: Books) -> Iterator[OpenEngine]:
    assert books.trades == _TRADES
    with open_engine(settings) as opened:
        yield opened


@on_tables
def test_the_answers_are_what_was_drawn(engine: OpenEngine, books: Books) -> None:
    assert list(unlike(engine, books)) == []
    assert all(books.settled[kind] for kind in KINDS)
    assert sum(books.refused.values()) > 0
    assert books.issued - books.withdrawn == books.held > 0


@on_tables
def test_a_wrong_answer_is_told(engine: OpenEngine, books: Books) -> None:
    (told,) = unlike(engine, replace(books, held=books.held + 1))
    assert told.startswith("gold held")


@on_tables
def test_all_questions_are_asked_by_one_command(
    settings: Settings, books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    ask.main(["--var-dir", settings.var_dir, "--runs", "1"])
    told = capsys.readouterr().out
    assert books.trades == _TRADES
    assert "no answer" not in told
    assert all(f"| `{name}` | " in told for name in questions())


@on_tables
@pytest.mark.parametrize("check", TABLE_CHECKS)
def test_the_tables_hold_what_reconciling_asks_of_them(engine: OpenEngine, check: str) -> None:
    last_seq = engine.ask("select max(seq) as seq from player_state").only()["seq"]
    assert engine.ask(check_sql(check), [last_seq]).rows == ()


@on_tables
def test_every_question_is_timed_and_has_an_answer(engine: OpenEngine, books: Books) -> None:
    rows, faults = asked(engine, DUCKDB, books, 1, lambda _: None)
    assert faults == []
    assert [(row.question, row.engine, row.trades) for row in rows] == [
        (name, DUCKDB, _TRADES) for name in questions()
    ]
    assert [name for name in questions() if not engine.ask(question(name).sql).rows] == []


@on_tables
@pytest.mark.presto
def test_presto_answers_over_the_same_files(
    settings: Settings, books: Books, presto_server: RunningPresto
) -> None:
    presto_server.register(Path(settings.warehouse))
    with presto_server.engine() as presto:
        assert list(unlike(presto, books)) == []


@on_tables
def test_the_files_lie_as_compaction_leaves_them(settings: Settings, books: Books) -> None:
    assert books.trades == _TRADES
    for name in ("trade", "trade_leg", "player_state"):
        (file,) = pinned_tables(Path(settings.warehouse))[name].files
        rows = pq.read_table(file.path, columns=list(SORTED_BY[name]))
        assert rows.num_rows >= _TRADES
        assert rows == rows.sort_by([(column, "ascending") for column in SORTED_BY[name]])


def test_the_same_seed_draws_the_same_market() -> None:
    one, two, other = (draw_trades(_TRADES, seed) for seed in (1, 1, 2))
    for field in fields(one):
        assert np.array_equal(getattr(one, field.name), getattr(two, field.name))
    assert not np.array_equal(one.gold, other.gold)


def test_nobody_ever_has_less_than_nothing_or_more_than_fits() -> None:
    trades = draw_trades(_TRADES, 3)
    held = add_up(trades)
    assert held.gold.min() >= 0
    assert held.units.min() >= 0
    assert (held.units.sum(axis=1) <= held.capacity[held.player]).all()
