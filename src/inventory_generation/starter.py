"""New players: a class drawn by share, and the inventory that it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from src.classes.inventory import Inventory
from src.inventory_generation.player_classes import PlayerClass


def draw_class(classes: Mapping[str, PlayerClass], random: Random) -> PlayerClass:
    """Draw a class, each with the probability of its share; a class of share 0 is never drawn."""
    drawable = [each for each in classes.values() if each.share]
    return random.choices(drawable, weights=[each.share for each in drawable])[0]


def starter_inventory(player_class: PlayerClass) -> Inventory:
    """Return what a player of this class holds at first, by rising item id."""
    return Inventory(player_class.capacity, dict(sorted(player_class.stacks)))
