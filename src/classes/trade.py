"""A trade: legs that move assets between accounts, whole or not at all.

Everything that moves is a trade. A purchase, a sale, a starter grant, joining a guild are ways
to *write the legs*; none has rules of its own about owning, space or gold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from src.classes.account import Account, player_account, player_of
from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import AmountTooLarge, Reason, RuleError
from src.classes.item import Catalogue
from src.classes.player import Player


class Kind(StrEnum):
    """What a trade is for."""

    PLAYER_TRADE = "player_trade"
    PURCHASE = "purchase"
    SALE = "sale"
    STARTER_GRANT = "starter_grant"
    GUILD_JOIN = "guild_join"
    GUILD_LEAVE = "guild_leave"
    GRANT = "grant"
    BATTLE = "battle"


_MEMBERSHIP = frozenset({Kind.GUILD_JOIN, Kind.GUILD_LEAVE})
#: Kinds that may move nothing: a guild's fee can be zero, and who has nothing can lose a battle.
_MAY_BE_EMPTY = _MEMBERSHIP | {Kind.BATTLE}


class Leg(Struct, frozen=True):
    """One asset moving once: `quantity` units of an item, or coins when `item_id` is None."""

    from_account: Account
    to_account: Account
    quantity: int
    item_id: int | None = None

    @property
    def asset(self) -> Literal["gold", "item"]:
        """What kind of asset moves."""
        return "gold" if self.item_id is None else "item"


class Trade(Struct, frozen=True, kw_only=True):
    """What is asked for. `player_2_id` is None when the partner is the house.

    `enemy`, `outcome` and `weapon_item_id` tell of a battle; the weapon must be held, and stays.
    """

    trade_id: str
    kind: Kind
    player_1_id: int
    player_2_id: int | None = None
    legs: tuple[Leg, ...] = ()
    guild: str | None = None
    enemy: str | None = None
    outcome: Literal["won", "lost"] | None = None
    weapon_item_id: int | None = None

    @property
    def player_ids(self) -> tuple[int, ...]:
        """The players that the trade names: one, or two."""
        if self.player_2_id is None or self.player_2_id == self.player_1_id:
            return (self.player_1_id,)
        return (self.player_1_id, self.player_2_id)


class Settlement(Struct, frozen=True):
    """A trade that happened: the new state of each player that it touched, by player id."""

    trade: Trade
    players: Mapping[int, Player]


class Refusal(Struct, frozen=True):
    """A trade that did not happen, and the first rule that it broke."""

    trade: Trade
    error: RuleError

    @property
    def reason(self) -> Reason:
        """The rule that was broken."""
        return self.error.reason


#: A player's id, the coins it gives, and the (item id, units) it gives.
Side = tuple[int, int, Iterable[tuple[int, int]]]


def gives(
    giver: Account, receiver: Account, gold: int, items: Iterable[tuple[int, int]]
) -> tuple[Leg, ...]:
    """Write one side of a trade as legs, the gold first, then the items by rising id.

    Args:
        giver: where the assets come from.
        receiver: where they go to.
        gold: coins, 0 or more.
        items: pairs of item id and units; lines of one item are added up.

    Raises:
        AmountTooLarge: the lines of one item add up to more than the largest amount.
        ValueError: gold is below 0 or a line below 1 unit. Callers check what they are sent; here
            a negative amount would move assets against the leg's direction.
    """
    if gold < 0:
        raise ValueError(f"{gold} coins cannot be given")
    units: dict[int, int] = {}
    for item_id, quantity in items:
        if quantity < 1:
            raise ValueError(f"{quantity} units of item {item_id} cannot be given")
        units[item_id] = units.get(item_id, 0) + quantity
    if gold > AMOUNT_MAX or (units and max(units.values()) > AMOUNT_MAX):
        raise AmountTooLarge(f"a leg would carry more than {AMOUNT_MAX:,}")
    legs = [Leg(giver, receiver, gold)] if gold else []
    legs += [Leg(giver, receiver, units[item], item) for item in sorted(units)]
    return tuple(legs)


def player_trade(
    trade_id: str,
    sides: tuple[Side, Side],
) -> Trade:
    """Write the trade of two players.

    Args:
        trade_id: the trade's name.
        sides: for each of the two players its id, the coins and the (item id, units) it gives.

    Raises:
        AmountTooLarge: the lines of one item add up to more than the largest amount.
    """
    (id_1, gold_1, items_1), (id_2, gold_2, items_2) = sides
    one, two = player_account(id_1), player_account(id_2)
    return Trade(
        trade_id=trade_id,
        kind=Kind.PLAYER_TRADE,
        player_1_id=id_1,
        player_2_id=id_2,
        legs=gives(one, two, gold_1, items_1) + gives(two, one, gold_2, items_2),
    )


def settle(
    trade: Trade, players: Mapping[int, Player], catalogue: Catalogue
) -> Settlement | Refusal:
    """Apply every leg of `trade`, or refuse it with the first rule that it breaks.

    Args:
        trade: what is asked for.
        players: the states of the players that it names, by id; those that do not exist are absent.
        catalogue: the items that exist.

    Returns:
        A settlement with new players, their versions raised by one, or a refusal. The players
        that were given are left as they were.
    """
    try:
        _check_names(trade, players, catalogue)
        if trade.kind in _MEMBERSHIP:
            _check_membership(trade, players)
        if trade.weapon_item_id is not None:
            _check_weapon(trade.weapon_item_id, catalogue)
        balances = _balances(trade)
        _check_ownership(trade, balances, players)
        _check_room(balances, players)
    except RuleError as error:
        return Refusal(trade, error.told())
    after = {}
    for player_id, balance in balances.items():
        player = players[player_id]
        after[player_id] = player.moved(balance.gold, balance.items, _guild_after(trade, player))
    return Settlement(trade, after)


class _Balance:
    """What one player gives, and what it receives less what it gives."""

    __slots__ = ("gold", "gold_given", "items", "items_given")

    def __init__(self) -> None:
        self.gold = 0
        self.items: dict[int, int] = {}
        self.gold_given = 0
        self.items_given: dict[int, int] = {}

    def give(self, leg: Leg) -> None:
        item_id, quantity = leg.item_id, leg.quantity
        if item_id is None:
            self.gold -= quantity
            self.gold_given += quantity
        else:
            self.items[item_id] = self.items.get(item_id, 0) - quantity
            self.items_given[item_id] = self.items_given.get(item_id, 0) + quantity

    def receive(self, leg: Leg) -> None:
        if leg.item_id is None:
            self.gold += leg.quantity
        else:
            self.items[leg.item_id] = self.items.get(leg.item_id, 0) + leg.quantity


def _check_names(trade: Trade, players: Mapping[int, Player], catalogue: Catalogue) -> None:
    if not trade.legs and trade.kind not in _MAY_BE_EMPTY:
        raise RuleError(Reason.EMPTY_TRADE)
    if trade.player_1_id == trade.player_2_id:
        raise RuleError(Reason.SELF_TRADE, player_id=trade.player_1_id)
    for player_id in trade.player_ids:
        if player_id not in players:
            raise RuleError(Reason.UNKNOWN_PLAYER, player_id=player_id)
    for leg in trade.legs:
        if leg.item_id is not None and leg.item_id not in catalogue:
            raise RuleError(Reason.UNKNOWN_ITEM, item_id=leg.item_id)
    if trade.weapon_item_id is not None and trade.weapon_item_id not in catalogue:
        raise RuleError(Reason.UNKNOWN_ITEM, item_id=trade.weapon_item_id)


def _check_membership(trade: Trade, players: Mapping[int, Player]) -> None:
    player = players[trade.player_1_id]
    if trade.kind is Kind.GUILD_JOIN and player.guild is not None:
        raise RuleError(Reason.ALREADY_IN_GUILD, player_id=player.player_id, guild=player.guild)
    if trade.kind is Kind.GUILD_LEAVE and (player.guild is None or player.guild != trade.guild):
        raise RuleError(Reason.NOT_IN_GUILD, player_id=player.player_id, guild=trade.guild)


def _check_weapon(weapon_item_id: int, catalogue: Catalogue) -> None:
    weapon = catalogue.item(weapon_item_id)
    if not weapon.is_weapon:
        raise RuleError(Reason.NOT_A_WEAPON, item_id=weapon_item_id, kind=weapon.kind)


def _balances(trade: Trade) -> dict[int, _Balance]:
    """Return the balance of each player that the trade names, in the order it names them."""
    balances = {player_id: _Balance() for player_id in trade.player_ids}
    for leg in trade.legs:
        giver, receiver = player_of(leg.from_account), player_of(leg.to_account)
        if giver is not None:
            balances[giver].give(leg)
        if receiver is not None:
            balances[receiver].receive(leg)
    return balances


def _check_ownership(
    trade: Trade, balances: Mapping[int, _Balance], players: Mapping[int, Player]
) -> None:
    """Refuse what a player gives without owning it: all gold first, then all items.

    The weapon of a battle is not given, but must be owned.
    """
    for player_id, balance in balances.items():
        has, needs = players[player_id].gold, balance.gold_given
        if needs > has:
            raise RuleError(Reason.INSUFFICIENT_GOLD, player_id=player_id, has=has, needs=needs)
    for player_id, balance in balances.items():
        inventory, needed = players[player_id].inventory, balance.items_given
        if trade.weapon_item_id is not None and player_id == trade.player_1_id:
            needed = {**needed, trade.weapon_item_id: needed.get(trade.weapon_item_id, 1)}
        for item_id, needs in needed.items():
            has = inventory.quantity_of(item_id)
            if needs > has:
                told = {"player_id": player_id, "item_id": item_id, "has": has, "needs": needs}
                raise RuleError(Reason.MISSING_ITEMS, **told)


def check_room(trade: Trade, players: Mapping[int, Player]) -> None:
    """Raise `RuleError` unless all fits that the players receive, owned by the giver or not."""
    _check_room(_balances(trade), players)


def _check_room(balances: Mapping[int, _Balance], players: Mapping[int, Player]) -> None:
    """Refuse what does not fit after both sides have given."""
    for player_id, balance in balances.items():
        received = sum(balance.items.values()) if balance.items else 0
        if received <= 0:
            continue
        free = players[player_id].inventory.free_capacity
        if received > free:
            raise RuleError(Reason.NO_SPACE, player_id=player_id, free=free, needs=received)
    for player_id, balance in balances.items():
        if players[player_id].gold + balance.gold > AMOUNT_MAX:
            raise RuleError(Reason.AMOUNT_LIMIT, player_id=player_id)


def _guild_after(trade: Trade, player: Player) -> str | None:
    if trade.kind is Kind.GUILD_JOIN:
        return trade.guild
    return None if trade.kind is Kind.GUILD_LEAVE else player.guild
