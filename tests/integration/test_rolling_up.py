"""Rollups: every question answers as it did, from the days that hold and the rows of the others."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.audit.sql import check_sql, rollup_check_sql
from src.config import Settings
from src.economy.engine import Answer
from src.economy.engines import open_engine
from src.economy.questions import question, questions
from src.rollups import ROLLED_UP, rollup_tables, rollups
from src.streaming.history import read_lineage
from src.streaming.maintenance import maintain
from src.streaming.rolling_up import forget_other_days, roll_up
from src.streaming.tables import ensure_tables, full_name, replace_rows
from tests.support.answers import assert_same
from tests.support.landing_directly import tables_in
from tests.support.long_market import append_rows, land_at_once, long_market

pytestmark = [
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

(TRADE_MINUTE,) = (rollup for rollup in rollups() if rollup.name == "trade_minute")
(PAIR_TOTAL,) = (rollup for rollup in rollups() if rollup.name == "pair_total")
TABLE = "trade_minute_rollup"


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


class Market:
    """A market of some days in tables of its own."""

    def __init__(self, spark: SparkSession, settings: Settings, days: int) -> None:
        self.spark = tables_in(spark, settings)
        self.settings = settings
        self.realm = long_market(days)
        land_at_once(self.spark, self.realm)

    def roll_up(self) -> int:
        """Roll up the one rollup that most tests look at; return how many rows were read."""
        return roll_up(self.spark, TRADE_MINUTE)

    def answers(self) -> dict[str, Answer]:
        with open_engine(self.settings) as engine:
            return {name: engine.ask(question(name).sql) for name in questions()}

    def ask(self, sql: str) -> list[Any]:
        with open_engine(self.settings) as engine:
            return list(engine.ask(sql).rows)

    def trades(self) -> int:
        """Return how many trades there are, as a question counts them."""
        ((trades,),) = self.ask("select sum(trades) from trade_minute")
        return int(trades)

    def held(self) -> list[date]:
        """Return the days that are read from the rollup's table."""
        return [
            day
            for (day,) in self.ask("select distinct utc_day from trade_minute_rollup order by 1")
        ]

    def differences(self) -> dict[str, list[Any]]:
        found = {each.name: self.ask(rollup_check_sql(each)) for each in rollups()}
        return {name: rows for name, rows in found.items() if rows}

    def falsify(self, **told: str) -> None:
        """Count each trade of the table twice."""
        rows = self.spark.table(full_name(TABLE)).withColumn("trades", F.col("trades") * 2)
        replace_rows(rows.localCheckpoint(), TABLE, told)

    def told(self) -> dict[str, str]:
        summary = read_lineage(self.spark, TABLE)[0].summary
        return {ROLLED_UP: summary[ROLLED_UP]}

    def days(self) -> list[date]:
        return sorted({trade["occurred_at"].date() for trade in self.realm.trades})

    def land_late(self, day: date) -> None:
        """Land one more trade of a day that is long over."""
        trade = next(t for t in self.realm.trades if t["occurred_at"].date() == day)
        append_rows(self.spark, "trade", [{**trade, "trade_id": "late", "seq": 1_000}])


@pytest.fixture
def market(spark: SparkSession, tmp_path: Path) -> Market:
    return Market(spark, Settings(var_dir=str(tmp_path)), days=3)


def test_nothing_is_compared_before_a_day_is_over(spark: SparkSession, tmp_path: Path) -> None:
    market = Market(spark, Settings(var_dir=str(tmp_path)), days=1)
    assert len(market.days()) == 1
    assert market.ask(check_sql("sources_with_past_days")) == []
    assert market.differences() == {}


@pytest.mark.parametrize("days", [2, 9])  # slots are hours, and days
def test_every_question_answers_as_before_the_days_were_rolled_up(
    spark: SparkSession, tmp_path: Path, days: int
) -> None:
    market = Market(spark, Settings(var_dir=str(tmp_path)), days)
    before = market.answers()
    assert market.held() == []

    assert all(roll_up(market.spark, rollup) for rollup in rollups())

    assert market.held() == market.days()[:-1]
    for name, answer in market.answers().items():
        assert_same(answer, before[name])
    assert market.differences() == {}


