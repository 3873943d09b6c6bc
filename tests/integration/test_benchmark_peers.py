"""What our trade is compared with does the same trade: the same answers, the same books."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import cycle, islice
from typing import Any

import pytest
import redis
from msgspec.structs import replace

from benchmarks.naive import player_key
from benchmarks.naive_peer import store_players
from benchmarks.peer import Ground, Peer, Rival
from benchmarks.peers import PEERS
from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import Reason
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.trade import Refusal, Trade, player_trade, settle
from src.config import Settings
from src.inventory_generation.catalogue import load_catalogue
from src.player_store.codec import read_state
from src.stack.layout import Layout
from tests.support.kafka import free_ports
from tests.support.redis import RunningRedis

pytestmark = pytest.mark.kafka


def _player(player_id: int, gold: int, capacity: int, items: dict[int, int]) -> Player:
    return Player(
        player_id=player_id,
        version=player_id,
        username=f"player {player_id}",
        player_class="farmer",
        guild="miners" if player_id == 1 else None,
        gold=gold,
        inventory=Inventory(capacity, items),
    )


_PLAYERS = (
    _player(1, 100, 40, {1: 10, 2: 5}),
    _player(2, 50, 12, {1: 2, 3: 9}),
    _player(3, AMOUNT_MAX, 5, {}),
    _player(4, 500, 999, {1: 400, 4: 400}),
    _player(5, 500, 999, {1: 400, 4: 400}),
)

_NOTHING: dict[int, int] = {}


def _side(player_id: int, gold: int = 0, items: dict[int, int] = _NOTHING) -> dict[str, Any]:
    lines = [{"item_id": item_id, "quantity": count} for item_id, count in items.items()]
    return {"player_id": player_id, "gold": gold, "items": lines}


#: What each side gives, in the order in which it is asked for; later ones build on earlier ones.
_ORDERS = (
    (_side(1, items={1: 1}), _side(2, 7)),
    (_side(2, 7), _side(1, items={2: 5})),  # the whole stack, and the higher id is named first
    (_side(1), _side(2)),
    (_side(1, 5), _side(1, 5)),
    (_side(98, 1), _side(99, 1)),
    (_side(1, 1), _side(99, 1)),
    (_side(1, items={1: 1, 987_654: 1}), _side(2, 1)),
    (_side(1, 1_000), _side(2, 1_000, {2: 99})),
    (_side(1, 1), _side(2, 1_000, {3: 99})),
    (_side(1, 1, {1: 4, 3: 1}), _side(2, items={3: 99})),
    (_side(1, items={1: 9}), _side(2, items={3: 1})),
    (_side(2, items={3: 9}), _side(1, items={1: 9})),  # all that one holds, for the same number
    (_side(2, items={1: 5}), _side(1, items={1: 1})),  # one item both ways, and none is left
    (_side(4, 1), _side(3, items={})),
    (_side(3, 200), _side(4, items={4: 6})),
    (_side(3, 200), _side(4, items={4: 5})),
)


@pytest.fixture(params=PEERS, ids=lambda peer: peer.name)
def peer(request: pytest.FixtureRequest) -> Peer:
    """Give each peer that this machine can run."""
    found: Peer = request.param
    if missing := found.lacks():
        pytest.skip(missing)
    return found


@pytest.fixture
def ground(settings: Settings, redis_server: RunningRedis, kafka_broker: str) -> Ground:
    """Give a peer Redis, Kafka, a port and players."""
    host, _, port = kafka_broker.partition(":")
    (api_port,) = free_ports(1)
    assert redis_server.pid is not None
    found = replace(settings, kafka_host=host, kafka_port=int(port), api_port=api_port)
    Layout.of(found).make()
    pids = {"redis": redis_server.pid, "kafka": redis_server.pid}
    return Ground(settings=found, pids=pids, players=_PLAYERS)


@pytest.fixture
def rival(peer: Peer, ground: Ground) -> Iterator[Rival]:
    """Give the peer while it runs."""
    with peer.standing(ground) as running:
        yield running


def _ask(port: int, sides: tuple[dict[str, Any], dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        body = json.dumps({"player_1": sides[0], "player_2": sides[1]})
        connection.request("POST", "/v1/trades", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def _trade(sides: tuple[dict[str, Any], dict[str, Any]]) -> Trade:
    one, two = (
        (s["player_id"], s["gold"], [(line["item_id"], line["quantity"]) for line in s["items"]])
        for s in sides
    )
    return player_trade("any", (one, two))


def test_a_peer_settles_and_refuses_as_our_rules_do(rival: Rival, ground: Ground) -> None:
    players = {player.player_id: player for player in _PLAYERS}
    catalogue, reasons, settled = load_catalogue(), set[Reason](), 0
    for sides in _ORDERS:
        decision = settle(_trade(sides), players, catalogue)
        status, told = _ask(ground.settings.api_port, sides)
        if isinstance(decision, Refusal):
            reasons.add(decision.reason)
            assert status == (404 if decision.reason.word.startswith("unknown_") else 409)
            assert (told["reason"], told["facts"]) == (decision.reason.word, decision.error.facts)
            continue
        settled += 1
        players.update(decision.players)
        assert (status, told["status"]) == (201, "settled")
        assert told["players"] == [
            {"player_id": player.player_id, "version": player.version, "gold": player.gold}
            for player in decision.players.values()
        ]
    assert reasons == {
        Reason.EMPTY_TRADE,
        Reason.SELF_TRADE,
        Reason.UNKNOWN_PLAYER,
        Reason.UNKNOWN_ITEM,
        Reason.INSUFFICIENT_GOLD,
        Reason.MISSING_ITEMS,
        Reason.NO_SPACE,
        Reason.AMOUNT_LIMIT,
    }
    assert rival.faults(settled) == []
    assert all(figure.values == (0.0,) for figure in rival.figures())


def test_a_peer_answers_many_at_once_and_its_end_is_looked_at(
    rival: Rival, peer: Peer, ground: Ground
) -> None:
    there, back = (_side(4, items={1: 1}), _side(5, 1)), (_side(5, items={4: 1}), _side(4, 1))
    with ThreadPoolExecutor(8) as pool:
        asked = islice(cycle((there, back)), 80)
        answers = list(pool.map(lambda sides: _ask(ground.settings.api_port, sides)[0], asked))
    assert answers == [201] * 80
    if peer.name == "trade_naive":
        return  # it may lose some of them, which its figures tell
    assert rival.faults(80) == []
    assert len(rival.faults(81)) == 1


def test_what_the_naive_design_loses_and_duplicates_is_counted(ground: Ground) -> None:
    naive = next(peer for peer in PEERS if peer.name == "trade_naive")
    with naive.standing(ground) as rival, redis.Redis(port=ground.settings.redis_port) as store:
        assert _ask(ground.settings.api_port, _ORDERS[0])[0] == 201
        first = read_state(store.get(player_key(1)))
        # As a race leaves it: one of two writes is overwritten.
        store_players(store, [_PLAYERS[1], first.moved(3, {2: -1}, None)])
        found = {figure.name: figure.values[0] for figure in rival.figures()}
    assert found == {
        "naive_lost_coins": 0,
        "naive_duplicated_coins": 7 + 3,
        "naive_lost_units": 1 + 1,
        "naive_duplicated_units": 0,
    }
