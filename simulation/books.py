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
    """What one player owns: coins, units by item id, units of room in all, its guild.

    For a plan this is what it owns at least, since the server decides battles: `reserved` is the
    room that spoils may have taken.
    """

    gold: int
    items: dict[int, int]
    capacity: int
    guild: str | None = None
    reserved: int = 0

    @property
    def free(self) -> int:
        """Units that fit in any case."""
        return self.capacity - self.reserved - sum(self.items.values())

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
        """Book an action that was settled, and is no battle.

        Two threads may post at once for different players.
        """
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

    def post_battle(self, action: Action, *, is_won: bool) -> None:
        """Book a battle that ended: the reward, or the toll, and no more than there is."""
        holding = self.holdings[action.player]
        if is_won:
            holding.receive(action.takes)
        else:
            holding.gold -= min(action.gives.gold, holding.gold)

    def post_worst(self, action: Action) -> None:
        """Book a battle whose end is not known: a toll that was paid, and room that was taken."""
        self.post_battle(action, is_won=False)
        holding = self.holdings[action.player]
        holding.reserved += sum(units for _, units in action.takes.items)
