"""Materialized views say what all rows say, however far their tables are."""

from __future__ import annotations

import json
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.audit.sql import check_sql
from src.config import Settings
from src.economy import warehouse
from src.economy.engines import open_engine
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.history import load_table, read_lineage
from src.streaming.landing import Landing
from src.streaming.maintenance import maintain
from src.streaming.materialized import MATERIALIZED, TAKEN_IN, forget_others, take_in
from src.streaming.schemas import FIRST_TRADE, PLAYER_LATEST, PLAYER_STATE, TRADE
from src.streaming.tables import full_name, replace_rows
from tests.support.events import player_state, trade
from tests.support.landing_directly import kafka_batch, tables_in

pytestmark = [
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

ANNA, BERT, CARA, DORA = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


class Game:
    """Lands states and trades in tables of its own."""

    def __init__(self, spark: SparkSession, settings: Settings) -> None:
        self.spark = spark
        self.settings = settings
        self.versions: Counter[int] = Counter()
        self._seqs = count(1)
        self._landings = {
            topic: (Landing(spark, topic), count(0)) for topic in (TOPIC_TRADE, TOPIC_PLAYER_STATE)
        }

    def play(self, *players: int) -> None:
        """Let each player trade with the next in number, and land each of it by itself."""
        for player_id in players:
            self.versions[player_id] += 1
            state = player_state(next(self._seqs), player_id, self.versions[player_id])
            sides = {"player_1_id": player_id, "player_2_id": player_id + 1}
            self._land(TOPIC_PLAYER_STATE, state)
            self._land(TOPIC_TRADE, {**trade(next(self._seqs)), **sides})

    def taken_in(self, table: str) -> str | None:
        return read_lineage(self.spark, table)[0].summary.get(TAKEN_IN + MATERIALIZED[table].source)

    def rows(self, table: str) -> DataFrame:
        return self.spark.table(full_name(table))

    def write(self, table: str, rows: DataFrame, **told: str) -> None:
        """Write a table as nobody may."""
        replace_rows(rows.localCheckpoint(), table, told)

    def seen(self) -> dict[int, int]:
        """Return the version of each player, as an analyst sees it."""
        rows = self.ask("select player_id, version from player_latest")
        assert len(rows) == len(dict(rows))
        return dict(rows)

    def first_trades(self) -> list[Any]:
        return self.ask("select player_id, seq from first_trade order by 1")

    def rows_since(self, source: str) -> int:
        ((rows,),) = self.ask(f"select count(*) from {source}_since")  # noqa: S608 - a table's name
        assert isinstance(rows, int)
        return rows

    def differences(self, last_seq: int = 1 << 40) -> list[Any]:
        return self.ask(check_sql("materialized_unlike_rows"), last_seq)

    def ask(self, sql: str, *parameters: int) -> list[Any]:
        with open_engine(self.settings) as engine:
            return list(engine.ask(sql, parameters).rows)

    def _land(self, topic: str, event: dict[str, Any]) -> None:
        landing, offsets = self._landings[topic]
        offset = next(offsets)
        records = kafka_batch(self.spark, [json.dumps(event).encode()], offset)
        landing.land(landing.read(records), offset)


@pytest.fixture
def game(spark: SparkSession, tmp_path: Path) -> Game:
    settings = Settings(var_dir=str(tmp_path))
    return Game(tables_in(spark, settings), settings)


def test_the_tables_and_their_sources_are_those_that_readers_expect() -> None:
    made_of = {table: view.source for table, view in MATERIALIZED.items()}
    assert made_of == warehouse.MATERIALIZED
    assert TAKEN_IN == warehouse.TAKEN_IN


def test_a_view_says_the_same_before_and_after_its_rows_are_taken_in(game: Game) -> None:
    game.play(ANNA, BERT, ANNA, CARA)
    assert game.seen() == {ANNA: 2, BERT: 1, CARA: 1}
    assert game.first_trades() == [(ANNA, 2), (BERT, 2), (CARA, 4), (DORA, 8)]

    for table, source in ((PLAYER_LATEST, PLAYER_STATE), (FIRST_TRADE, TRADE)):
        assert take_in(game.spark, table) == 4
        assert game.rows_since(source) == 0

    assert game.seen() == {ANNA: 2, BERT: 1, CARA: 1}
    assert game.first_trades() == [(ANNA, 2), (BERT, 2), (CARA, 4), (DORA, 8)]
    assert game.differences() == []


def test_what_lands_after_is_seen_at_once_and_when_compaction_has_mixed_it_with_the_rest(
    game: Game,
) -> None:
    game.play(ANNA, CARA, ANNA)
    for table in MATERIALIZED:
        take_in(game.spark, table)
    game.play(ANNA, BERT)

    def is_right() -> bool:
        return (
            game.seen() == {ANNA: 3, BERT: 1, CARA: 1}
            and game.first_trades() == [(ANNA, 2), (BERT, 2), (CARA, 4), (DORA, 4)]
            and game.differences() == []
        )

    assert game.rows_since(PLAYER_STATE) == game.rows_since(TRADE) == 2
    assert is_right()

    for source in (PLAYER_STATE, TRADE):
        assert maintain(game.spark, game.settings, source).compacted == 5

    assert game.rows_since(PLAYER_STATE) == game.rows_since(TRADE) == 5
    assert is_right()


def test_rows_are_taken_in_when_there_are_as_many_as_the_table_has(game: Game) -> None:
    game.play(ANNA, BERT, CARA)
    take_in(game.spark, PLAYER_LATEST)
    game.play(ANNA, ANNA)
    assert maintain(game.spark, game.settings, PLAYER_LATEST).taken_in == 0
    assert game.rows_since(PLAYER_STATE) == 2
    game.play(ANNA)

    done = maintain(game.spark, game.settings, PLAYER_LATEST)

    assert (done.taken_in, done.faults) == (3, ())
    assert game.rows_since(PLAYER_STATE) == 0
    assert game.seen() == {ANNA: 4, BERT: 1, CARA: 1}
    assert take_in(game.spark, PLAYER_LATEST) == 0


@pytest.mark.parametrize("table", list(MATERIALIZED))
def test_only_what_landed_since_is_read(game: Game, table: str) -> None:
    game.play(ANNA, CARA)
    take_in(game.spark, table)
    # What nobody looks at any more cannot come back.
    taken_in = {TAKEN_IN + MATERIALIZED[table].source: str(game.taken_in(table))}
    game.write(table, game.rows(table).where(f"player_id != {ANNA}"), **taken_in)
    game.play(CARA, CARA, CARA, CARA)

    assert take_in(game.spark, table) == 4

    players = {row["player_id"] for row in game.rows(table).collect()}
    assert CARA in players
    assert ANNA not in players


@pytest.mark.parametrize("table", list(MATERIALIZED))
@pytest.mark.parametrize(
    "falsify",
    [
        lambda rows: rows.where(f"player_id != {ANNA}"),
        lambda rows: rows.withColumn("occurred_at", rows["occurred_at"] + F.expr("interval 1 day")),
        lambda rows: rows.withColumn("player_id", rows["player_id"] + 2),
    ],
    ids=["a row is lost", "a row is changed", "rows are another player's"],
)
def test_what_no_row_says_is_found_and_made_anew(game: Game, table: str, falsify: Any) -> None:
    game.play(ANNA, BERT)
    take_in(game.spark, table)
    taken_in = {TAKEN_IN + MATERIALIZED[table].source: str(game.taken_in(table))}
    game.write(table, falsify(game.rows(table)), **taken_in)

    assert game.differences()
    # Nothing is said of events after the cut: those may have landed a moment ago.
    assert game.differences(last_seq=0) == []

    assert maintain(game.spark, game.settings, table, anew=True).faults == ()
    assert game.differences() == []


@pytest.mark.parametrize("told", ["another-uuid 1", "{uuid} 1000000", ""])
def test_what_was_made_of_another_source_is_not_trusted(game: Game, told: str) -> None:
    game.play(ANNA, ANNA)
    take_in(game.spark, PLAYER_LATEST)
    forget_others(game.spark, list(MATERIALIZED))
    assert game.rows(PLAYER_LATEST).count() == 1, "of its own source nothing is forgotten"
    uuid = str(load_table(game.spark, PLAYER_STATE).uuid())
    taken_in = {TAKEN_IN + PLAYER_STATE: told.format(uuid=uuid)} if told else {}
    false = game.rows(PLAYER_LATEST).withColumn("version", F.lit(1).cast("long"))
    game.write(PLAYER_LATEST, false, **taken_in)

    assert game.rows_since(PLAYER_STATE) == 2
    forget_others(game.spark, [FIRST_TRADE])
    assert game.rows(PLAYER_LATEST).count() == 1, "it is another process's"
    forget_others(game.spark, [PLAYER_LATEST])

    assert game.rows(PLAYER_LATEST).count() == 0
    assert game.seen() == {ANNA: 2}
    assert take_in(game.spark, PLAYER_LATEST) == 2
    assert game.rows_since(PLAYER_STATE) == 0


def test_anew_of_a_source_without_rows_is_empty(game: Game) -> None:
    assert take_in(game.spark, PLAYER_LATEST, anew=True) == 0
    rows = [(ANNA, "purchase", 1, None)]
    schema = game.rows(FIRST_TRADE).schema
    game.write(FIRST_TRADE, game.spark.createDataFrame(rows, schema))

    assert maintain(game.spark, game.settings, FIRST_TRADE, anew=True).faults == ()

    assert game.rows(FIRST_TRADE).count() == 0
