"""A market of any size, drawn as arrays: who traded what with whom, and what everyone then owned.

Answers to economy questions are only as telling as the rows, so the rows are those of a game that
could have been played: every kind of trade, refusals, gifts, usual partners, guilds that are joined
before they are left, balances that never fall below zero and states that follow from the legs.
Nothing is simulated trade by trade; that would take hours. What a player owns at any time is a
running sum, and a starter grant is large enough that it stays above zero.

An account is a whole number: a player's place from 0, or below zero a house account (`HOUSES`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.classes.account import BATTLE, MINT, SHOP, guild_account
from src.classes.trade import Kind
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.enemies import load_enemies
from src.inventory_generation.guilds import load_guilds

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Amounts = NDArray[np.int32]
Flags = NDArray[np.bool_]

KINDS = tuple(
    kind.value
    for kind in (
        *(Kind.STARTER_GRANT, Kind.PLAYER_TRADE, Kind.PURCHASE, Kind.SALE),
        *(Kind.BATTLE, Kind.GUILD_JOIN, Kind.GUILD_LEAVE),
    )
)
GRANT, PLAYER_TRADE, PURCHASE, SALE, BATTLE_KIND, JOIN, LEAVE = range(len(KINDS))
#: Of the trades that are no starter grants; what remains is about guilds.
_SHARES = {PLAYER_TRADE: 0.84, PURCHASE: 0.07, SALE: 0.03, BATTLE_KIND: 0.04}

REASONS = ("insufficient_gold", "missing_items", "no_space")
SETTLED = -1

CATALOGUE = tuple(load_catalogue())
GUILDS = tuple(load_guilds())
ENEMIES = tuple(load_enemies(load_catalogue()).values())
HOUSES = (MINT, SHOP, BATTLE, *(guild_account(guild.name) for guild in GUILDS))
_MINT, _SHOP, _BATTLE, _FIRST_GUILD = -1, -2, -3, -4
NOBODY = -(2**31)

TRADES_PER_PLAYER = 50
#: Each player deals in so many goods, those of its corner of the market.
GOODS = 10
_CORNERS_MAX = len(CATALOGUE) // GOODS
_PLAYERS_PER_CORNER_MIN = 20
_ITEM_ID = np.array([item.item_id for item in CATALOGUE], np.int64)
_VALUE = np.array([item.value for item in CATALOGUE], np.int64)


@dataclass(frozen=True)
class Trades:
    """The trades in the order in which they came, one place of each array a trade.

    Attributes:
        kind: a place of `KINDS`.
        reason: a place of `REASONS`, or `SETTLED`.
        player_1, player_2: places of players; `NOBODY` when the partner is the house.
        gold, gold_from, gold_to: coins that move (0: none) and between which accounts.
        good, units, units_from, units_to: the same for units of a good, by its place in the
            corner. What a starter grant gives is in `Holdings`.
        guild, enemy, is_won: what a trade of such a kind tells.
        seq: the number of the trade's event; those of the states that it led to follow.
    """

    corners: int
    players: int
    kind: NDArray[np.int8]
    reason: NDArray[np.int8]
    player_1: Places
    player_2: Places
    gold: Amounts
    gold_from: Places
    gold_to: Places
    good: NDArray[np.int8]
    units: Amounts
    units_from: Places
    units_to: Places
    guild: NDArray[np.int8]
    enemy: NDArray[np.int8]
    is_won: Flags
    seq: Ints

    def __len__(self) -> int:
        """Count the trades."""
        return len(self.kind)

    @property
    def is_settled(self) -> Flags:
        """Which trades were settled."""
        settled: Flags = self.reason == SETTLED
        return settled

    def item_place(self, player: NDArray[np.int32], good: NDArray[np.int8]) -> Ints:
        """Return the places in `CATALOGUE` of the goods of players' corners."""
        return player % self.corners + good.astype(np.int64) * _CORNERS_MAX


def item_ids(places: Ints) -> Ints:
    """Return the ids of items by their places in the catalogue."""
    return _ITEM_ID[places]


def item_values(places: Ints) -> Ints:
    """Return the base values, in coins, of items by their places in the catalogue."""
    return _VALUE[places]


