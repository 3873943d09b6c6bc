"""The enemies of `data/enemies.json`; `docs/reference/catalogue.md` explains their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from src.classes.amounts import AMOUNT_MAX
from src.classes.battle import Enemy
from src.classes.item import Catalogue
from src.inventory_generation.data_files import DATA, DataError, read_data, refuse_doubles


def load_enemies(catalogue: Catalogue, path: Path = DATA / "enemies.json") -> Mapping[str, Enemy]:
    """Return the enemies by name, in the order of the file.

    Args:
        catalogue: the items that they may leave behind.
        path: the file.

    Raises:
        DataError: the file has a fault, there is no enemy, two share a name, or one has loot that
            the catalogue does not know or that stands on two lines.
    """
    enemies = read_data(path, tuple[Enemy, ...])
    if not enemies:
        raise DataError(path, "there is no enemy")
    refuse_doubles(path, "enemies", [enemy.name for enemy in enemies])
    for enemy in enemies:
        if fault := _fault(enemy, catalogue):
            raise DataError(path, f"enemy {enemy.name}: {fault}")
    return {enemy.name: enemy for enemy in enemies}


def _fault(enemy: Enemy, catalogue: Catalogue) -> str | None:
    """Return why nobody could win against this enemy, or None."""
    ids = [item_id for item_id, _ in enemy.loot]
    for item_id in ids:
        if item_id not in catalogue:
            return f"the catalogue has no item {item_id}"
        if ids.count(item_id) > 1:
            return f"item {item_id} stands on two lines"
    if sum(quantity for _, quantity in enemy.loot) > AMOUNT_MAX:
        return "its loot fits into no inventory"
    return None
