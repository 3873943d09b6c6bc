"""The first of all are among the first of each day, in their order, however many are equal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.support.economy import Realm, answer, gold

#: Twice as many as are shown, over three days.
TRADES = 45
APART = timedelta(hours=1)


def test_of_equally_unequal_trades_the_earlier_are_shown(tmp_path: Path) -> None:
    realm = Realm()
    coins = {}
    for place in range(TRADES):
        coins[place] = 1 + place % 4
        legs = [gold(1, 2, coins[place])]
        realm.trade("player_trade", (1, 2), legs, after=APART)
    realm.land(tmp_path)
    by_difference = sorted(coins, key=lambda place: (-coins[place], place))[:20]
    assert answer(tmp_path, "value_imbalanced_trades").column("trade_id") == [
        f"t{place + 1:03}" for place in by_difference
    ]


def test_of_equally_busy_minutes_the_earlier_are_shown(tmp_path: Path) -> None:
    realm = Realm()
    asked: dict[int, int] = {}
    for player_id in range(1, TRADES + 1):
        asked[player_id] = 1 + player_id % 3
        for again in range(asked[player_id]):
            after = timedelta(seconds=1) if again else APART - timedelta(seconds=30)
            realm.trade("player_trade", (player_id, 99), [gold(player_id, 99, 1)], after=after)
    realm.land(tmp_path)
    rows = answer(tmp_path, "busiest_minutes")
    busiest = sorted(asked, key=lambda player_id: (-asked[player_id], player_id))[:20]
    assert rows.column("player_id") == busiest
    assert rows.column("trades") == [asked[player_id] for player_id in busiest]


def test_of_equal_inventories_those_of_lower_ids_are_shown(tmp_path: Path) -> None:
    realm = Realm()
    units = {}
    for player_id in range(1, TRADES + 1):
        units[player_id] = 1 + player_id % 5
        legs = [gold("mint", player_id, 1)]
        realm.trade("starter_grant", (player_id, None), legs, after=APART)
        realm.state(player_id, 1, 1, {1: units[player_id]})
        realm.state(player_id, 2, 1, {1: units[player_id]})
    realm.land(tmp_path)
    rows = answer(tmp_path, "richest_inventory")
    richest = sorted(units, key=lambda player_id: (-units[player_id], player_id))[:10]
    assert rows.column("player_id") == richest
    assert rows.column("version") == [1] * 10
