"""The catalogue of `data/items.json`; `docs/reference/catalogue.md` explains its ids and values."""

from __future__ import annotations

from pathlib import Path

from src.classes.item import Catalogue, Item
from src.inventory_generation.data_files import DATA, DataError, read_data, refuse_doubles


def load_catalogue(path: Path = DATA / "items.json") -> Catalogue:
    """Return the items that exist.

    Raises:
        DataError: the file has a fault, or two items share an id or a name.
    """
    items = read_data(path, list[Item])
    refuse_doubles(path, "items", [item.name for item in items])
    try:
        return Catalogue(items)
    except ValueError as error:
        raise DataError(path, str(error)) from error
