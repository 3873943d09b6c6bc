"""Rollups on Presto: a question has the same cells as on DuckDB, from the days that hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.audit.sql import rollup_check_sql
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


def test_both_engines_read_the_days_that_hold_from_the_tables(
    session: SparkSession, settings: Settings, presto: PrestoEngine, presto_server: RunningPresto
) -> None:
    asked = {
        "trade_minute_rollup": ("trades", "select sum(trades) from trade_minute"),
        PLAYER_LATEST: ("gold", "select sum(gold) from player_latest"),
    }
    said = {table: presto.ask(sql).rows for table, (_, sql) in asked.items()}
    for table, (column, _) in asked.items():
        summary = read_lineage(session, table)[0].summary
        rows = session.table(full_name(table)).withColumn(column, F.col(column) * 3)
        told = {name: value for name, value in summary.items() if name.startswith("guildhall.")}
        assert ROLLED_UP in told
        replace_rows(rows.localCheckpoint(), table, told)

    presto_server.register(Path(settings.warehouse))

    for table, (_, sql) in asked.items():
        with open_engine(settings) as duck:
            answer = presto.ask(sql).rows
            assert answer == duck.ask(sql).rows
        assert answer != said[table]
    (trade_minute,) = (rollup for rollup in rollups() if rollup.name == "trade_minute")
    with open_engine(settings) as duck:
        found = presto.ask(rollup_check_sql(trade_minute)).rows
        assert found == duck.ask(rollup_check_sql(trade_minute)).rows
    assert len(found) == 8
