"""The files of `data/` are read whole, or refused with the file and the fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from src.classes.amounts import AMOUNT_MAX
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.data_files import DATA, DataError
from src.inventory_generation.guilds import load_guilds
from src.inventory_generation.player_classes import load_classes
from src.inventory_generation.usernames import load_names
from tests.support.rules import CATALOGUE

Change = Callable[[Any], Any]


def changed(name: str, change: Change, folder: Path) -> Path:
    """Write one of the real files with one change, and return where."""
    content = json.loads((DATA / name).read_text())
    changed_content = change(content)
    path = folder / name
    path.write_text(json.dumps(content if changed_content is None else changed_content))
    return path


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda classes: classes[2].update(share=19), "the shares add up to 99, not to 100"),
        (lambda classes: classes[2].update(share=-1), "Expected `int` >= 0"),
        (
            lambda classes: classes[2]["items"][0].update(item_id=16),
            "class farmer: the catalogue has no item 16",
        ),
        (
            lambda classes: classes[2]["items"][0].update(quantity=601),
            "class farmer: 1000 units do not fit into a capacity of 999",
        ),
        (lambda classes: classes[2]["items"][0].update(quantity=0), "Expected `int` >= 1"),
        (
            lambda classes: classes[2]["items"][1].update(item_id=5),
            "class farmer: item 5 stands on two lines",
        ),
        (
            lambda classes: classes[2].update(gold=0, items=[]),
            "class farmer: it begins with nothing",
        ),
        (
            lambda classes: classes[2].update(capacity=AMOUNT_MAX),
            f"class farmer: {AMOUNT_MAX} units worth 1000000 each pass",
        ),
        (lambda classes: classes[2].update(name="hunter"), "two classes are called 'hunter'"),
        (lambda classes: classes[2].update(colour="green"), "unknown field `colour`"),
        (lambda classes: classes[2].pop("gold"), "missing required field `gold`"),
    ],
)
def test_faulty_classes_are_refused(tmp_path: Path, change: Change, fault: str) -> None:
    path = changed("classes.json", lambda classes: (change(classes), classes)[1], tmp_path)
    with pytest.raises(DataError) as refused:
        load_classes(CATALOGUE, path)
    assert str(refused.value).startswith(f"{path}: ")
    assert fault in refused.value.fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda items: items[0].update(item_id=2), "the same item_id"),
        (lambda items: items[0].update(name="Milk"), "two items are called 'Milk'"),
        (lambda items: items[0].update(value=-1), "Expected `int` >= 0"),
        (lambda items: items[0].update(value=1.5), "Expected `int`, got `float`"),
        (lambda items: items[0].update(metal="iron"), "unknown field `metal`"),
    ],
)
def test_a_faulty_catalogue_is_refused(tmp_path: Path, change: Change, fault: str) -> None:
    path = changed("items.json", lambda items: (change(items), items)[1], tmp_path)
    with pytest.raises(DataError) as refused:
        load_catalogue(path)
    assert fault in refused.value.fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda guilds: guilds[0].update(name="Wayfarers"), "two guilds are called 'Wayfarers'"),
        (lambda guilds: guilds[0].update(name="a:b"), "matching regex"),
        (lambda guilds: guilds[0].update(fees=1), "unknown field `fees`"),
    ],
)
def test_faulty_guilds_are_refused(tmp_path: Path, change: Change, fault: str) -> None:
    path = changed("guilds.json", lambda guilds: (change(guilds), guilds)[1], tmp_path)
    with pytest.raises(DataError) as refused:
        load_guilds(path)
    assert fault in refused.value.fault


def test_names_to_draw_from_are_needed(tmp_path: Path) -> None:
    path = changed("names.json", lambda names: {**names, "given": []}, tmp_path)
    with pytest.raises(DataError, match="length >= 1"):
        load_names(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"items\.json: cannot be read: No such file"):
        load_catalogue(tmp_path / "items.json")


def test_a_file_that_is_not_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text('[{"item_id": 1,')
    with pytest.raises(DataError, match="truncated"):
        load_catalogue(path)
