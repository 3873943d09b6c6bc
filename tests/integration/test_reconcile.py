"""Reconciling finds every planted difference, and none where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import redis

from src.audit.landed import LandingStandsStill, wait_until_landed
from src.audit.reconcile import Difference, Reconciliation, reconcile
from src.bootstrap import Services, build_store
from src.config import Settings
from src.economy.engines import open_engine
from src.player_store.keys import Keys
from src.services.answers import Asked
from src.services.orders import BatchOrder, ShopOrder
from src.streaming.totals import TOTALS_COLUMNS
from tests.support.landing_by_hand import Rows, land
from tests.support.realm import Realm, gives, swap
from tests.support.redis import RunningRedis

FARMER, HUNTER, BANKER = 1, 2, 3
MILK, VENISON, PLAIN_SWORD = 6, 7, 101


@pytest.fixture
def played(realm: Realm) -> Services:
    """A farmer, a hunter and a banker that traded, bought, joined, and were refused once."""
    services = realm.services
    for player_class in ("farmer", "hunter", "banker"):
        realm.create(player_class)
    food = swap(gives(FARMER, 20, (MILK, 3)), gives(HUNTER, 0, (VENISON, 2)))
    services.trades.trade(food, Asked())
    services.trades.trade(swap(gives(FARMER, 10_000), gives(HUNTER)), Asked())
    back = swap(gives(HUNTER, 1), gives(FARMER))
    services.trades.batch(BatchOrder((food, back, food)), Asked())
    services.shop.buy(BANKER, ShopOrder(PLAIN_SWORD, 2), Asked())
    services.guilds.join(BANKER, "Wayfarers", Asked())
    return services


def check(settings: Settings) -> Reconciliation:
    with closing(build_store(settings)) as store:
        return reconcile(store, lambda: open_engine(settings), lambda *_: None)


def facts_of(found: Reconciliation, name: str) -> list[dict[str, Any]]:
    return [each.facts for each in found.differences if each.check == name]


def checks_that_differ(found: Reconciliation) -> set[str]:
    return {each.check for each in found.differences}


def test_untouched_books_balance(settings: Settings, played: Services) -> None:
    land(settings)
    found = check(settings)
    assert found.differences == []
    assert (found.players, found.events) == (3, played.store.last_seq())


@pytest.mark.usefixtures("realm")
def test_an_empty_realm_balances(settings: Settings) -> None:
    land(settings)
    assert check(settings) == Reconciliation(0, 0, check(settings).checks, [])


def test_one_coin_more_in_redis_is_found(
    settings: Settings, played: Services, redis_server: RunningRedis
) -> None:
    land(settings)
    gold = played.players.player(FARMER).gold
    key = Keys(settings.realm).player(FARMER)
    with closing(redis_server.client()) as client:
        replace_in(client, key, f'"gold":{gold}', f'"gold":{gold + 1}')
    expected = Difference(
        "redis_unlike_tables",
        {
            "player_id": FARMER,
            "fault": "another state under the same version",
            "redis_version": 5,
            "tables_version": 5,
        },
    )
    assert check(settings).differences == [expected]


@pytest.mark.usefixtures("played")
def test_a_player_that_redis_lost_is_found(settings: Settings, redis_server: RunningRedis) -> None:
    land(settings)
    with closing(redis_server.client()) as client:
        client.delete(Keys(settings.realm).player(HUNTER))
    (facts,) = facts_of(check(settings), "redis_unlike_tables")
    assert (facts["player_id"], facts["fault"]) == (HUNTER, "not in Redis")


@pytest.mark.usefixtures("played")
def test_a_player_that_no_event_made_is_found(
    settings: Settings, redis_server: RunningRedis
) -> None:
    land(settings)
    keys = Keys(settings.realm)
    with closing(redis_server.client()) as client:
        state: Any = client.get(keys.player(HUNTER))
        client.set(keys.player(99), state.replace(b'"player_id":2', b'"player_id":99'))
    (facts,) = facts_of(check(settings), "redis_unlike_tables")
    assert (facts["player_id"], facts["tables_version"]) == (99, None)


def test_a_state_that_changed_while_redis_was_read_is_no_difference(
    settings: Settings, played: Services
) -> None:
    class TradingStore:
        """Trades go on after the first player was read."""

        def last_seq(self) -> int:
            return played.store.last_seq()

        def all_players(self) -> Iterator[Any]:
            players = sorted(played.store.all_players(), key=lambda p: p.player_id)
            yield players[0]
            played.trades.trade(swap(gives(FARMER, 1), gives(HUNTER)), Asked())
            for player in players[1:]:
                yield played.players.player(player.player_id)
            played.trades.trade(swap(gives(HUNTER, 1), gives(BANKER)), Asked())
            land(settings)

    found = reconcile(TradingStore(), lambda: open_engine(settings), lambda *_: None)
    assert found.differences == []
    assert found.players == 3


Falsify = Callable[[Rows], None]


def lose_a_leg(rows: Rows) -> None:
    rows["trade_leg"].remove(player_leg(rows))


def add_a_coin_to_a_leg(rows: Rows) -> None:
    player_leg(rows)["quantity"] += 1


def double_a_leg(rows: Rows) -> None:
    rows["trade_leg"].append(dict(player_leg(rows)))


def add_a_coin_to_a_state(rows: Rows) -> None:
    rows["player_state"][-1]["gold"] += 1


def double_a_state(rows: Rows) -> None:
    rows["player_state"].append(dict(rows["player_state"][0]))


def double_a_trade(rows: Rows) -> None:
    rows["trade"].append(dict(rows["trade"][0]))


def add_one_to(column: str) -> Falsify:
    """Falsify a total of the first trade between players; what is null becomes 1."""

    def falsify(rows: Rows) -> None:
        trade = next(row for row in rows["trade"] if row["kind"] == "player_trade")
        trade[column] = (trade[column] or 0) + 1

    return falsify


def mint_a_coin_in_both(rows: Rows) -> None:
    """A coin that nobody gave, in the state as well, so that only the sum tells."""
    rows["trade_leg"].append(
        {
            **player_leg(rows),
            "leg_no": 99,
            "from_account": "nobody",
            "to_account": "player:3",
            "asset": "gold",
            "item_id": None,
            "quantity": 1,
        }
    )
    rows["player_state"][-1]["gold"] += 1


def player_leg(rows: Rows) -> dict[str, Any]:
    return next(
        leg
        for leg in rows["trade_leg"]
        if leg["kind"] == "player_trade" and leg["status"] == "settled" and leg["leg_no"] == 1
    )


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize(
    ("falsify", "expected"),
    [
        (lose_a_leg, {"legs_unlike_trades", "totals_unlike_legs", "states_unlike_legs"}),
        (add_a_coin_to_a_leg, {"totals_unlike_legs", "states_unlike_legs"}),
        (double_a_leg, {"legs_unlike_trades", "totals_unlike_legs", "states_unlike_legs"}),
        *((add_one_to(column), {"totals_unlike_legs"}) for column in TOTALS_COLUMNS),
        (
            add_a_coin_to_a_state,
            {"states_unlike_legs", "unbalanced_assets", "redis_unlike_tables"},
        ),
        (double_a_state, {"seq_gaps", "version_gaps"}),
        (double_a_trade, {"seq_gaps", "totals_unlike_legs"}),
        (
            mint_a_coin_in_both,
            {
                "legs_unlike_trades",
                "totals_unlike_legs",
                "unbalanced_assets",
                "redis_unlike_tables",
            },
        ),
    ],
)
def test_a_falsified_table_is_found(
    settings: Settings, falsify: Falsify, expected: set[str]
) -> None:
    land(settings, falsify)
    assert checks_that_differ(check(settings)) == expected


@pytest.mark.usefixtures("played")
def test_an_event_that_landed_out_of_the_middle_is_found(settings: Settings) -> None:
    def move_one_past_the_end(rows: Rows) -> None:
        rows["player_state"][1]["seq"] = 1_000

    land(settings, move_one_past_the_end)
    with closing(build_store(settings)) as store, pytest.raises(LandingStandsStill) as caught:
        wait_until_landed(
            lambda: open_engine(settings), store.last_seq(), lambda *_: None, still_s=0.0
        )
    assert caught.value.landed == caught.value.last_seq - 1


def replace_in(client: redis.Redis, key: str, old: str, new: str) -> None:
    state: Any = client.get(key)
    assert old.encode() in state
    client.set(key, state.replace(old.encode(), new.encode()))
