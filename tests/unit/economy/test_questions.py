"""Each question on small realms, against the answers that were worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.questions import question, questions
from tests.support.economy import START, Realm, answer, gold, item, make_tables
from tests.support.market_day_answers import EXPECTED as MARKET_DAY
from tests.support.night_market_answers import EXPECTED as NIGHT_MARKET


@pytest.fixture(scope="module")
def empty_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDbEngine]:
    warehouse = tmp_path_factory.mktemp("empty")
    make_tables(warehouse)
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        yield engine


ANSWERS = {"market day": MARKET_DAY, "night market": NIGHT_MARKET}
EXAMPLES = [(day, name) for day, answers in ANSWERS.items() for name in sorted(answers)]


@pytest.fixture(scope="module")
def engines(engine: DuckDbEngine, night_engine: DuckDbEngine) -> dict[str, DuckDbEngine]:
    return {"market day": engine, "night market": night_engine}


def test_every_question_has_an_example_with_rows() -> None:
    shown = {name for answers in ANSWERS.values() for name, rows in answers.items() if rows}
    assert sorted(shown) == sorted(questions())


@pytest.mark.parametrize(("day", "name"), EXAMPLES)
def test_a_question_gives_the_answer_worked_out_by_hand(
    day: str, name: str, engines: dict[str, DuckDbEngine]
) -> None:
    assert list(engines[day].ask(question(name).sql).rows) == ANSWERS[day][name]


@pytest.mark.parametrize(("day", "name"), EXAMPLES)
def test_integers_are_integers_and_times_are_times(
    day: str, name: str, engines: dict[str, DuckDbEngine]
) -> None:
    answer = engines[day].ask(question(name).sql)
    python_types = {"integer": int, "number": float, "text": str, "timestamp": datetime}
    for column in answer.columns:
        cells = [cell for cell in answer.column(column.name) if cell is not None]
        assert {type(cell) for cell in cells} <= {python_types[column.type]}, column


@pytest.mark.parametrize("name", sorted(questions()))
def test_before_the_first_event_a_question_has_an_empty_answer(
    name: str, empty_engine: DuckDbEngine
) -> None:
    one_row = {
        "trade_count": (0, 0, 0, None),
        "gold_supply": (0, 0, 0, 0, 0, 0),
        "shop_revenue": (0, 0, 0, 0, 0, 0, None, None, None),
        "guild_share": (0, 0, None, 0, 0, 0, 0, None),
    }
    expected = [one_row[name]] if name in one_row else []
    assert list(empty_engine.ask(question(name).sql).rows) == expected


def test_the_counts_by_kind_reason_and_time_add_up_to_all_trades(engine: DuckDbEngine) -> None:
    total = engine.ask(question("trade_count").sql).only()["trades"]
    for name in ("trades_by_kind", "trades_by_status_and_reason", "trades_over_time"):
        assert sum(engine.ask(question(name).sql).column("trades")) == total


def test_the_gold_that_players_hold_is_what_the_houses_issued_less_what_they_withdrew(
    engine: DuckDbEngine,
) -> None:
    supply = engine.ask(question("gold_supply").sql).only()
    held = sum(engine.ask("select gold from player_latest").column("gold"))
    by_account = sum(engine.ask(question("gold_supply_by_account").sql).column("net"))
    assert supply["supply"] == supply["held"] == held == by_account


def test_a_coin_that_no_leg_brought_shows_as_a_difference(tmp_path: Path) -> None:
    realm = Realm()
    realm.trade("starter_grant", (1, None), [gold("mint", 1, 500)])
    realm.state(1, 1, 501, {})
    realm.land(tmp_path)
    assert answer(tmp_path, "gold_supply").only()["difference"] == -1


def test_the_bands_hold_every_player_and_every_trade_once(engine: DuckDbEngine) -> None:
    players = engine.ask("select player_id from player_latest").rows
    wealth = engine.ask(question("wealth_distribution").sql)
    by_class = engine.ask(question("wealth_by_class").sql)
    trades = engine.ask("select trade_id from player_trade").rows
    bands = engine.ask(question("imbalance_distribution").sql)
    assert sum(wealth.column("players")) == sum(by_class.column("players")) == len(players)
    assert sum(wealth.column("wealth")) == sum(by_class.column("wealth"))
    assert sum(bands.column("trades")) == len(trades)


def test_members_now_are_joins_less_leaves(engine: DuckDbEngine) -> None:
    for row in engine.ask(question("guild_membership").sql).records():
        assert row["members"] == row["joins"] - row["leaves"]


@pytest.mark.parametrize(
    ("played", "slot", "starts"),
    [
        (timedelta(minutes=2), "second", START + timedelta(minutes=2)),
        (timedelta(minutes=30, seconds=7), "minute", START + timedelta(minutes=30)),
        (timedelta(hours=30, minutes=7), "hour", START + timedelta(hours=30)),
        (timedelta(days=30), "day", datetime(2026, 3, 31)),  # noqa: DTZ001 - UTC without a zone
    ],
)
def test_slots_of_time_fit_the_time_that_was_played(
    tmp_path: Path, played: timedelta, slot: str, starts: datetime
) -> None:
    realm = Realm()
    realm.trade("starter_grant", (1, None), [gold("mint", 1, 5)])
    realm.trade("starter_grant", (2, None), [gold("mint", 2, 5)], after=played)
    realm.land(tmp_path)
    first, last = answer(tmp_path, "trades_over_time").records()
    assert (first["slot"], last["slot"], last["slot_start"]) == (slot, slot, starts)


def test_items_come_back_in_trades_of_several_items_too(tmp_path: Path) -> None:
    sword, bow, milk = 2, 7, 1
    realm = Realm()
    realm.trade("player_trade", (1, 2), [item(1, 2, sword, 3), item(2, 1, bow, 1)])
    realm.trade("player_trade", (2, 1), [item(2, 1, sword, 2), item(1, 2, bow, 1), gold(2, 1, 4)])
    realm.trade("player_trade", (2, 1), [item(2, 1, sword, 2)])
    # decoy: both ways, but in one trade
    realm.trade("player_trade", (1, 3), [item(1, 3, milk, 5), item(3, 1, milk, 5)])
    realm.trade(
        "player_trade", (1, 4), [item(1, 4, milk, 5), item(4, 1, milk, 5), item(1, 4, 3, 1)]
    )
    realm.land(tmp_path)
    assert list(answer(tmp_path, "wash_trades").rows) == [
        (1, 2, sword, "Iron Sword", 3, 3, 4, 3, 30),
        (1, 2, bow, "Oak Bow", 2, 1, 1, 1, 20),
    ]


def test_the_last_band_ends_where_a_column_does(tmp_path: Path) -> None:
    most = 2**63 - 1
    realm = Realm()
    realm.trade("player_trade", (1, 2), [gold(1, 2, most)])
    realm.trade("player_trade", (1, 2), [gold(1, 2, 10**18 - 1)])
    realm.land(tmp_path)
    assert list(answer(tmp_path, "imbalance_distribution").rows) == [
        (10**17, 10**18 - 1, 1, 1, 10**18 - 1, 0.5),
        (10**18, most, 1, 1, most, 0.5),
    ]