def draw_trades(count: int, seed: int) -> Trades:
    """Draw `count` trades; the same arguments give the same ones."""
    random = np.random.default_rng(seed)
    players = max(2 * _PLAYERS_PER_CORNER_MIN, count // TRADES_PER_PLAYER)
    corners = max(1, min(_CORNERS_MAX, players // (2 * _PLAYERS_PER_CORNER_MIN)))
    is_grant = _grants(count, players)
    born = np.cumsum(is_grant, dtype=np.int32)
    kind = _kinds(random, is_grant)
    player_1, player_2 = _pairs(random, born, corners)
    player_1 = np.where(is_grant, born - 1, player_1)
    guild = _follow_guilds(kind, player_1)
    player_2[kind != PLAYER_TRADE] = NOBODY
    reason = _reasons(random, kind)
    good = random.integers(0, GOODS, count, dtype=np.int8)
    enemy = random.integers(0, len(ENEMIES), count, dtype=np.int8)
    is_won = random.random(count) < 0.7
    units, gold = _amounts(random, kind, player_1 % corners + good.astype(np.int64) * _CORNERS_MAX)
    gold = _paid_to_guilds_and_enemies(gold, kind, guild, enemy, is_won)
    places = _accounts(random, kind, player_1, player_2, guild, is_won)
    states = np.where(reason == SETTLED, 1 + (player_2 != NOBODY), 0)
    return Trades(
        corners=corners,
        players=players,
        kind=kind,
        reason=reason,
        player_1=player_1,
        player_2=player_2,
        gold=gold,
        good=good,
        units=units,
        guild=guild,
        enemy=enemy,
        is_won=is_won,
        seq=1 + np.arange(count) + np.cumsum(states) - states,
        gold_from=places[0],
        gold_to=places[1],
        units_from=places[1],
        units_to=places[0],
    )


def _grants(count: int, players: int) -> Flags:
    """Say which trades are starter grants: the first ones, and then one every now and then."""
    first = players // 2
    later = players - first
    is_grant = np.zeros(count, np.bool_)
    is_grant[:first] = True
    is_grant[first + np.arange(later) * ((count - first) // later)] = True
    return is_grant


def _kinds(random: np.random.Generator, is_grant: Flags) -> NDArray[np.int8]:
    bounds = np.cumsum(list(_SHARES.values()))
    codes = np.array([*_SHARES, JOIN], np.int8)
    kind = codes[np.searchsorted(bounds, random.random(len(is_grant), np.float32), side="right")]
    kind[is_grant] = GRANT
    return kind


def _pairs(random: np.random.Generator, born: Places, corners: int) -> tuple[Places, Places]:
    """Draw two players of one corner a trade; the older ones trade more, some with a usual one."""
    count = len(born)
    one = (born * random.random(count, np.float32) ** 1.5).astype(np.int32)
    one = np.minimum(one, born - 1)
    corner, place = one % corners, one // corners
    members = np.maximum((born - corner + corners - 1) // corners, 2)
    step = 1 + (random.random(count, np.float32) * (members - 1)).astype(np.int32)
    other = (place + np.minimum(step, members - 1)) % members
    usual = place ^ 1
    is_usual = (random.random(count, np.float32) < 0.15) & (usual < members)
    other = np.where(is_usual, usual, other)
    return one, (corner + other * corners).astype(np.int32)


def _follow_guilds(kind: NDArray[np.int8], player: Places) -> NDArray[np.int8]:
    """Let each player's trades about guilds join and leave in turns; return the guild of each."""
    guild = np.full(len(kind), -1, np.int8)
    about = np.flatnonzero(kind == JOIN)
    by_player = about[np.argsort(player[about], kind="stable")]
    owner = player[by_player]
    turn = np.arange(len(owner)) - np.searchsorted(owner, owner)
    kind[by_player[turn % 2 == 1]] = LEAVE
    guild[by_player] = (owner * 7 + turn // 2) % len(GUILDS)
    return guild


def _reasons(random: np.random.Generator, kind: NDArray[np.int8]) -> NDArray[np.int8]:
    """Refuse some player trades, purchases and sales."""
    chance = random.random(len(kind), np.float32)
    reason = np.full(len(kind), SETTLED, np.int8)
    reason[(kind == PLAYER_TRADE) & (chance < 0.02)] = REASONS.index("missing_items")
    reason[(kind == PLAYER_TRADE) & (chance > 0.99)] = REASONS.index("no_space")
    reason[(kind == PURCHASE) & (chance < 0.1)] = REASONS.index("insufficient_gold")
    reason[(kind == SALE) & (chance < 0.05)] = REASONS.index("missing_items")
    return reason


def _amounts(
    random: np.random.Generator, kind: NDArray[np.int8], item: Ints
) -> tuple[Amounts, Amounts]:
    """Draw units and coins: about the base value, and nothing on one side of a gift."""
    count = len(kind)
    units = random.integers(1, 4, count, dtype=np.int32)
    worth = units * _VALUE[item]
    units[kind == PURCHASE] = 1
    bargain = 0.6 + 0.9 * random.random(count, np.float32)
    gold = np.where(kind == PLAYER_TRADE, worth * bargain, worth)
    gold = np.where(kind == PURCHASE, _VALUE[item], gold)
    gold = np.where(kind == SALE, np.maximum(worth // 2, 1), gold)
    gold = np.maximum(gold.astype(np.int32), 1)
    gift = random.random(count, np.float32)
    is_trade = kind == PLAYER_TRADE
    gold[is_trade & (gift < 0.03)] = 0
    units[(is_trade & (gift > 0.97)) | (kind >= BATTLE_KIND) | (kind == GRANT)] = 0
    gold[kind == GRANT] = 0
    return units, gold


def _paid_to_guilds_and_enemies(
    gold: Amounts,
    kind: NDArray[np.int8],
    guild: NDArray[np.int8],
    enemy: NDArray[np.int8],
    is_won: Flags,
) -> Amounts:
    fees = np.array([guild.fee for guild in GUILDS], np.int32)
    loot = np.array([enemy.gold for enemy in ENEMIES], np.int32)
    tolls = np.array([enemy.toll for enemy in ENEMIES], np.int32)
    gold = np.where(kind == BATTLE_KIND, np.where(is_won, loot[enemy], tolls[enemy]), gold)
    gold = np.where(kind == JOIN, fees[guild], gold)
    return np.where(kind == LEAVE, 0, gold).astype(np.int32)


def _accounts(
    random: np.random.Generator,
    kind: NDArray[np.int8],
    player_1: Places,
    player_2: Places,
    guild: NDArray[np.int8],
    is_won: Flags,
) -> tuple[Places, Places]:
    """Return who pays and who is paid; goods go the other way."""
    partner = np.select(
        [kind == PLAYER_TRADE, kind == BATTLE_KIND, kind == JOIN, kind == GRANT],
        [player_2, np.int32(_BATTLE), _FIRST_GUILD - guild.astype(np.int32), np.int32(_MINT)],
        np.int32(_SHOP),
    ).astype(np.int32)
    is_paid = (kind == PLAYER_TRADE) & (random.random(len(kind), np.float32) < 0.5)
    is_paid |= (kind == SALE) | (kind == GRANT) | ((kind == BATTLE_KIND) & is_won)
    return np.where(is_paid, partner, player_1), np.where(is_paid, player_1, partner)
