"""Rollups on Presto: a question has the same cells as on DuckDB, from the days that hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.audit.sql import check_sql, check_sql_until, rollup_check_sql
from src.config import Settings
from src.economy.engines import open_engine
from src.economy.presto_engine import PrestoEngine
from src.economy.questions import question, questions
from src.rollups import ROLLED_UP, Rollup, rollups
from src.streaming.history import read_lineage
from src.streaming.materialized import MATERIALIZED, take_in
from src.streaming.rolling_up import roll_up
from src.streaming.schemas import PLAYER_LATEST
from src.streaming.tables import full_name, replace_rows
from tests.support.answers import assert_same
from tests.support.landing_directly import tables_in
from tests.support.long_market import land_at_once, long_market
from tests.support.presto import RunningPresto

pytestmark = [
    pytest.mark.presto,
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(var_dir=str(tmp_path_factory.mktemp("rolled-up")))


@pytest.fixture(scope="module")
def session(spark: SparkSession, settings: Settings) -> SparkSession:
    """Return a session over the tables of nine days, all that can be rolled up and taken in."""
    session = tables_in(spark, settings)
    land_at_once(session, long_market(9))
    assert all(roll_up(session, rollup) for rollup in rollups())
    assert all(take_in(session, table) for table in MATERIALIZED)
    return session


@pytest.fixture(scope="module")
def presto(
    session: SparkSession, settings: Settings, presto_server: RunningPresto
) -> Iterator[PrestoEngine]:
    assert session
    presto_server.register(Path(settings.warehouse))
    with presto_server.engine() as engine:
        yield engine


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_same_cells_on_both_engines(
    settings: Settings, presto: PrestoEngine, name: str
) -> None:
    sql = question(name).sql
    with open_engine(settings) as duck:
        assert_same(duck.ask(sql), presto.ask(sql))


@pytest.mark.parametrize("rollup", rollups(), ids=lambda rollup: rollup.name)
def test_reconciling_finds_no_difference_where_there_is_none(
    settings: Settings, presto: PrestoEngine, rollup: Rollup
) -> None:
    sql = rollup_check_sql(rollup)
    with open_engine(settings) as duck:
        assert_same(duck.ask(sql), presto.ask(sql))
        assert duck.ask(sql).rows == ()


def test_all_that_rollups_are_made_of_has_days_that_are_over(
    settings: Settings, presto: PrestoEngine
) -> None:
    with open_engine(settings) as duck:
        for engine in (duck, presto):
            found = {name for (name,) in engine.ask(check_sql("sources_with_past_days")).rows}
            assert found == {rollup.source for rollup in rollups()}


@pytest.fixture
def falsified(
    session: SparkSession, settings: Settings, presto: PrestoEngine, presto_server: RunningPresto
) -> Iterator[dict[str, tuple[tuple[int], ...]]]:
    """Multiply a number of two tables; yield what their questions said before."""
    said = {table: presto.ask(sql).rows for table, (_, sql) in _ASKED.items()}
    true = {table: session.table(full_name(table)).localCheckpoint() for table in _ASKED}
    told = {table: _told(session, table) for table in _ASKED}
    for table, (column, _) in _ASKED.items():
        false = true[table].withColumn(column, F.col(column) * 3)
        replace_rows(false, table, told[table])
    presto_server.register(Path(settings.warehouse))
    yield said
    for table, rows in true.items():
        replace_rows(rows, table, told[table])
    presto_server.register(Path(settings.warehouse))


_ASKED = {
    "trade_minute_rollup": ("trades", "select sum(trades) from trade_minute"),
    PLAYER_LATEST: ("gold", "select sum(gold) from player_latest"),
}


def _told(session: SparkSession, table: str) -> dict[str, str]:
    summary = read_lineage(session, table)[0].summary
    assert ROLLED_UP in summary
    return {name: value for name, value in summary.items() if name.startswith("guildhall.")}


def test_both_engines_read_the_days_that_hold_from_the_tables(
    settings: Settings, presto: PrestoEngine, falsified: dict[str, tuple[tuple[int], ...]]
) -> None:
    (trade_minute,) = (rollup for rollup in rollups() if rollup.name == "trade_minute")
    with open_engine(settings) as duck:
        for table, (_, sql) in _ASKED.items():
            answer = presto.ask(sql).rows
            assert answer == duck.ask(sql).rows
            assert answer != falsified[table]
        found = presto.ask(rollup_check_sql(trade_minute)).rows
        assert found == duck.ask(rollup_check_sql(trade_minute)).rows
    assert len(found) == 8  # days that are over


@pytest.mark.usefixtures("falsified")
def test_reconciling_looks_at_what_questions_read(settings: Settings, presto: PrestoEngine) -> None:
    sql = check_sql_until("materialized_unlike_rows", 1_000)
    with open_engine(settings) as duck:
        found = presto.ask(sql)
        assert_same(duck.ask(sql), found)
    assert {row[0] for row in found.rows} == {"player_latest"}
