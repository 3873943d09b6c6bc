"""Each question on the market day, against the answer that was worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.questions import question, questions
from tests.support.economy import START, Realm, answer, gold, make_tables


@pytest.fixture(scope="module")
def empty_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDbEngine]:
    warehouse = tmp_path_factory.mktemp("empty")
    make_tables(warehouse)
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        yield engine


def second(trade: int) -> datetime:
    return START + timedelta(seconds=trade - 1)


#: All cells of each answer, in order.
EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "trade_count": [(19, 16, 3, 0.1579)],
    "trades_by_kind": [
        ("player_trade", 5, 4, 1, 0.2),
        ("purchase", 5, 4, 1, 0.2),
        ("guild_join", 4, 3, 1, 0.25),
        ("starter_grant", 3, 3, 0, 0.0),
        ("guild_leave", 1, 1, 0, 0.0),
        ("sale", 1, 1, 0, 0.0),
    ],
    "trades_by_status_and_reason": [
        ("settled", None, 16, 0.8421),
        ("rejected", "already_in_guild", 1, 0.0526),
        ("rejected", "insufficient_gold", 1, 0.0526),
        ("rejected", "missing_items", 1, 0.0526),
    ],
    "trades_over_time": [
        (second(1), "second", "starter_grant", 1, 1, 0),
        (second(2), "second", "starter_grant", 1, 1, 0),
        (second(3), "second", "starter_grant", 1, 1, 0),
        (second(4), "second", "player_trade", 1, 1, 0),
        (second(5), "second", "player_trade", 1, 1, 0),
        (second(6), "second", "player_trade", 1, 0, 1),
        (second(7), "second", "purchase", 1, 1, 0),
        (second(8), "second", "purchase", 1, 1, 0),
        (second(9), "second", "purchase", 1, 0, 1),
        (second(10), "second", "purchase", 1, 1, 0),
        (second(11), "second", "purchase", 1, 1, 0),
        (second(12), "second", "guild_join", 1, 1, 0),
        (second(13), "second", "guild_join", 1, 1, 0),
        (second(14), "second", "guild_join", 1, 0, 1),
        (second(15), "second", "guild_leave", 1, 1, 0),
        (second(16), "second", "player_trade", 1, 1, 0),
        (second(17), "second", "sale", 1, 1, 0),
        (second(18), "second", "player_trade", 1, 1, 0),
        (second(19), "second", "guild_join", 1, 1, 0),
    ],
    "most_traded_item": [
        (1, "Milk", 2, 3, 9, 1, 1, 3),
        (2, "Iron Sword", 2, 2, 20, 2, 2, 2),
        (6, "Crown", 1, 1, 2_000, 3, 3, 1),
    ],
    "most_diverse_inventory": [
        # the farmer has sold two of its four kinds since
        (1, "player 1", "farmer", 4, 11, 2_111, 414, 4, second(7)),
        (3, "player 3", "banker", 4, 8, 2_063, 4_940, 4, second(11)),
        (2, "player 2", "hunter", 2, 5, 36, 106, 2, second(4)),
    ],
    "richest_inventory": [
        # the banker began with two crowns, before it gave one away
        (3, "player 3", "banker", 1, 2, 4_000, 5_000, 1, second(3)),
        (1, "player 1", "farmer", 4, 11, 2_111, 414, 4, second(7)),
        (2, "player 2", "hunter", 2, 6, 46, 96, 3, second(10)),
    ],
    "value_imbalanced_trades": [
        ("t005", second(5), 3, 1, 2_000, 3, 1_997, 666.67, 1),
        ("t016", second(16), 3, 2, 40, 0, 40, None, 2),
        ("t004", second(4), 1, 2, 12, 10, 2, 1.2, 2),
    ],
    "imbalance_distribution": [
        (0, 0, 1, 0, 0, 0.25),
        (1, 9, 1, 0, 2, 0.25),
        (10, 99, 1, 1, 40, 0.25),
        (1_000, 9_999, 1, 0, 1_997, 0.25),
    ],
    "sword_purchases_by_material": [
        ("iron", 2, 2, 6, 60, 10.0),
        ("steel", 1, 1, 2, 80, 40.0),
    ],
    "guild_membership": [
        ("Ironhand", 2, 0, 2, 200, 0.6667),
        ("Green Table", 1, 1, 0, 0, 0.0),
    ],
    # 500 + 100 + 5,000 from the mint and 80 from the shop; 150 to the shop and 200 to a guild
    "gold_supply": [(3, 5_680, 350, 5_330, 5_330, 0)],
    "gold_supply_by_account": [
        ("house:mint", "mint", 5_600, 0, 5_600),
        ("house:shop", "shop", 80, 150, -70),
        ("house:guild:Ironhand", "guild", 0, 200, -200),
    ],
    # 384 + 2,041; 46 + 36; 4,900 + 2,063
    "wealth_distribution": [
        (10, 99, 1, 82, 0.3333, 0.0087),
        (1_000, 9_999, 2, 9_388, 0.6667, 0.9913),
    ],
    "wealth_by_class": [
        ("banker", 1, 4_900, 2_063, 6_963, 6_963.0, 0.3333, 0.7353),
        ("farmer", 1, 384, 2_041, 2_425, 2_425.0, 0.3333, 0.2561),
        ("hunter", 1, 46, 36, 82, 82.0, 0.3333, 0.0087),
    ],
    "run_overview": [("main", second(1), second(19), 19, 3, 20)],
}


def test_every_question_has_an_example() -> None:
    assert sorted(EXPECTED) == sorted(questions())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_question_gives_the_answer_worked_out_by_hand(name: str, engine: DuckDbEngine) -> None:
    assert list(engine.ask(question(name).sql).rows) == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_integers_are_integers_and_times_are_times(name: str, engine: DuckDbEngine) -> None:
    answer = engine.ask(question(name).sql)
    python_types = {"integer": int, "number": float, "text": str, "timestamp": datetime}
    for column in answer.columns:
        cells = [cell for cell in answer.column(column.name) if cell is not None]
        assert {type(cell) for cell in cells} <= {python_types[column.type]}, column


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_before_the_first_event_a_question_has_an_empty_answer(
    name: str, empty_engine: DuckDbEngine
) -> None:
    one_row = {"trade_count": (0, 0, 0, None), "gold_supply": (0, 0, 0, 0, 0, 0)}
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
