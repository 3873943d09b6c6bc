"""What the simulated players know of the game: what exists, what it costs, whom one can join."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from src.classes.battle import Enemy
from src.classes.guild import Guild
from src.classes.item import Catalogue, Item
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.enemies import load_enemies
from src.inventory_generation.guilds import load_guilds
from src.inventory_generation.player_classes import PlayerClass, load_classes
from src.inventory_generation.usernames import Names, load_names

#: What players buy for themselves, and how many of 100 purchases are of that kind.
WANTED_KINDS = {
    "sword": 46,
    "shield": 12,
    "bow": 10,
    "spear": 8,
    "dagger": 8,
    "spell": 6,
    "potion": 10,
}


class World(Struct, frozen=True, kw_only=True):
    """The files of `data/`; `wanted` holds the items of each kind that players buy."""

    catalogue: Catalogue
    classes: Mapping[str, PlayerClass]
    guilds: tuple[Guild, ...]
    enemies: tuple[Enemy, ...]
    names: Names
    wanted: Mapping[str, tuple[Item, ...]]


def load_world() -> World:
    """Return the world that a new realm begins with.

    Raises:
        DataError: a file of `data/` has a fault.
    """
    catalogue = load_catalogue()
    return World(
        catalogue=catalogue,
        classes=load_classes(catalogue),
        guilds=load_guilds(),
        enemies=tuple(load_enemies(catalogue).values()),
        names=load_names(),
        wanted={
            kind: tuple(item for item in catalogue if item.kind == kind) for kind in WANTED_KINDS
        },
    )
