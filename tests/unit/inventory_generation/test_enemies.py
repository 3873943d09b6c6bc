"""The enemies of the data file can be fought, and a wrong file says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from src.classes.battle import BARE_HANDS
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.data_files import DataError
from src.inventory_generation.enemies import load_enemies

CATALOGUE = load_catalogue()
RAT = {"name": "Rat", "strength": 1}


def written(tmp_path: Path, enemies: Any) -> Path:
    path = tmp_path / "enemies.json"
    path.write_text(json.dumps(enemies))
    return path


def test_the_enemies_are_told_apart_whatever_case_a_client_writes_them_in() -> None:
    enemies = load_enemies(CATALOGUE)
    assert len({name.casefold() for name in enemies}) == len(enemies)
    assert "Exodus" in enemies


def test_the_weakest_comes_first_and_is_even_with_bare_hands() -> None:
    enemies = list(load_enemies(CATALOGUE).values())
    strengths = [enemy.strength for enemy in enemies]
    assert strengths == sorted(strengths)
    assert (enemies[0].strength, enemies[0].gold) == (BARE_HANDS, enemies[0].toll)


def test_the_stronger_an_enemy_the_better_armed_who_breaks_even_against_it() -> None:
    fair = []
    for enemy in load_enemies(CATALOGUE).values():
        reward = enemy.gold + sum(n * CATALOGUE.item(i).value for i, n in enemy.loot)
        # With this might, what is won on average is what is lost.
        fair.append(enemy.strength * enemy.toll / reward)
    assert fair == sorted(fair)
    assert all(BARE_HANDS <= each <= 250 for each in fair)


@pytest.mark.parametrize(
    ("enemies", "fault"),
    [
        ([], "there is no enemy"),
        ([RAT, RAT], "two enemies are called 'Rat'"),
        ([{**RAT, "strength": 0}], "strength"),
        ([{**RAT, "gold": -1}], "gold"),
        ([{**RAT, "toll": 1.5}], "toll"),
        ([{**RAT, "name": "Rat\n"}], "name"),
        ([{**RAT, "loot": 1}], "loot"),
        ([{**RAT, "items": [{"item_id": 16, "quantity": 1}]}], "the catalogue has no item 16"),
        (
            [{**RAT, "items": [{"item_id": 5, "quantity": 1}] * 2}],
            "enemy Rat: item 5 stands on two lines",
        ),
        (
            [{**RAT, "items": [{"item_id": i, "quantity": 2**53 - 1} for i in (5, 6)]}],
            "fits into no inventory",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_what_is_wrong(
    tmp_path: Path, enemies: Any, fault: str
) -> None:
    path = written(tmp_path, enemies)
    with pytest.raises(DataError) as told:
        load_enemies(CATALOGUE, path)
    assert str(path) in str(told.value)
    assert fault in str(told.value)
