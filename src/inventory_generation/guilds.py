"""The guilds that a new realm begins with, from `data/guilds.json`."""

from __future__ import annotations

from pathlib import Path

from src.classes.guild import Guild
from src.inventory_generation.data_files import DATA, read_data, refuse_doubles


def load_guilds(path: Path = DATA / "guilds.json") -> tuple[Guild, ...]:
    """Return the guilds in the order of the file.

    Raises:
        DataError: the file has a fault, or two guilds share a name.
    """
    guilds = read_data(path, tuple[Guild, ...])
    refuse_doubles(path, "guilds", [guild.name for guild in guilds])
    return guilds
