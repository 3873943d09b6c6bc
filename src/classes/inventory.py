"""An inventory: how many units of which items, within a capacity. Immutable."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from src.classes.amounts import ItemId, Quantity


class Inventory(Struct, frozen=True):
    """Stacks by item id, in units; no stack is zero. The capacity counts units of all items."""

    max_capacity: Quantity
    items: dict[ItemId, Quantity] = {}

    @property
    def used_capacity(self) -> int:
        """Units held."""
        return sum(self.items.values())

    @property
    def free_capacity(self) -> int:
        """Units that still fit."""
        return self.max_capacity - self.used_capacity

    def quantity_of(self, item_id: int) -> int:
        """Return how many units of an item are held, 0 when none."""
        return self.items.get(item_id, 0)

    def moved(self, changes: Mapping[int, int]) -> Inventory:
        """Return the inventory after `changes`, units by item id, negative for what is given.

        The caller has checked ownership and space; a stack that reaches zero is left out, and
        stacks are kept by rising item id, so that equal inventories are equal bytes.
        """
        after = dict(self.items)
        for item_id, change in changes.items():
            quantity = after.get(item_id, 0) + change
            if quantity:
                after[item_id] = quantity
            else:
                after.pop(item_id, None)
        if not after.keys() <= self.items.keys():
            after = {item_id: after[item_id] for item_id in sorted(after)}
        return Inventory(self.max_capacity, after)
