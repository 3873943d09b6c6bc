"""The catalogue holds what docs/reference/catalogue.md says, by the rules that it states."""

from __future__ import annotations

import pytest

from src.classes.item import Item
from tests.support.rules import CATALOGUE, CLASSES

METAL_UNITS = {"sword": 2, "shield": 5, "bow": 4, "spear": 3, "dagger": 1}
UNIT_PRICES = {
    "wood": 1,
    "copper": 2,
    "bronze": 3,
    "iron": 5,
    "steel": 12,
    "silver": 30,
    "gold": 75,
    "mithril": 200,
    "obsidian": 500,
}
GRADES = {1: 1, 10: 1, 50: 5, 100: 20}
HUNDREDS = {"sword": 1, "shield": 2, "bow": 3, "spear": 4, "dagger": 5, "spell": 6, "potion": 7}
MATERIAL_NUMBERS = {material: number for number, material in enumerate(UNIT_PRICES)}

MADE = [item for item in CATALOGUE if item.item_id > 100]
WEAPONS = [item for item in MADE if item.kind in METAL_UNITS]


def value_by_rule(item: Item) -> int:
    assert item.power_level is not None
    if item.kind == "spell":
        return 5 * item.power_level
    if item.kind == "potion":
        return max(1, item.power_level // 2)
    assert item.material is not None
    price = METAL_UNITS[item.kind] * UNIT_PRICES[item.material]
    return price * GRADES[item.power_level] * (4 if item.magical else 1)


@pytest.mark.parametrize(
    ("item_id", "name", "value", "level"),
    [
        (1, "Suit of Iron Armor", 50, 10),
        (2, "Iron Sword", 10, 10),
        (3, "Healing Potion", 5, 1),
        (4, "Medicinal Herbs", 1, 1),
        (5, "Food Package", 6, 1),
        (6, "Milk", 3, 1),
        (7, "Venison", 10, 1),
        (8, "Leather", 5, 1),
        (9, "Cotton Clothing", 5, 1),
        (10, "Fancy Clothing", 300, 1),
        (11, "Trade Goods", 5, 1),
        (12, "Exotic Pet", 10_000, 1),
        (13, "Political Dirt", 50_000, 1),
        (14, "General Fancy Supplies", 1_000, 1),
        (15, "Crafted Leather Goods", 500, 1),
        (17, "Trade Document", 50, 1),
        (18, "Absurdly Expensive Status Item", 100_000, 1),
        (19, "Trophy of War", 50, 1),
        (20, "Proof of Loyalty", 1_000_000, 1),
    ],
)
def test_goods_of_the_classes_keep_their_numbers(
    item_id: int, name: str, value: int, level: int
) -> None:
    item = CATALOGUE.item(item_id)
    assert (item.name, item.value, item.level) == (name, value, level)


def test_only_the_goods_stand_below_101_and_16_is_free() -> None:
    assert {i.item_id for i in CATALOGUE if i.item_id <= 100} == set(range(1, 21)) - {16}


def test_made_items_have_the_value_of_the_rule() -> None:
    ruled = [*MADE, CATALOGUE.item(2), CATALOGUE.item(3)]
    assert {item.name: item.value for item in ruled} == {
        item.name: value_by_rule(item) for item in ruled
    }


def test_the_digits_of_a_weapon_say_what_it_is() -> None:
    assert {item.name: item.item_id for item in WEAPONS} == {
        item.name: id_by_scheme(item) for item in WEAPONS
    }


def id_by_scheme(item: Item) -> int:
    assert item.material is not None
    assert item.power_level is not None
    if item.material == "wood":
        assert (item.power_level, item.magical) == (1, False)
        return 100 * HUNDREDS[item.kind] + 1
    variant = [10, 50, 100].index(item.power_level) + 1 + (3 if item.magical else 0)
    return 100 * HUNDREDS[item.kind] + 10 * MATERIAL_NUMBERS[item.material] + variant


def test_each_weapon_exists_in_every_material_grade_and_magic() -> None:
    made = {(i.kind, i.material, i.power_level, i.magical) for i in [*WEAPONS, CATALOGUE.item(2)]}
    assert len(made) == len(WEAPONS) + 1
    wanted = {
        (kind, material, power, magical)
        for kind in METAL_UNITS
        for material in UNIT_PRICES
        if material != "wood"
        for power in (10, 50, 100)
        for magical in (False, True)
    } | {(kind, "wood", 1, False) for kind in METAL_UNITS}
    assert made == wanted


@pytest.mark.parametrize("kind", list(HUNDREDS))
def test_each_kind_has_a_plain_item_that_anybody_can_buy(kind: str) -> None:
    plain = CATALOGUE.item(100 * HUNDREDS[kind] + 1)
    assert (plain.name, plain.kind) == (f"Plain {kind.title()}", kind)
    assert plain.value == min(item.value for item in CATALOGUE if item.kind == kind)
    poorest = min(each.gold for each in CLASSES.values())
    assert plain.value <= poorest // 20


def test_a_farmer_can_buy_most_kinds_of_material() -> None:
    swords = [i for i in CATALOGUE if i.kind == "sword" and i.value <= CLASSES["farmer"].gold]
    assert {i.material for i in swords} >= {"copper", "bronze", "iron", "steel", "silver", "gold"}


def test_words_are_plain() -> None:
    for item in CATALOGUE:
        assert item.kind.isalpha(), item
        assert item.kind.islower(), item
        assert item.rarity in {"common", "uncommon", "rare", "epic", "legendary"}, item
        assert (item.material is not None) == (item.kind in METAL_UNITS), item
        assert (item.power_level is not None) == (item.kind in HUNDREDS), item


def test_rarer_weapons_of_a_kind_cost_more_on_the_whole() -> None:
    ladder = ["common", "uncommon", "rare", "epic", "legendary"]
    for kind in METAL_UNITS:
        means = []
        for rarity in ladder:
            values = [i.value for i in WEAPONS if (i.kind, i.rarity) == (kind, rarity)]
            assert values
            means.append(sum(values) / len(values))
        assert means == sorted(means)
