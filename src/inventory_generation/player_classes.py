"""The player classes of `data/classes.json`: what each begins with and how often it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from src.classes.amounts import AMOUNT_MAX, Gold, ItemId, Quantity
from src.classes.item import Catalogue
from src.inventory_generation.data_files import DATA, DataError, read_data, refuse_doubles

Share = Annotated[int, Meta(ge=0, le=100, description="percent of the players")]

SHARES_TOTAL = 100


class StarterStack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of a starter inventory, in units."""

    item_id: ItemId
    quantity: Quantity


class PlayerClass(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a player of this class begins with.

    `share` is the percentage of drawn players; a class of share 0 is never drawn, only named.
    `gold` is in coins, `capacity` in units.
    """

    name: Annotated[str, Meta(min_length=1, max_length=32)]
    share: Share
    gold: Gold
    capacity: Quantity
    items: tuple[StarterStack, ...] = ()

    @property
    def stacks(self) -> tuple[tuple[int, int], ...]:
        """The starter items as pairs of item id and units."""
        return tuple((stack.item_id, stack.quantity) for stack in self.items)


def load_classes(
    catalogue: Catalogue, path: Path = DATA / "classes.json"
) -> Mapping[str, PlayerClass]:
    """Return the classes by name, in the order of the file.

    Args:
        catalogue: the items that the classes may hold.
        path: the file.

    Raises:
        DataError: the file has a fault, two classes share a name, the shares do not add up to
            100, or a class cannot begin with what it is given.
    """
    classes = read_data(path, tuple[PlayerClass, ...])
    refuse_doubles(path, "classes", [each.name for each in classes])
    total = sum(each.share for each in classes)
    if total != SHARES_TOTAL:
        raise DataError(path, f"the shares add up to {total}, not to {SHARES_TOTAL}")
    for each in classes:
        if fault := _fault(each, catalogue):
            raise DataError(path, f"class {each.name}: {fault}")
    return {each.name: each for each in classes}


def _fault(player_class: PlayerClass, catalogue: Catalogue) -> str | None:
    """Return why players of this class could not be created, or None."""
    ids = [stack.item_id for stack in player_class.items]
    for item_id in ids:
        if item_id not in catalogue:
            return f"the catalogue has no item {item_id}"
        if ids.count(item_id) > 1:
            return f"item {item_id} stands on two lines"
    units = sum(stack.quantity for stack in player_class.items)
    if units > player_class.capacity:
        return f"{units} units do not fit into a capacity of {player_class.capacity}"
    if not units and not player_class.gold:
        return "it begins with nothing, and an empty grant is refused"
    # Else a full inventory of the dearest item would have a value that cannot be written down.
    dearest = max((item.value for item in catalogue), default=0)
    if dearest * player_class.capacity > AMOUNT_MAX:
        return f"{player_class.capacity} units worth {dearest} each pass {AMOUNT_MAX} coins"
    return None
