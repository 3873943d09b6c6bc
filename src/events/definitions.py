"""What a `trade` and a `player_state` event are: names, types and meaning of each field.

`src/events/fields.py` walks these classes; the JSON Schemas, the Spark schemas, the tables and
`docs/reference/events.md` all come from that walk.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

SCHEMA_VERSION = 1

TOPIC_TRADE = "trade"
TOPIC_PLAYER_STATE = "player_state"


class Event(Struct, frozen=True, kw_only=True, tag_field="event_type"):
    """The envelope: what every event carries."""

    event_id: Annotated[str, Meta(description="This event's own id, a UUIDv7.")]
    schema_version: Annotated[
        int, Meta(description="The version of this definition that the event was written by.")
    ] = SCHEMA_VERSION
    realm: Annotated[str, Meta(description="The game world that the event belongs to.")]
    seq: Annotated[
        int | UnsetType,
        Meta(description="The event's number in its realm, contiguous from 1."),
    ] = UNSET
    occurred_at: Annotated[datetime, Meta(tz=True, description="When the commit was decided, UTC.")]
    request_id: Annotated[
        str | None, Meta(description="The HTTP request that caused the event.")
    ] = None

    @property
    def key(self) -> str:
        """What Kafka orders and partitions the event by."""
        raise NotImplementedError


class LegRecord(Struct, frozen=True, kw_only=True):
    """One asset moving from one account to another."""

    leg_no: Annotated[int, Meta(description="The leg's number in its trade, from 1.")]
    from_account: Annotated[
        str, Meta(description="Where it comes from: `player:<id>` or `house:<name>`.")
    ]
    to_account: Annotated[str, Meta(description="Where it goes to.")]
    asset: Annotated[Literal["gold", "item"], Meta(description="What moves.")]
    item_id: Annotated[int | None, Meta(description="Which item; null for gold.")] = None
    item_uid: Annotated[
        str | None, Meta(description="Which single piece; null for goods that stack.")
    ] = None
    quantity: Annotated[int, Meta(description="Coins, or units of the item.")]
    unit_value: Annotated[
        int | None,
        Meta(description="Base value of one unit in coins; 1 for gold, null for unknown items."),
    ] = None


class TradeEvent(Event, frozen=True, kw_only=True, tag=TOPIC_TRADE):
    """A trade that was settled or refused. A refused one carries what was asked for."""

    trade_id: Annotated[str, Meta(description="The trade's id, a UUIDv7.")]
    kind: Annotated[str, Meta(description="What the trade is for, as `player_trade`.")]
    status: Annotated[Literal["settled", "rejected"], Meta(description="Whether the legs moved.")]
    reason: Annotated[str | None, Meta(description="Why it was refused; null when settled.")] = None
    player_1_id: Annotated[int, Meta(description="The player that the trade names first.")]
    player_2_id: Annotated[
        int | None, Meta(description="Its partner; null when that is the house.")
    ] = None
    guild: Annotated[str | None, Meta(description="The guild joined or left, or that grants.")] = (
        None
    )
    enemy: Annotated[str | None, Meta(description="The enemy of a battle.")] = None
    outcome: Annotated[str | None, Meta(description="How a battle ended: `won` or `lost`.")] = None
    weapon_item_id: Annotated[
        int | None, Meta(description="The item that a battle was fought with.")
    ] = None
    asked: Annotated[
        str | None,
        Meta(description="JSON of what the client said that the server did not take as fact."),
    ] = None
    legs: Annotated[list[LegRecord], Meta(description="What moves, in order.")]

    @property
    def key(self) -> str:
        """The trade."""
        return self.trade_id


class StackRecord(Struct, frozen=True, kw_only=True):
    """One stack of an inventory."""

    item_id: Annotated[int, Meta(description="Which item.")]
    item_uid: Annotated[
        str | None, Meta(description="Which single piece; null for goods that stack.")
    ] = None
    quantity: Annotated[int, Meta(description="Units held.")]
    unit_value: Annotated[int | None, Meta(description="Base value of one unit in coins.")] = None


class PlayerStateEvent(Event, frozen=True, kw_only=True, tag=TOPIC_PLAYER_STATE):
    """All that a player owns and is, right after a trade changed it."""

    player_id: Annotated[int, Meta(description="Whose state it is.")]
    version: Annotated[int, Meta(description="Counts the player's states, contiguous from 1.")]
    cause_trade_id: Annotated[str, Meta(description="The trade that led to it.")]
    username: Annotated[str, Meta(description="The player's name, as given.")]
    player_class: Annotated[str, Meta(description="The player's class, as `farmer`.")]
    guild: Annotated[str | None, Meta(description="The guild it is in; null when in none.")] = None
    gold: Annotated[int, Meta(description="Coins held.")]
    max_capacity: Annotated[int, Meta(description="Units that its inventory can hold.")]
    used_capacity: Annotated[int, Meta(description="Units that it holds.")]
    distinct_items: Annotated[int, Meta(description="How many different items it holds.")]
    inventory_value: Annotated[
        int, Meta(description="Base value of all units held, in coins, gold not counted.")
    ]
    items: Annotated[list[StackRecord], Meta(description="The stacks, by rising item_id.")]

    @property
    def key(self) -> str:
        """The player: its states stay in order."""
        return str(self.player_id)


#: The events by topic; a topic carries events of one type, and is named after it.
EVENTS: dict[str, type[Event]] = {
    TOPIC_TRADE: TradeEvent,
    TOPIC_PLAYER_STATE: PlayerStateEvent,
}
