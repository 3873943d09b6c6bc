"""Player states as the log tells them: rows of the tables, or events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from src.audit.sql import check_sql
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.economy.engine import Engine
from src.events.definitions import PlayerStateEvent


def states(engine: Engine, name: str, parameters: Sequence[int]) -> Iterator[Player]:
    """Iterate over the states that `checks/<name>.sql` finds."""
    answer = engine.ask(check_sql(name), parameters)
    for row in answer.records():
        items = {stack["item_id"]: stack["quantity"] for stack in row["items"]}
        yield Player(
            player_id=row["player_id"],
            version=row["version"],
            username=row["username"],
            player_class=row["player_class"],
            guild=row["guild"],
            gold=row["gold"],
            inventory=Inventory(row["max_capacity"], dict(sorted(items.items()))),
        )


def state_of(event: PlayerStateEvent) -> Player:
    """Return the state that an event tells."""
    items = {stack.item_id: stack.quantity for stack in event.items}
    return Player(
        player_id=event.player_id,
        version=event.version,
        username=event.username,
        player_class=event.player_class,
        guild=event.guild,
        gold=event.gold,
        inventory=Inventory(event.max_capacity, dict(sorted(items.items()))),
    )


def digest(player: Player) -> bytes:
    """Return 16 bytes that are the same for equal states and differ for different ones."""
    return hashlib.blake2b(msgspec.json.encode(player), digest_size=16).digest()
