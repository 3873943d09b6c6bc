"""Many at once on the same few players: nothing is lost, spent twice, or out of order."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from src.services.answers import Asked, Told
from src.services.errors import Busy, NotAccepting
from src.services.orders import BatchOrder, TradeOrder
from tests.support.realm import Realm, gives, swap

THREADS = 16
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


def any_move(
    realm: Realm, players: list[int], draw: random.Random
) -> list[Told | Busy | NotAccepting]:
    """Do one thing of all that can be done, and return what became of it."""
    services, player, asked = realm.services, draw.choice(players), Asked()
    match draw.randrange(8):
        case 0:
            orders = tuple(any_trade(draw, players) for _ in range(4))
            return services.trades.batch(BatchOrder(orders), asked)
        case 5:
            return a_round(realm, [any_trade(draw, players) for _ in range(4)])
        case 3:
            return [services.guilds.join(player, GUILD, asked)]
        case 4:
            return [services.guilds.leave(player, None, asked)]
        case _:
            return [services.trades.trade(any_trade(draw, players), asked)]


def a_round(realm: Realm, orders: list[TradeOrder]) -> list[Told | Busy | NotAccepting]:
    """Try trades in one round; those that lost a race were neither settled nor refused."""
    requests = [realm.services.trades.request(order, Asked()) for order in orders]
    found = realm.services.group_commit.carry_out(requests)
    return [each for each in found if isinstance(each, Told)]


def a_thread(realm: Realm, players: list[int], seed: int) -> Counter[str]:
    """Play some rounds; count how what was asked for ended."""
    draw, ended = random.Random(seed), Counter[str]()  # noqa: S311 - the same play each time
    for _ in range(ROUNDS):
        try:
            told = any_move(realm, players, draw)
        except Busy:
            ended["busy"] += 1
            continue
        ended.update(e.outcome.status if isinstance(e, Told) else "busy" for e in told)
    return ended


def test_sixteen_threads_on_five_players_lose_and_mint_nothing(realm: Realm) -> None:
    players = [realm.create(player_class) for player_class in CLASSES]
    begun = realm.audit()
    with ThreadPoolExecutor(THREADS) as pool:
        played = pool.map(lambda seed: a_thread(realm, players, seed), range(THREADS))
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


def test_one_coin_is_spent_once(realm: Realm) -> None:
    poor, rich = realm.create("farmer"), realm.create("adventurer")
    realm.services.trades.trade(swap(gives(poor, 499), gives(rich)), Asked())

    def spend(_thread: int) -> str:
        try:
            told = realm.services.trades.trade(swap(gives(poor, 1), gives(rich)), Asked())
        except Busy:
            return "busy"
        return told.outcome.status

    with ThreadPoolExecutor(THREADS) as pool:
        ended = Counter(pool.map(spend, range(64)))
    assert ended["settled"] == 1
    assert realm.audit().gold(poor) == 0


def test_one_key_sent_by_many_at_once_moves_once(realm: Realm) -> None:
    one, two = realm.create("farmer"), realm.create("hunter")
    asked = Asked("request", "holder", "key", "print")

    def send(_thread: int) -> Told:
        return realm.services.trades.trade(swap(gives(one, 7), gives(two)), asked)

    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(send, range(64)))
    assert len({each.outcome.trade_id for each in told}) == 1
    assert [each.replayed for each in told].count(False) == 1
    assert realm.audit().gold(one) == 493