def test_days_that_hold_are_read_from_the_table(market: Market) -> None:
    trades = market.trades()
    market.roll_up()
    assert market.trades() == trades
    newest = sum(t["occurred_at"].date() == market.days()[-1] for t in market.realm.trades)
    ensure_tables(market.spark)
    assert market.held() == market.days()[:-1], "what fits its statement is kept"

    market.falsify(**market.told())

    assert market.trades() == 2 * trades - newest
    assert set(market.differences()) == {"trade_minute"}
    assert maintain(market.spark, market.settings, TABLE, anew=True).faults == ()
    assert market.trades() == trades
    assert market.differences() == {}


def test_a_day_that_gets_a_late_row_is_read_as_rows_until_it_is_rolled_up_again(
    market: Market,
) -> None:
    trades = market.trades()
    market.roll_up()
    first, second, _ = market.days()
    market.land_late(first)

    assert market.held() == [second]
    assert market.trades() == trades + 1

    assert market.roll_up() > 0
    assert market.held() == [first, second]
    assert market.trades() == trades + 1
    assert market.roll_up() == 0


def pairs(market: Market) -> Counter[tuple[int, int]]:
    """Count the settled trades of each pair, from what was landed."""
    return Counter(
        (min(players), max(players))
        for trade in market.realm.trades
        if trade["kind"] == "player_trade" and trade["status"] == "settled"
        for players in [(trade["player_1_id"], trade["player_2_id"])]
    )


def running_days(market: Market) -> list[date]:
    found = market.ask("select distinct utc_day from pair_total_so_far order by 1")
    return [day for (day,) in found]


def test_running_totals_hold_up_to_the_day_that_got_a_late_row(
    spark: SparkSession, tmp_path: Path
) -> None:
    market = Market(spark, Settings(var_dir=str(tmp_path)), days=5)
    asked = "select low_id, high_id, trades from repeated_pair"
    expected = {(*pair, n) for pair, n in pairs(market).items() if n >= 2}
    assert expected
    assert set(market.ask(asked)) == expected

    assert roll_up(market.spark, PAIR_TOTAL) > 0

    with_pairs = running_days(market)
    assert len(with_pairs) >= 3
    assert set(market.ask(asked)) == expected
    assert roll_up(market.spark, PAIR_TOTAL) == 0

    # One more trade of a pair, on the second of these days.
    late = next(
        trade
        for trade in market.realm.trades
        if trade["occurred_at"].date() == with_pairs[1]
        and trade["kind"] == "player_trade"
        and trade["status"] == "settled"
    )
    more = {**late, "trade_id": "late", "seq": 1_000}
    market.realm.trades.append(more)
    append_rows(market.spark, "trade", [more])
    expected = {(*pair, n) for pair, n in pairs(market).items() if n >= 2}

    assert running_days(market) == with_pairs[:1]
    assert set(market.ask(asked)) == expected
    assert "pair_total" not in market.differences()

    assert roll_up(market.spark, PAIR_TOTAL) > 0
    assert running_days(market) == with_pairs
    assert set(market.ask(asked)) == expected
    assert "pair_total" not in market.differences()


def test_false_running_totals_and_those_that_are_lost_are_found(market: Market) -> None:
    roll_up(market.spark, PAIR_TOTAL)
    told = {ROLLED_UP: read_lineage(market.spark, PAIR_TOTAL.table)[0].summary[ROLLED_UP]}
    table = market.spark.table(full_name(PAIR_TOTAL.table)).localCheckpoint()
    false = table.withColumn("trades", F.col("trades") + 1)

    replace_rows(false, PAIR_TOTAL.table, told)
    found = market.differences()["pair_total"]
    assert found
    assert all(wrong == missing > 0 for _, wrong, missing in found)

    replace_rows(table.limit(0), PAIR_TOTAL.table, told)
    assert sum(missing for *_, missing in market.differences()["pair_total"]) > 0

    replace_rows(table, PAIR_TOTAL.table, told)
    assert market.differences() == {}


