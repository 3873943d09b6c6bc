"""What can be asked for: the bodies of requests, with the bounds of each field."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from src.classes.amounts import Gold, ItemId, PlayerId, Quantity
from src.classes.battle import EnemyName
from src.classes.guild import GuildName

BATCH_TRADES_MAX = 1_000
LINES_MAX = 1_000

Username = Annotated[
    str, Meta(min_length=1, max_length=64, description="1 to 64 characters; need not be unique")
]


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """Some units of one item."""

    item_id: ItemId
    quantity: Quantity


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """What one player gives: coins and items."""

    player_id: PlayerId
    gold: Gold = 0
    items: Annotated[tuple[Line, ...], Meta(max_length=LINES_MAX)] = ()


class TradeOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A trade of two players: what each side gives."""

    player_1: Side
    player_2: Side


class BatchOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Trades to settle or refuse one by one, in order."""

    trades: Annotated[tuple[TradeOrder, ...], Meta(min_length=1, max_length=BATCH_TRADES_MAX)]


class ShopOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Some units to buy from the shop, or to sell to it, at its price."""

    item_id: ItemId
    quantity: Quantity = 1


class PlayerOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A new player. A class that is not named is drawn by share."""

    username: Username | None = None
    player_class: str | None = None


class BattleOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A battle to enter, with a weapon that the player holds or with bare hands."""

    enemy: EnemyName
    weapon_item_id: ItemId | None = None


class GuildOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The guild to join or to leave."""

    guild: GuildName


class FoundGuildOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A new guild: `fee` is what joining costs, in coins."""

    name: GuildName
    fee: Gold = 0
    region: Annotated[str, Meta(max_length=64)] | None = None
