"""What must hold between the answers to different questions, whatever was played."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Answer
from src.economy.questions import question
from tests.support.economy import START, Realm, answer, gold, item


@pytest.fixture(params=["engine", "night_engine"])
def any_engine(request: pytest.FixtureRequest) -> DuckDbEngine:
    engine = request.getfixturevalue(request.param)
    assert isinstance(engine, DuckDbEngine)
    return engine


def ask(engine: DuckDbEngine, name: str) -> Answer:
    return engine.ask(question(name).sql)


def test_the_events_of_all_minutes_are_the_rows_of_both_tables(any_engine: DuckDbEngine) -> None:
    overview = ask(any_engine, "run_overview").only()
    minutes = ask(any_engine, "events_per_minute")
    assert sum(minutes.column("trades")) == overview["trades"]
    assert sum(minutes.column("states")) == overview["states"]
    assert sum(ask(any_engine, "events_per_player").column("states")) == overview["states"]


def test_every_player_is_new_once_and_settled_trades_are_active(any_engine: DuckDbEngine) -> None:
    active = ask(any_engine, "active_players")
    assert sum(active.column("new_players")) == ask(any_engine, "run_overview").only()["players"]
    assert sum(active.column("trades")) == ask(any_engine, "trade_count").only()["settled"]


def test_each_way_to_cut_the_shops_revenue_gives_all_of_it(any_engine: DuckDbEngine) -> None:
    shop = ask(any_engine, "shop_revenue").only()
    by_kind = ask(any_engine, "shop_revenue_by_kind")
    assert sum(by_kind.column("revenue")) == shop["revenue"]
    assert sum(ask(any_engine, "spend_per_player").column("shop")) == shop["revenue"]
    for name in ("most_bought_materials", "most_bought_rarities"):
        cut = ask(any_engine, name)
        assert sum(cut.column("gold")) == shop["revenue"]
        assert sum(cut.column("units")) == shop["units"]
    assert sum(ask(any_engine, "first_purchases").column("players")) == shop["buyers"]
    around = ask(any_engine, "purchases_after_joining")
    assert sum(around.column("purchases")) == shop["purchases"]
    assert sum(around.column("gold")) == shop["revenue"]


def test_the_supply_over_time_ends_at_the_supply(any_engine: DuckDbEngine) -> None:
    over_time = ask(any_engine, "gold_over_time")
    supply = ask(any_engine, "gold_supply").only()
    assert over_time.rows[-1][over_time.place("supply")] == supply["supply"]
    assert sum(over_time.column("issued")) == supply["issued"]
    assert sum(over_time.column("withdrawn")) == supply["withdrawn"]
    moved = sum(ask(any_engine, "gold_velocity").column("gold"))
    assert sum(over_time.column("moved")) == moved


def test_what_players_spend_is_what_houses_withdraw(any_engine: DuckDbEngine) -> None:
    spent = sum(ask(any_engine, "spend_per_player").column("spent"))
    assert spent == ask(any_engine, "gold_supply").only()["withdrawn"]


def test_the_price_index_and_the_item_prices_tell_of_the_same_coins(
    any_engine: DuckDbEngine,
) -> None:
    index, items = ask(any_engine, "price_index"), ask(any_engine, "item_prices")
    assert sum(index.column("trades")) == sum(items.column("trades"))
    assert sum(index.column("units")) == sum(items.column("units"))


def test_the_items_that_trades_moved_are_those_of_their_legs(any_engine: DuckDbEngine) -> None:
    moved = any_engine.ask(
        "select seq, item_id, player_1_units + player_2_units, value from moved_item order by 1, 2"
    )
    legs = any_engine.ask(
        "select seq, item_id, sum(quantity), sum(quantity * unit_value) from trade_leg "
        "where kind = 'player_trade' and status = 'settled' and asset = 'item' "
        "group by seq, item_id order by 1, 2"
    )
    assert moved.rows == legs.rows


def test_the_most_traded_items_are_counted_by_what_moved(any_engine: DuckDbEngine) -> None:
    moved = any_engine.ask(
        "select item_id, count(*), sum(player_1_units + player_2_units), sum(value) "
        "from moved_item group by item_id"
    )
    by_item = {item_id: told for item_id, *told in moved.rows}
    shown = ask(any_engine, "most_traded_item").records()
    assert len(shown) >= min(10, len(by_item))
    for row in shown:
        assert [row["trades"], row["units"], row["value"]] == by_item[row["item_id"]]


def test_partners_are_those_that_the_trades_of_a_player_name(any_engine: DuckDbEngine) -> None:
    named = any_engine.ask(
        "select player_id, partner_id from party where kind = 'player_trade' and status = 'settled'"
    )
    partners: dict[int, Counter[int]] = defaultdict(Counter)
    for player_id, partner_id in named.rows:
        partners[player_id][partner_id] += 1
    of_many = {player for player, each in partners.items() if each.total() >= 5}
    shown = ask(any_engine, "partner_concentration").records()
    assert len(shown) == min(20, len(of_many))
    for row in shown:
        each = partners[row["player_id"]]
        most = max(each.values())
        assert (row["trades"], row["partners"]) == (each.total(), len(each))
        assert row["trades_with_partner"] == most
        assert row["partner_id"] == min(p for p, trades in each.items() if trades == most)


def test_gini_is_half_the_mean_difference_of_all_pairs(any_engine: DuckDbEngine) -> None:
    held = any_engine.ask("select gold, inventory_value from player_latest").rows
    amounts = {
        "gold": [gold for gold, _ in held],
        "inventory": [goods for _, goods in held],
        "wealth": [gold + goods for gold, goods in held],
    }
    for row in ask(any_engine, "wealth_inequality").records():
        each = amounts[row["measure"]]
        pairs = sum(abs(one - other) for one in each for other in each)
        assert row["gini"] == round(pairs / (2 * len(each) * sum(each)), 4)
        assert row["total"] == sum(each)


def test_the_lorenz_curve_sags_and_ends_at_all(any_engine: DuckDbEngine) -> None:
    points = ask(any_engine, "wealth_lorenz")
    players, wealth = points.column("share_of_players"), points.column("share_of_wealth")
    assert (players[-1], wealth[-1]) == (1.0, 1.0)
    assert all(owned <= share for share, owned in zip(players, wealth, strict=True))
    assert players == sorted(players)
    assert wealth == sorted(wealth)


def test_the_lorenz_curve_of_many_players_has_twenty_points(tmp_path: Path) -> None:
    realm = Realm()
    for player_id in range(1, 42):
        realm.trade("starter_grant", (player_id, None), [gold("mint", player_id, player_id)])
        realm.state(player_id, 1, player_id, {})
    realm.land(tmp_path)
    points = answer(tmp_path, "wealth_lorenz")
    assert len(points.rows) == 20
    # the first twentieth of 41 players is two of them, with 1 + 2 of 861 coins
    assert points.rows[0] == (0.0488, 0.0035, 2)


def test_wealth_that_64_bits_hold_is_weighed_without_overflow(tmp_path: Path) -> None:
    realm = Realm()
    for player_id in range(1, 101):
        realm.trade("starter_grant", (player_id, None), [gold("mint", player_id, 2**53 - 1)])
        realm.state(player_id, 1, 2**53 - 1, {})
    realm.land(tmp_path)
    by_measure = {row[0]: row for row in answer(tmp_path, "wealth_inequality").rows}
    assert by_measure["gold"][2] == 100 * (2**53 - 1)
    assert by_measure["gold"][5:] == (0.0, 0.1, 0.01)
    assert by_measure["inventory"][5:] == (None, None, None)


def test_battles_add_up_by_outcome_by_enemy_and_by_weapon(night_engine: DuckDbEngine) -> None:
    outcomes = ask(night_engine, "battle_outcomes")
    enemies, weapons = ask(night_engine, "deadliest_enemies"), ask(night_engine, "best_weapons")
    fought = sum(outcomes.column("battles"))
    assert sum(enemies.column("battles")) == sum(weapons.column("battles")) == fought
    won = {row["outcome"]: row["battles"] for row in outcomes.records()}["won"]
    assert sum(enemies.column("won")) == sum(weapons.column("won")) == won
    net = sum(outcomes.column("value_won")) - sum(outcomes.column("value_lost"))
    assert sum(weapons.column("net_value")) == net


def test_gifts_are_the_one_sided_trades(any_engine: DuckDbEngine) -> None:
    gifts = sum(ask(any_engine, "gift_pairs").column("gifts"))
    assert gifts == sum(ask(any_engine, "imbalance_distribution").column("one_sided"))


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        (timedelta(seconds=59, milliseconds=999), 59),
        (timedelta(minutes=61), 3_660),
        (timedelta(days=2, hours=3, minutes=4, seconds=5), 183_845),
    ],
)
def test_waiting_is_counted_in_whole_seconds_across_hours_and_days(
    tmp_path: Path, after: timedelta, seconds: int
) -> None:
    realm = Realm()
    realm.trade("starter_grant", (1, None), [gold("mint", 1, 5)])
    realm.trade("purchase", (1, None), [gold(1, "shop", 3), item("shop", 1, 1, 1)], after=after)
    realm.land(tmp_path)
    assert answer(tmp_path, "time_to_first").only()["slowest_s"] == seconds
    assert realm.trades[0]["occurred_at"] == START