def test_compaction_leaves_the_days_as_they_are(market: Market) -> None:
    first = market.days()[0]
    for _ in range(5):
        market.land_late(first)
    market.roll_up()
    trades = market.trades()
    assert first in market.held()

    assert maintain(market.spark, market.settings, "trade").compacted >= 5

    assert first in market.held()
    assert market.trades() == trades
    assert market.roll_up() == 0


def test_manifests_that_are_written_anew_leave_the_days_as_they_are(market: Market) -> None:
    market.roll_up()
    catalog = full_name(TABLE).partition(".")[0]
    for _ in range(2):  # one that has nothing to do writes nothing
        market.land_late(market.days()[0])
        market.roll_up()
    market.spark.sql(f"call {catalog}.system.rewrite_manifests('{full_name(TABLE)}')")
    newest = read_lineage(market.spark, TABLE)[0].summary
    assert (newest["operation"], ROLLED_UP in newest) == ("replace", False)
    assert market.held() == market.days()[:-1]
    assert market.roll_up() == 0


@pytest.mark.parametrize("why", ["another source", "an older source", "nothing is told"])
def test_what_was_made_of_another_source_is_not_trusted(market: Market, why: str) -> None:
    market.roll_up()
    trades = market.trades()
    told = market.told()[ROLLED_UP]
    false = {
        "another source": told.replace('"source_uuid":"', '"source_uuid":"0'),
        "an older source": told.replace('"sequence_number":', '"sequence_number":9'),
    }.get(why)
    forget_other_days(market.spark, list(rollup_tables()))
    assert market.spark.table(full_name(TABLE)).count() > 0, (
        "of its own source nothing is forgotten"
    )
    market.falsify(**({ROLLED_UP: false} if false else {}))

    assert market.held() == []
    assert market.trades() == trades
    forget_other_days(market.spark, [TABLE])
    assert market.spark.table(full_name(TABLE)).count() == 0
    assert market.roll_up() > 0
    assert market.held() == market.days()[:-1]
    assert market.trades() == trades


def test_a_table_of_other_columns_is_made_anew(market: Market) -> None:
    market.roll_up()
    trades = market.trades()
    market.spark.sql(f"alter table {full_name(TABLE)} drop column moved")

    ensure_tables(market.spark)

    assert market.held() == []
    assert market.trades() == trades
    assert market.roll_up() > 0
    assert market.trades() == trades


def test_anew_of_a_source_of_one_day_is_empty(spark: SparkSession, tmp_path: Path) -> None:
    market = Market(spark, Settings(var_dir=str(tmp_path)), days=1)
    assert market.roll_up() == 0
    rows = market.spark.table(full_name("trade"))
    made = rows.select(
        F.lit(market.days()[0]).alias("utc_day"), F.lit("main").alias("realm")
    ).limit(1)
    columns = market.spark.table(full_name("player_state_day_rollup")).columns
    made = made.withColumn("player_id", F.lit(1)).withColumn("states", F.lit(1))
    replace_rows(made.select(columns), "player_state_day_rollup", {})

    upkeep = maintain(market.spark, market.settings, "player_state_day_rollup", anew=True)

    assert upkeep.faults == ()
    assert market.spark.table(full_name("player_state_day_rollup")).count() == 0


def test_rows_that_are_there_twice_or_not_at_all_are_found(market: Market) -> None:
    market.roll_up()
    table = market.spark.table(full_name(TABLE)).localCheckpoint()
    told = market.told()

    replace_rows(table.union(table), TABLE, told)
    assert [day for day, *_ in market.differences()["trade_minute"]] == market.days()[:-1]
    replace_rows(table.limit(0), TABLE, told)
    assert [day for day, *_ in market.differences()["trade_minute"]] == market.days()[:-1]
