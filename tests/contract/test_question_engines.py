"""The contract of engines: one SQL text, the same data, the same cells from DuckDB and Presto."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from src.audit.reconcile import TABLE_CHECKS
from src.audit.sql import check_sql
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Answer, Parameter, QueryFailedError, WarehouseUnreachableError
from src.economy.migrations import make_views
from src.economy.presto_engine import PrestoEngine
from src.economy.questions import question, questions
from src.economy.views import views
from tests.support.iceberg_files import end_writers
from tests.support.market_day import market_day
from tests.support.presto import RunningPresto

pytestmark = pytest.mark.presto

#: Past the last event of the market day.
_END = 1_000


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, presto_server: RunningPresto) -> Path:
    folder = tmp_path_factory.mktemp("both")
    market_day().land(folder)
    end_writers()
    presto_server.register(folder)
    return folder


@pytest.fixture(scope="module")
def duck(warehouse: Path) -> Iterator[DuckDbEngine]:
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        yield engine


@pytest.fixture(scope="module")
def presto(warehouse: Path, presto_server: RunningPresto) -> Iterator[PrestoEngine]:
    assert warehouse.exists()
    with presto_server.engine() as engine:
        yield engine


def assert_same(ours: Answer, theirs: Answer) -> None:
    assert theirs.columns == ours.columns
    assert len(theirs.rows) == len(ours.rows)
    for left, right in zip(ours.rows, theirs.rows, strict=True):
        assert [type(cell) for cell in right] == [type(cell) for cell in left]
        assert [same_cell(cell) for cell in right] == [same_cell(cell) for cell in left]


def same_cell(cell: object) -> object:
    """Return a cell without what may differ.

    The last digits of a float: sums need not be in one order. Microseconds: Presto has none.
    """
    if isinstance(cell, datetime):
        return cell.replace(microsecond=cell.microsecond // 1_000 * 1_000)
    return float(f"{cell:.12g}") if isinstance(cell, float) else cell


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_same_cells_on_both_engines(
    duck: DuckDbEngine, presto: PrestoEngine, name: str
) -> None:
    assert_same(duck.ask(question(name).sql), presto.ask(question(name).sql))


@pytest.mark.parametrize("name", [view.name for view in views()])
def test_a_view_has_the_same_columns_and_rows_on_both_engines(
    duck: DuckDbEngine, presto: PrestoEngine, name: str
) -> None:
    sql = f"select * from {name}"  # noqa: S608 - our views' names
    assert_same(in_one_order(duck.ask(sql)), in_one_order(presto.ask(sql)))


def in_one_order(answer: Answer) -> Answer:
    """Return an answer with its rows sorted: a view has no order of its own."""
    return replace(
        answer, rows=tuple(sorted(answer.rows, key=lambda row: repr([*map(same_cell, row)])))
    )


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        *((name, [_END]) for name in (*TABLE_CHECKS, "landed_count")),
        ("states_between", [0, _END]),
        ("newest_states", [_END, 0, _END]),
    ],
)
def test_an_audit_has_the_same_cells_on_both_engines(
    duck: DuckDbEngine, presto: PrestoEngine, name: str, parameters: list[Parameter]
) -> None:
    sql = check_sql(name)
    assert_same(duck.ask(sql, parameters), presto.ask(sql, parameters))


def test_views_can_be_made_again(presto_server: RunningPresto, presto: PrestoEngine) -> None:
    before = presto.ask(question("guild_membership").sql)
    make_views(presto_server.settings)
    assert presto.ask(question("guild_membership").sql) == before


@pytest.mark.parametrize(
    "statement",
    [
        "insert into item select * from item",
        "delete from item",
        "create table copied as select * from item",
        "drop table trade",
        "alter table trade rename to other",
        "alter table trade add column more bigint",
        "create or replace view battle as select 1 as one",
        "drop view player_latest",
        "create schema other",
    ],
)
def test_an_analyst_cannot_write(presto: PrestoEngine, statement: str) -> None:
    before = presto.ask("show tables")
    with pytest.raises(QueryFailedError, match="Access Denied"):
        presto.ask(statement)
    assert presto.ask("show tables") == before


def test_a_wrong_query_says_what_is_wrong(presto: PrestoEngine) -> None:
    with pytest.raises(QueryFailedError, match="nowhere"):
        presto.ask("select nowhere from trade")


def test_a_table_that_is_not_there_is_told_as_such(presto: PrestoEngine) -> None:
    with pytest.raises(WarehouseUnreachableError, match="no_such_table"):
        presto.ask("select * from no_such_table")


def test_a_query_that_takes_too_long_is_given_up(presto_server: RunningPresto) -> None:
    settings = presto_server.settings
    engine = PrestoEngine(settings.presto_host, settings.presto_port, user="analyst", timeout_s=1)
    endless = "select count(*) as n from " + ", ".join(f"trade t{n}" for n in range(12))  # noqa: S608 - no input
    with engine, pytest.raises(QueryFailedError, match="took too long"):
        engine.ask(endless)
