"""The eleven classes, and how players are drawn."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from src.inventory_generation.starter import draw_class, starter_inventory
from src.inventory_generation.usernames import draw_username, load_names
from tests.support.rules import CATALOGUE, CLASSES

STARTERS = [
    ("blacksmith", 10, 1_000, {1: 400, 2: 499}),
    ("alchemist", 10, 1_000, {3: 100, 4: 799}),
    ("farmer", 20, 500, {5: 500, 6: 399}),
    ("hunter", 20, 500, {7: 450, 8: 449}),
    ("tailor", 10, 1_000, {9: 700, 10: 199}),
    ("trader", 5, 50_000, {11: 880, 12: 19}),
    ("aristocrat", 5, 5_000_000, {13: 3, 14: 896}),
    ("leatherworker", 10, 1_000, {15: 899}),
    ("banker", 5, 10_000_000, {17: 100, 18: 799}),
    ("warrior", 5, 500, {19: 898, 20: 1}),
    ("adventurer", 0, 100_000_000, {}),
]


@pytest.mark.parametrize(("name", "share", "gold", "items"), STARTERS)
def test_a_class_begins_with_its_goods(
    name: str, share: int, gold: int, items: dict[int, int]
) -> None:
    player_class = CLASSES[name]
    inventory = starter_inventory(player_class)
    assert (player_class.share, player_class.gold, inventory.items) == (share, gold, items)
    if name == "adventurer":
        assert (inventory.max_capacity, inventory.used_capacity) == (1_000_000, 0)
    else:
        assert (inventory.max_capacity, inventory.used_capacity) == (999, 899)
    assert all(item_id in CATALOGUE for item_id in inventory.items)


def test_there_are_eleven_classes() -> None:
    assert list(CLASSES) == [name for name, *_ in STARTERS]


def test_a_starter_inventory_is_nobody_elses() -> None:
    starter_inventory(CLASSES["farmer"]).items.clear()
    assert starter_inventory(CLASSES["farmer"]).items == {5: 500, 6: 399}


def test_classes_are_drawn_by_share() -> None:
    random = Random(2026)  # noqa: S311 - a draw, not a secret
    drawn = Counter(draw_class(CLASSES, random).name for _ in range(100_000))
    assert "adventurer" not in drawn
    for name, share, *_ in STARTERS[:-1]:
        # Five standard deviations of a binomial count at most.
        assert abs(drawn[name] - 1_000 * share) < 5 * (1_000 * share * (1 - share / 100)) ** 0.5


def test_the_same_seed_draws_the_same() -> None:
    names = load_names()

    def drawn(seed: int) -> list[tuple[str, str]]:
        random = Random(seed)  # noqa: S311 - as above
        return [(draw_class(CLASSES, random).name, draw_username(names, random)) for _ in range(50)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_drawn_name_is_a_given_and_a_family_name() -> None:
    names = load_names()
    random = Random(3)  # noqa: S311 - a draw, not a secret
    given, family = draw_username(names, random).split(" ")
    assert given in names.given
    assert family in names.family


def test_no_name_is_listed_twice() -> None:
    names = load_names()
    assert len(set(names.given)) == len(names.given)
    assert len(set(names.family)) == len(names.family)
