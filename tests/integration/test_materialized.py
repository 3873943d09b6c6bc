"""Materialized views say what all rows say, however far their tables are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.audit.sql import check_sql
from src.config import Settings
from src.economy import warehouse
from src.economy.engines import open_engine
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.history import load_table
from src.streaming.maintenance import maintain
from src.streaming.materialized import MATERIALIZED, TAKEN_IN, forget_others, take_in
from src.streaming.schemas import FIRST_TRADE, PLAYER_LATEST, PLAYER_STATE, TRADE
from src.streaming.tables import full_name, replace_rows
from tests.support.events import player_state, trade
from tests.support.landing import NEXT_SEQ, Send, land_all

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

#: The first of ten players that no other test names.
_PLAYERS = count(7_000_000, 10)


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


@pytest.fixture(autouse=True)
def tables_as_they_were(spark: SparkSession) -> Iterator[None]:
    yield
    for table in MATERIALIZED:
        replace_rows(spark.table(full_name(table)).limit(0), table, {})


class Game:
    """Lands states and trades of players of its own, who are counted from 0."""

    def __init__(
        self, spark: SparkSession, job_settings: Settings, settings: Settings, send: Send
    ) -> None:
        self.spark = spark
        self.settings = settings
        self._job_settings = job_settings
        self._send = send
        self._first = next(_PLAYERS)
        self._versions: Counter[int] = Counter()

    @property
    def versions(self) -> dict[int, int]:
        """Return the newest version of each player that played."""
        return dict(self._versions)

    def play(self, *players: int) -> None:
        """Let each player trade with the next, and land it."""
        states, trades = [], []
        for player in players:
            seq = next(NEXT_SEQ)
            self._versions[player] += 1
            player_id = self._first + player
            states.append(player_state(seq, player_id, self._versions[player]))
            trades.append({**trade(seq), "player_1_id": player_id, "player_2_id": player_id + 1})
        self._send(TOPIC_PLAYER_STATE, states)
        self._send(TOPIC_TRADE, trades)
        land_all(self.spark, self._job_settings)

    def seen(self) -> dict[int, int]:
        """Return the version of each of the players, as an analyst sees it."""
        rows = self._ask("select player_id, version from player_latest")
        assert len(rows) == len(dict(rows))
        return dict(rows)

    def first_trades(self) -> list[Any]:
        return self._ask("select player_id, kind, seq, occurred_at from first_trade")

    def rows_since(self, source: str) -> int:
        with open_engine(self.settings) as engine:
            count: int = engine.ask(f"select count(*) as n from {source}_since").only()["n"]  # noqa: S608 - a table's name
        return count

    def differences(self) -> list[Any]:
        check = check_sql("materialized_unlike_rows").replace("?", str(1 << 40))
        return self._ask(f"select player_id, view_name from ({check})")  # noqa: S608 - as above

    def _ask(self, sql: str) -> list[Any]:
        """Return what the query says of these players, the first column without their offset."""
        own = f"select * from ({sql}) where player_id between ? and ? order by all"  # noqa: S608 - no input
        with open_engine(self.settings) as engine:
            rows = engine.ask(own, [self._first, self._first + 9]).rows
        return [(player_id - self._first, *told) for player_id, *told in rows]


@pytest.fixture
def game(
    spark: SparkSession, job_settings: Settings, landing_settings: Settings, send: Send
) -> Game:
    return Game(spark, job_settings, landing_settings, send)


def test_the_tables_and_their_sources_are_those_that_readers_expect() -> None:
    made_of = {table: view.source for table, view in MATERIALIZED.items()}
    assert made_of == warehouse.MATERIALIZED
    assert TAKEN_IN == warehouse.TAKEN_IN


def test_a_view_says_the_same_before_and_after_its_rows_are_taken_in(game: Game) -> None:
    game.play(0, 1, 0, 2)
    firsts = game.first_trades()
    assert game.seen() == game.versions

    for table, source in ((PLAYER_LATEST, PLAYER_STATE), (FIRST_TRADE, TRADE)):
        assert take_in(game.spark, table, anew=True) > 0
        assert game.rows_since(source) == 0

    assert game.seen() == game.versions
    assert game.first_trades() == firsts
    assert game.differences() == []


def test_what_lands_after_is_seen_at_once_and_when_compaction_has_mixed_it_with_the_rest(
    game: Game,
) -> None:
    game.play(0, 1, 0)
    for table in MATERIALIZED:
        take_in(game.spark, table, anew=True)
    firsts = game.first_trades()
    for _ in range(6):
        game.play(0, 3)

    assert game.seen() == game.versions
    new = [row for row in game.first_trades() if row not in firsts]
    assert [row[0] for row in new] == [3, 4]
    assert set(firsts) < set(game.first_trades())
    apart = game.rows_since(PLAYER_STATE)

    for source in (PLAYER_STATE, TRADE):
        assert maintain(game.spark, game.settings, source).compacted > 0

    assert game.rows_since(PLAYER_STATE) > apart
    assert game.seen() == game.versions
    assert [row for row in game.first_trades() if row not in firsts] == new
    assert game.differences() == []


def test_rows_are_taken_in_when_there_are_as_many_as_the_table_has(game: Game) -> None:
    game.play(0, 1, 2)
    take_in(game.spark, PLAYER_LATEST, anew=True)
    players = game.spark.table(full_name(PLAYER_LATEST)).count()
    game.play(0)
    assert players > 1
    assert maintain(game.spark, game.settings, PLAYER_LATEST).taken_in == 0
    game.play(*[0] * players)

    done = maintain(game.spark, game.settings, PLAYER_LATEST)

    assert (done.taken_in, done.faults) == (players + 1, ())
    assert game.rows_since(PLAYER_STATE) == 0
    assert game.seen() == game.versions


@pytest.mark.parametrize("table", list(MATERIALIZED))
@pytest.mark.parametrize(
    "falsify",
    [
        lambda rows: rows.where("player_id % 10 != 0"),
        lambda rows: rows.withColumn("occurred_at", rows["occurred_at"] + F.expr("interval 1 day")),
        lambda rows: rows.withColumn("player_id", rows["player_id"] + 2),
    ],
    ids=["a row is lost", "a row is changed", "rows are another player's"],
)
def test_what_no_row_says_is_found_and_made_anew(game: Game, table: str, falsify: Any) -> None:
    game.play(0, 1)
    view = MATERIALIZED[table]
    take_in(game.spark, table, anew=True)
    source = load_table(game.spark, view.source)
    taken_in = f"{source.uuid()} {source.currentSnapshot().sequenceNumber()}"
    kept = falsify(game.spark.table(full_name(table)))
    replace_rows(kept.localCheckpoint(), table, {TAKEN_IN + view.source: taken_in})

    assert game.differences()

    assert maintain(game.spark, game.settings, table, anew=True).faults == ()
    assert game.differences() == []


def test_what_was_made_of_another_table_is_forgotten(game: Game) -> None:
    game.play(0)
    for table in MATERIALIZED:
        take_in(game.spark, table, anew=True)
    forget_others(game.spark, [PLAYER_LATEST, FIRST_TRADE])
    assert game.spark.table(full_name(PLAYER_LATEST)).count() > 0
    states = game.spark.table(full_name(PLAYER_LATEST)).localCheckpoint()
    replace_rows(states, PLAYER_LATEST, {TAKEN_IN + PLAYER_STATE: "of-before-the-backup 1"})

    forget_others(game.spark, [PLAYER_LATEST])

    assert game.spark.table(full_name(PLAYER_LATEST)).count() == 0
    assert game.spark.table(full_name(FIRST_TRADE)).count() > 0
    assert game.seen() == game.versions
