"""A clock that jumps back: order is told by numbers, never by times."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import msgspec
import pytest

from src.audit.reconcile import reconcile
from src.bootstrap import build_store, new_id
from src.config import Settings
from src.economy.engines import open_engine
from src.events.record import Recorder
from src.services.answers import Asked
from src.services.ledger import Ledger, Limits
from src.services.trade_service import TradeService
from tests.support.clocks import BEGINNING, no_pause
from tests.support.landing_by_hand import land
from tests.support.realm import Realm, gives, swap

FARMER, HUNTER = 1, 2
TRADES = 6


def jumping_back(by: timedelta) -> Callable[[], datetime]:
    """Return a clock that shows an earlier time each time it is looked at."""
    looks = itertools.count()
    return lambda: BEGINNING - next(looks) * by


@pytest.fixture
def ids(realm: Realm) -> list[str]:
    """Trade ids in the order of trading, on a clock that went back a day with each trade."""
    services = realm.services
    realm.create("farmer")
    realm.create("hunter")
    ledger = Ledger(
        services.store,
        Recorder(services.catalogue, new_id),
        realm=realm.settings.realm,
        clock=jumping_back(timedelta(days=1)),
        pause=no_pause,
        limits=Limits(1, 1, 60),
    )
    trades = TradeService(ledger, services.catalogue, new_id)
    pay = swap(gives(FARMER, 1), gives(HUNTER))
    return [trades.trade(pay, Asked(key=f"k{n}")).outcome.trade_id for n in range(TRADES)]


def test_events_and_lists_stand_in_the_order_of_trading(realm: Realm, ids: list[str]) -> None:
    events = realm.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    trades = [event for event in events if event.get("kind") == "player_trade"]
    assert [trade["trade_id"] for trade in trades] == ids
    times = [trade["occurred_at"] for trade in trades]
    assert times == sorted(times, reverse=True)
    lines = realm.services.players.recent_trades(FARMER)
    shown = [msgspec.json.decode(line)["trade_id"] for line in lines]
    assert shown[:TRADES] == ids[::-1]
    realm.audit()


def test_a_key_is_remembered_whatever_the_time_is_said_to_be(realm: Realm, ids: list[str]) -> None:
    pay = swap(gives(FARMER, 1), gives(HUNTER))
    told = realm.services.trades.trade(pay, Asked(key="k0"))
    assert (told.replayed, told.outcome.trade_id) == (True, ids[0])


@pytest.mark.usefixtures("ids")
def test_the_books_balance(settings: Settings) -> None:
    land(settings)
    with closing(build_store(settings)) as store:
        found = reconcile(store, lambda: open_engine(settings), lambda *_: None)
    assert found.differences == []
