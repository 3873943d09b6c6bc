"""Many at once on the same few players: nothing is lost, spent twice, or out of order.

Each thread belongs to one of several servers: within one, threads wait for each other's players;
between them, only versions tell who was faster.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Thread

import pytest

from src.bootstrap import Services, build_services
from src.config import Settings
from src.services.answers import Asked, Told
from src.services.errors import Busy, NotAccepting
from src.services.orders import BatchOrder, TradeOrder
from tests.support.realm import Realm, gives, swap

THREADS = 16
SERVERS = 4
ROUNDS = 130
CLASSES = ("farmer", "hunter", "trader", "adventurer", "banker")
GUILD = "Wayfarers"
#: Food, venison, leather, trade goods, trade documents: what those classes begin with.
ITEMS = (5, 7, 8, 11, 17)
SWORD = 101


def any_trade(draw: random.Random, players: list[int]) -> TradeOrder:
    one, two = draw.sample(players, 2)
    items = [(item, draw.randint(1, 30)) for item in draw.sample(ITEMS, draw.randint(0, 2))]
    return swap(gives(one, draw.randint(0, 300), *items), gives(two, draw.randint(0, 100)))


class Server:
    """One server of a realm: its use cases, and the event loop on which its rounds run."""

    def __init__(self, services: Services, loop: asyncio.AbstractEventLoop) -> None:
        self.services = services
        self._loop = loop

    def a_round(self, orders: list[TradeOrder]) -> list[Told | Busy | NotAccepting]:
        """Try trades in one round; those that lost a race were neither settled nor refused."""
        requests = [self.services.trades.request(order, Asked()) for order in orders]
        carried_out = self.services.group_commit.carry_out(requests)
        found = asyncio.run_coroutine_threadsafe(carried_out, self._loop).result()
        return [each for each in found if isinstance(each, Told)]


@contextmanager
def a_server(settings: Settings) -> Iterator[Server]:
    """Run a further server of a realm."""
    services, loop = build_services(settings), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield Server(services, loop)
    finally:
        loop.call_soon_threadsafe(services.loop_store.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        services.store.close()
        services.tokens.close()


@pytest.fixture
def servers(realm: Realm) -> Iterator[list[Server]]:
    """Several servers of the realm."""
    with ExitStack() as stack:
        yield [stack.enter_context(a_server(realm.settings)) for _ in range(SERVERS)]


def any_move(
    server: Server, players: list[int], draw: random.Random
) -> list[Told | Busy | NotAccepting]:
    """Do one thing of all that can be done, and return what became of it."""
    services, player, asked = server.services, draw.choice(players), Asked()
    match draw.randrange(8):
        case 0:
            orders = tuple(any_trade(draw, players) for _ in range(4))
            return services.trades.batch(BatchOrder(orders), asked)
        case 5:
            return server.a_round([any_trade(draw, players) for _ in range(4)])
        case 3:
            return [services.guilds.join(player, GUILD, asked)]
        case 4:
            return [services.guilds.leave(player, None, asked)]
        case _:
            return [services.trades.trade(any_trade(draw, players), asked)]


def a_thread(server: Server, players: list[int], seed: int) -> Counter[str]:
    """Play some rounds; count how what was asked for ended."""
    draw, ended = random.Random(seed), Counter[str]()  # noqa: S311 - the same play each time
    for _ in range(ROUNDS):
        try:
            told = any_move(server, players, draw)
        except Busy:
            ended["busy"] += 1
            continue
        ended.update(e.outcome.status if isinstance(e, Told) else "busy" for e in told)
    return ended


def test_sixteen_threads_on_five_players_lose_and_mint_nothing(
    realm: Realm, servers: list[Server]
) -> None:
    players = [realm.create(player_class) for player_class in CLASSES]
    begun = realm.audit()
    with ThreadPoolExecutor(THREADS) as pool:
        played = pool.map(
            lambda seed: a_thread(servers[seed % SERVERS], players, seed), range(THREADS)
        )
        ended = sum(played, Counter[str]())

    books = realm.audit()
    trades = [event for event in realm.events() if event["event_type"] == "trade"]
    told = Counter(event["status"] for event in trades[len(players) :])
    assert ended["settled"] == told["settled"] > 300
    assert ended["rejected"] == told["rejected"] > 0
    # What players have more or less than at the beginning, the houses have less or more.
    for asset, units in books.supply().items():
        moved = units - begun.supply()[asset]
        houses = ("house:shop", f"house:guild:{GUILD}")
        assert moved == -sum(books.accounts[house][asset] for house in houses)
    members = {p.player_id for p in realm.services.store.all_players() if p.guild == GUILD}
    assert realm.services.guilds.members(GUILD, 0, 10) == sorted(members)


def test_one_coin_is_spent_once(realm: Realm, servers: list[Server]) -> None:
    poor, rich = realm.create("farmer"), realm.create("adventurer")
    realm.services.trades.trade(swap(gives(poor, 499), gives(rich)), Asked())

    def spend(number: int) -> str:
        try:
            told = servers[number % SERVERS].services.trades.trade(
                swap(gives(poor, 1), gives(rich)), Asked()
            )
        except Busy:
            return "busy"
        return told.outcome.status

    with ThreadPoolExecutor(THREADS) as pool:
        ended = Counter(pool.map(spend, range(64)))
    assert ended["settled"] == 1
    assert realm.audit().gold(poor) == 0


def test_one_key_sent_by_many_at_once_moves_once(realm: Realm, servers: list[Server]) -> None:
    one, two = realm.create("farmer"), realm.create("hunter")
    asked = Asked("request", "holder", "key", "print")

    def send(number: int) -> Told:
        return servers[number % SERVERS].services.trades.trade(
            swap(gives(one, 7), gives(two)), asked
        )

    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(send, range(64)))
    assert len({each.outcome.trade_id for each in told}) == 1
    assert [each.replayed for each in told].count(False) == 1
    assert realm.audit().gold(one) == 493
