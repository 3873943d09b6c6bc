"""The contract of engines: one SQL text, the same data, the same cells from DuckDB and Presto."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from src.audit.reconcile import TABLE_CHECKS
from src.audit.sql import check_sql
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Parameter, QueryFailedError, WarehouseUnreachableError
from src.economy.migrations import make_views
from src.economy.presto_engine import PrestoEngine
from src.economy.questions import question, questions
from src.economy.views import views
from tests.support.answers import assert_same, in_one_order
from tests.support.iceberg_files import end_writers
from tests.support.market_day import market_day
from tests.support.presto import RunningPresto

pytestmark = pytest.mark.presto

#: Past the last event of the market day.
_END = 1_000


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, presto_server: RunningPresto) -> Path:
    folder = tmp_path_factory.mktemp("both")
    market_day().land(folder, materialized=True)
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


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_same_cells_on_both_engines(
    duck: DuckDbEngine, presto: PrestoEngine, name: str
) -> None:
    assert_same(duck.ask(question(name).sql), presto.ask(question(name).sql))


#: What it holds beside each player's newest state is an engine's own (docs/decisions/0041).
_OF_EACH_ENGINE = "player_recent_state"


@pytest.mark.parametrize("name", [v.name for v in views() if v.name != _OF_EACH_ENGINE])
def test_a_view_has_the_same_columns_and_rows_on_both_engines(
    duck: DuckDbEngine, presto: PrestoEngine, name: str
) -> None:
    sql = f"select * from {name}"  # noqa: S608 - our views' names
    assert_same(in_one_order(duck.ask(sql)), in_one_order(presto.ask(sql)))


def test_the_recent_states_are_some_of_all_on_both_engines(
    duck: DuckDbEngine, presto: PrestoEngine
) -> None:
    sql = "select distinct player_id, version, gold from {}"
    every = set(duck.ask(sql.format("player_state")).rows)
    newest = set(duck.ask(sql.format("player_latest")).rows)
    for engine in (duck, presto):
        assert newest <= set(engine.ask(sql.format(_OF_EACH_ENGINE)).rows) <= every


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


#: What a statement that defines something is told before its rights are looked at.
_ONLY_MIGRATIONS = "only_migrations_may"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("insert into item select * from item", "Access Denied"),
        ("delete from item", "Access Denied"),
        ("create table copied as select * from item", "Access Denied"),
        ("drop table trade", _ONLY_MIGRATIONS),
        ("alter table trade rename to other", _ONLY_MIGRATIONS),
        ("alter table trade add column more bigint", _ONLY_MIGRATIONS),
        ("create or replace view battle as select 1 as one", _ONLY_MIGRATIONS),
        ("drop view player_latest", _ONLY_MIGRATIONS),
        ("create schema other", _ONLY_MIGRATIONS),
        # Presto looks at no rights before a procedure.
        ("call system.unregister_table('guildhall', 'trade')", _ONLY_MIGRATIONS),
        ("call system.rollback_to_snapshot('guildhall', 'trade', 1)", _ONLY_MIGRATIONS),
    ],
)
def test_an_analyst_cannot_write(presto: PrestoEngine, statement: str, told: str) -> None:
    before = presto.ask("show tables")
    with pytest.raises(QueryFailedError, match=told):
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
