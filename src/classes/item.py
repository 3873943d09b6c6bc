"""An item of the catalogue, and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from src.classes.amounts import Gold, ItemId
from src.classes.errors import Reason, RuleError

#: Kinds of items that a battle can be fought with.
WEAPON_KINDS = frozenset({"sword", "shield", "bow", "spear", "dagger", "spell"})


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be owned, as the catalogue describes it.

    `value` is the base value of one unit in coins. `material`, `power_level` and `magical`
    describe weapons and stay empty for other goods.
    """

    item_id: ItemId
    name: str
    kind: str
    value: Gold
    level: int = 1
    material: str | None = None
    power_level: int | None = None
    magical: bool = False
    rarity: str = "common"

    @property
    def is_weapon(self) -> bool:
        """Whether a battle can be fought with it."""
        return self.kind in WEAPON_KINDS


class Catalogue:
    """All items that exist, by id. Immutable."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Hold `items`.

        Raises:
            ValueError: two items have one id.
        """
        ordered = sorted(items, key=lambda item: item.item_id)
        self._by_id: Mapping[int, Item] = {item.item_id: item for item in ordered}
        if len(self._by_id) != len(ordered):
            raise ValueError("two items of the catalogue have the same item_id")
        self._values: Mapping[int, int] = {item.item_id: item.value for item in ordered}

    def __contains__(self, item_id: object) -> bool:
        """Say whether an item has this id."""
        return item_id in self._by_id

    def __iter__(self) -> Iterator[Item]:
        """Iterate over all items by rising id."""
        return iter(self._by_id.values())

    def __len__(self) -> int:
        """Count the items."""
        return len(self._by_id)

    def item(self, item_id: int) -> Item:
        """Return the item with this id.

        Raises:
            RuleError: unknown_item.
        """
        try:
            return self._by_id[item_id]
        except KeyError:
            raise RuleError(Reason.UNKNOWN_ITEM, item_id=item_id) from None

    def value_of(self, item_id: int) -> int | None:
        """Return the base value of one unit in coins, or None for an unknown item."""
        return self._values.get(item_id)
