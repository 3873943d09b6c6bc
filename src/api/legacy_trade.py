"""`POST /trade` of old clients: both players' whole states in, both whole states out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from src.classes.amounts import AMOUNT_MAX, Gold, ItemId, PlayerId
from src.classes.claim import Claim
from src.classes.inventory import Inventory
from src.classes.item import Catalogue
from src.classes.player import Player
from src.services.orders import LINES_MAX, Line, Side, TradeOrder
from src.services.trade_service import ClaimedTold

_TIME = "%m/%d/%Y, %H:%M:%S.%f"

Units = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]


class SaidStack(Struct, frozen=True):
    """A stack as a client describes it. Fields that are not here are not looked at."""

    item_id: int
    quantity: int
    name: str | None = None
    level: int | None = None
    value: int | None = None


class SaidInventory(Struct, frozen=True):
    """An inventory as a client describes it; `current_capacity` is what is free, in units."""

    max_capacity: int
    current_capacity: int
    items: tuple[SaidStack, ...]


class OfferedStack(Struct, frozen=True):
    """Units of an item that a player gives."""

    item_id: ItemId
    quantity: Units


class SaidSide(Struct, frozen=True):
    """One player: what it is said to hold, and what it gives."""

    player_id: PlayerId
    gold: int
    inventory: SaidInventory
    items_traded: Annotated[tuple[OfferedStack, ...], Meta(max_length=LINES_MAX)] = ()
    gold_traded: Gold = 0


class WholeTrade(Struct, frozen=True):
    """A trade as old clients send it."""

    player_1: SaidSide
    player_2: SaidSide

    @property
    def sides(self) -> tuple[SaidSide, SaidSide]:
        """Both sides in order."""
        return self.player_1, self.player_2


def order_of(trade: WholeTrade) -> TradeOrder:
    """Return what each side gives; lines of zero units are nothing."""
    one, two = (
        Side(
            side.player_id,
            side.gold_traded,
            tuple(Line(each.item_id, each.quantity) for each in side.items_traded if each.quantity),
        )
        for side in trade.sides
    )
    return TradeOrder(one, two)


def claims_of(trade: WholeTrade, catalogue: Catalogue) -> dict[int, Claim]:
    """Return what each player is said to hold, by id."""
    return {side.player_id: _claim(side, catalogue) for side in trade.sides}


def words_of(trade: WholeTrade) -> dict[str, Any]:
    """Return the claims as words for the event: coins, and units of all items."""
    return {
        f"player_{number}.{name}": value
        for number, side in enumerate(trade.sides, 1)
        for name, value in (
            ("gold", side.gold),
            ("units", sum(each.quantity for each in side.inventory.items)),
        )
    }


def answer_of(
    trade: WholeTrade, result: ClaimedTold, catalogue: Catalogue, now: datetime
) -> dict[str, Any]:
    """Return the answer: both states as they are left, and why nothing happened if nothing did.

    Args:
        trade: what was asked for.
        result: what became of it.
        catalogue: names, levels and values.
        now: the time that a refusal tells; a settled trade tells its own.
    """
    outcome = result.told.outcome
    states: dict[str, Any] = {}
    for number, side in enumerate(trade.sides, 1):
        player = result.players.get(side.player_id)
        states[f"player_{number}"] = None if player is None else _state(player, catalogue)
    if outcome.status == "rejected":
        return {
            **states,
            "is_valid": False,
            "fail_reason": _sentence(trade, outcome.reason or "", outcome.facts),
            "trade_time": now.strftime(_TIME),
        }
    for number, side in enumerate(trade.sides, 1):
        offered = {each.item_id: 0 for each in side.items_traded if each.quantity}
        for each in side.items_traded:
            if each.quantity:
                offered[each.item_id] += each.quantity
        states[f"player_{number}"] |= {
            "items_traded": _stacks(offered, catalogue),
            "gold_traded": side.gold_traded,
        }
    settled_at = outcome.settled_at or now
    return {
        **states,
        "is_valid": True,
        "fail_reason": "N/A",
        "trade_time": settled_at.strftime(_TIME),
    }


_FAULTS: Mapping[str, str] = {
    "insufficient_gold": "does not have enough gold",
    "no_space": "does not have enough space in its inventory",
    "missing_items": "does not have the items that it gives",
    "amount_limit": "would have more gold than can be counted",
    "unknown_player": "does not exist",
}


def _sentence(trade: WholeTrade, reason: str, facts: Mapping[str, Any]) -> str:
    """Say which player is at fault and how, then the reason's word."""
    fault = _FAULTS.get(reason)
    if reason == "claim_differs":
        fault = f"does not have the {facts['claimed']} that the request says"
    for number, side in enumerate(trade.sides, 1):
        if fault is not None and side.player_id == facts.get("player_id"):
            return f"Player {number} (player_id = {side.player_id}) {fault}: {reason}."
    named = ", ".join(f"{name} = {value}" for name, value in facts.items())
    return f"The trade is refused ({named}): {reason}." if named else f"Refused: {reason}."


def _claim(side: SaidSide, catalogue: Catalogue) -> Claim:
    items: dict[int, int] = {}
    for each in side.inventory.items:
        items[each.item_id] = items.get(each.item_id, 0) + each.quantity
    return Claim(
        gold=side.gold,
        max_capacity=side.inventory.max_capacity,
        free_capacity=side.inventory.current_capacity,
        items=items,
        is_consistent=all(_is_described(each, catalogue) for each in side.inventory.items),
    )


def _is_described(said: SaidStack, catalogue: Catalogue) -> bool:
    """Say whether a stack is an item of the catalogue and described as there."""
    if said.item_id not in catalogue or said.quantity < 0:
        return False
    item = catalogue.item(said.item_id)
    return (
        said.name in {None, item.name}
        and said.level in {None, item.level}
        and said.value in {None, item.value}
    )


def _state(player: Player, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "player_id": player.player_id,
        "username": player.username,
        "player_class": player.player_class,
        "gold": player.gold,
        "inventory": _inventory(player.inventory, catalogue),
    }


def _inventory(inventory: Inventory, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "max_capacity": inventory.max_capacity,
        "current_capacity": inventory.free_capacity,
        "items": _stacks(inventory.items, catalogue),
    }


def _stacks(items: Mapping[int, int], catalogue: Catalogue) -> list[dict[str, Any]]:
    stacks = []
    for item_id, quantity in items.items():
        item = catalogue.item(item_id)
        stacks.append(
            {
                "item_id": item_id,
                "name": item.name,
                "level": item.level,
                "value": item.value,
                "quantity": quantity,
            }
        )
    return stacks
