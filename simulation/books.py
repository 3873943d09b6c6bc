"""Books of what simulated players own: kept by the plan ahead, and by the auditor behind.

They are written apart from the rules of `src/classes`, so that a fault there is not repeated here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from msgspec import Struct

from simulation.actions import Action, Gift
from src.inventory_generation.player_classes import PlayerClass


class Holding(Struct, kw_only=True):
    """What one player owns: coins, units by item id, units of room in all, its guild."""

    gold: int
    items: dict[int, int]
    capacity: int
    guild: str | None = None

    @property
    def free(self) -> int:
        """Units that still fit."""
        return self.capacity - sum(self.items.values())

    def give(self, gift: Gift) -> None:
        """Take a gift out."""
        self.gold -= gift.gold
        for item_id, quantity in gift.items:
            self.items[item_id] = self.items.get(item_id, 0) - quantity
            if not self.items[item_id]:
                del self.items[item_id]

    def receive(self, gift: Gift) -> None:
        """Put a gift in."""
        self.gold += gift.gold
        for item_id, quantity in gift.items:
            self.items[item_id] = self.items.get(item_id, 0) + quantity


class Books:
    """The holdings of all players, by their place in the plan."""

    def __init__(self, classes: Iterable[PlayerClass]) -> None:
        """Open the books of players that begin as these classes do."""
        self.holdings = [
            Holding(gold=each.gold, items=dict(each.stacks), capacity=each.capacity)
            for each in classes
        ]

    @classmethod
    def of(cls, holdings: Iterable[Holding]) -> Self:
        """Open the books of players that hold this."""
        books = cls(())
        books.holdings = list(holdings)
        return books

    def post(self, action: Action) -> None:
        """Book an action that was settled. Two threads may post at once for different players."""
        holding = self.holdings[action.player]
        holding.give(action.gives)
        holding.receive(action.takes)
        if action.partner is not None:
            partner = self.holdings[action.partner]
            partner.give(action.takes)
            partner.receive(action.gives)
        if action.kind == "guild_join":
            holding.guild = action.guild
        elif action.kind == "guild_leave":
            holding.guild = None
