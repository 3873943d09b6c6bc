"""What the rules decided, written as events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.trade import Leg, Refusal, Settlement
from src.events.definitions import LegRecord, PlayerStateEvent, StackRecord, TradeEvent


class Stamp(Struct, frozen=True):
    """Where and when a command was decided, and what asked for it.

    `asked` is the JSON of what a client said that the server did not take as fact.
    """

    realm: str
    occurred_at: datetime
    request_id: str | None = None
    asked: str | None = None


class Recorder:
    """Writes events; `new_id` gives each its own id (a UUIDv7)."""

    def __init__(self, catalogue: Catalogue, new_id: Callable[[], str]) -> None:
        """Value assets by `catalogue`."""
        self._catalogue = catalogue
        self._new_id = new_id

    def trade(self, outcome: Settlement | Refusal, stamp: Stamp) -> TradeEvent:
        """Return the event of a trade that was settled or refused."""
        trade = outcome.trade
        refused = isinstance(outcome, Refusal)
        return TradeEvent(
            event_id=self._new_id(),
            realm=stamp.realm,
            occurred_at=stamp.occurred_at,
            request_id=stamp.request_id,
            trade_id=trade.trade_id,
            kind=trade.kind.value,
            status="rejected" if refused else "settled",
            reason=outcome.reason.word if isinstance(outcome, Refusal) else None,
            player_1_id=trade.player_1_id,
            player_2_id=trade.player_2_id,
            guild=trade.guild,
            enemy=trade.enemy,
            outcome=trade.outcome,
            weapon_item_id=trade.weapon_item_id,
            asked=stamp.asked,
            legs=[self._leg(number, leg) for number, leg in enumerate(trade.legs, 1)],
        )

    def player_state(self, player: Player, cause_trade_id: str, stamp: Stamp) -> PlayerStateEvent:
        """Return the event of a player's new state."""
        value_of = self._catalogue.value_of
        stacks, units, worth = [], 0, 0
        for item_id, quantity in player.inventory.items.items():
            value = value_of(item_id)
            stacks.append(StackRecord(item_id=item_id, quantity=quantity, unit_value=value))
            units += quantity
            worth += quantity * (value or 0)
        return PlayerStateEvent(
            event_id=self._new_id(),
            realm=stamp.realm,
            occurred_at=stamp.occurred_at,
            request_id=stamp.request_id,
            player_id=player.player_id,
            version=player.version,
            cause_trade_id=cause_trade_id,
            username=player.username,
            player_class=player.player_class,
            guild=player.guild,
            gold=player.gold,
            max_capacity=player.inventory.max_capacity,
            used_capacity=units,
            distinct_items=len(stacks),
            inventory_value=worth,
            items=stacks,
        )

    def _leg(self, number: int, leg: Leg) -> LegRecord:
        return LegRecord(
            leg_no=number,
            from_account=leg.from_account,
            to_account=leg.to_account,
            asset=leg.asset,
            item_id=leg.item_id,
            quantity=leg.quantity,
            unit_value=1 if leg.item_id is None else self._catalogue.value_of(leg.item_id),
        )
