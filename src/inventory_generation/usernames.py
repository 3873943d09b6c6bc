"""Names for players that come without one, from `data/names.json`."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Annotated

from msgspec import Meta, Struct

from src.inventory_generation.data_files import DATA, read_data

NamePart = Annotated[str, Meta(pattern=r"^[A-Z][a-z]{1,15}$(?!\n)")]


class Names(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Given and family names to draw from."""

    given: Annotated[tuple[NamePart, ...], Meta(min_length=1)]
    family: Annotated[tuple[NamePart, ...], Meta(min_length=1)]


def load_names(path: Path = DATA / "names.json") -> Names:
    """Return the names to draw from.

    Raises:
        DataError: the file has a fault.
    """
    return read_data(path, Names)


def draw_username(names: Names, random: Random) -> str:
    """Draw a name such as `Nansa Reed`. Names repeat: a player is known by its id."""
    return f"{random.choice(names.given)} {random.choice(names.family)}"
