"""The real catalogue, classes and guilds, players as their classes begin, and their books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from src.classes.account import Account, player_account
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.trade import Refusal, Settlement, Side, Trade, player_trade, settle
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.guilds import load_guilds
from src.inventory_generation.player_classes import load_classes
from src.inventory_generation.starter import starter_inventory

CATALOGUE = load_catalogue()
CLASSES = load_classes(CATALOGUE)
GUILDS = {guild.name: guild for guild in load_guilds()}

IRON_SWORD, HERBS, FOOD, MILK, VENISON, LEATHER = 2, 4, 5, 6, 7, 8
PLAIN_SWORD, COPPER_SWORD = 101, 111
NO_SUCH_ITEM = 16

#: An account and the item that lies in it, None for gold.
Place = tuple[Account, int | None]


def player_of_class(name: str, player_id: int) -> Player:
    """Return a player as its class begins, at version 1."""
    player_class = CLASSES[name]
    return Player(
        player_id=player_id,
        version=1,
        username=f"{name}-{player_id}",
        player_class=name,
        gold=player_class.gold,
        inventory=starter_inventory(player_class),
    )


def newborn(name: str, player_id: int) -> Player:
    """Return a player of a class before its starter grant, at version 0."""
    capacity = CLASSES[name].capacity
    return Player(
        player_id=player_id,
        version=0,
        username=f"{name}-{player_id}",
        player_class=name,
        inventory=Inventory(capacity),
    )


def by_id(*players: Player) -> dict[int, Player]:
    """Return the players as the rules want them."""
    return {player.player_id: player for player in players}


def swap(one: Side, two: Side) -> Trade:
    """Write a trade of two players with an id that does not matter."""
    return player_trade("t", (one, two))


def side(player: Player, gold: int = 0, items: Iterable[tuple[int, int]] = ()) -> Side:
    """Say what a player gives."""
    return player.player_id, gold, list(items)


def decide(trade: Trade, *players: Player) -> Settlement | Refusal:
    """Settle a trade of these players with the real catalogue."""
    return settle(trade, by_id(*players), CATALOGUE)


def settled(trade: Trade, *players: Player) -> Mapping[int, Player]:
    """Return the players after a trade that must settle."""
    decision = decide(trade, *players)
    assert isinstance(decision, Settlement), decision
    return decision.players


def refused(trade: Trade, *players: Player) -> Refusal:
    """Return the refusal of a trade that must be refused."""
    decision = decide(trade, *players)
    assert isinstance(decision, Refusal), decision
    return decision


def books_of(players: Iterable[Player]) -> Counter[Place]:
    """Return what lies in each player's account."""
    books: Counter[Place] = Counter()
    for player in players:
        account = player_account(player.player_id)
        books[account, None] += player.gold
        for item_id, quantity in player.inventory.items.items():
            books[account, item_id] += quantity
    return books


def posted(books: Counter[Place], trade: Trade) -> Counter[Place]:
    """Return the books after every leg of a trade, house accounts included."""
    after = books.copy()
    for leg in trade.legs:
        after[leg.from_account, leg.item_id] -= leg.quantity
        after[leg.to_account, leg.item_id] += leg.quantity
    return after


def supply(books: Counter[Place]) -> dict[int | None, int]:
    """Return the total of each asset over all accounts, those of the houses included."""
    totals: Counter[int | None] = Counter()
    for (_, asset), quantity in books.items():
        totals[asset] += quantity
    return {asset: total for asset, total in totals.items() if total}
