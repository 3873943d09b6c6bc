"""Battles: chance decides, by might and strength; loot and losses are legs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from src.classes.account import BATTLE, player_account
from src.classes.amounts import AMOUNT_MAX
from src.classes.battle import (
    BARE_HANDS,
    ROLL_SIDES,
    Battle,
    Enemy,
    Loot,
    fight,
    is_won,
    might,
)
from src.classes.errors import Reason
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.trade import Leg, Refusal, Settlement
from src.inventory_generation.enemies import load_enemies
from tests.support.rules import (
    CATALOGUE,
    COPPER_SWORD,
    IRON_SWORD,
    LEATHER,
    MILK,
    NO_SUCH_ITEM,
    books_of,
    by_id,
    player_of_class,
    posted,
    supply,
)

ENEMIES = load_enemies(CATALOGUE)
WOLF = Enemy(name="Wolf", strength=40, gold=5, items=(Loot(item_id=LEATHER, quantity=3),), toll=15)
POOR = Enemy(name="Poor", strength=1)
PACK = {"Wolf": WOLF, "Poor": POOR}
ME = player_account(1)
WIN, LOSE = 0, ROLL_SIDES - 1
ENCHANTED_COPPER_SWORD = 114


def farmer(**changes: object) -> Player:
    return replace(player_of_class("farmer", 1), **changes)


def battle(enemy: str = "Wolf", roll: int = WIN, weapon: int | None = None) -> Battle:
    return Battle(trade_id="t", player_id=1, enemy=enemy, weapon_item_id=weapon, roll=roll)


def fought(asked: Battle, player: Player) -> Settlement:
    decision = fight(asked, PACK, by_id(player), CATALOGUE)
    assert isinstance(decision, Settlement), decision
    return decision


def reason_of(asked: Battle, *players: Player) -> Reason:
    decision = fight(asked, PACK, by_id(*players), CATALOGUE)
    assert isinstance(decision, Refusal), decision
    assert decision.trade.outcome is None
    return decision.reason


def test_a_winner_takes_the_reward() -> None:
    decision = fought(battle(), farmer())
    assert decision.trade.outcome == "won"
    assert decision.trade.legs == (Leg(BATTLE, ME, 5), Leg(BATTLE, ME, 3, LEATHER))
    after = decision.players[1]
    assert (after.gold, after.inventory.quantity_of(LEATHER), after.version) == (505, 3, 2)


@pytest.mark.parametrize(("gold", "lost"), [(500, 15), (15, 15), (14, 14)])
def test_a_loser_leaves_the_toll_or_all_it_has(gold: int, lost: int) -> None:
    decision = fought(battle(roll=LOSE), farmer(gold=gold))
    assert decision.trade.outcome == "lost"
    assert decision.trade.legs == (Leg(ME, BATTLE, lost),)
    assert decision.players[1].gold == gold - lost


def test_a_battle_that_moves_nothing_is_a_battle_all_the_same() -> None:
    penniless = farmer(gold=0)
    for asked in (battle(roll=LOSE), battle("Poor", WIN), battle("Poor", LOSE)):
        decision = fought(asked, penniless)
        assert decision.trade.legs == ()
        assert decision.players[1] == replace(penniless, version=2)


def test_the_weapon_counts_by_level_and_power_and_magic_doubles_its_power() -> None:
    assert might(None) == BARE_HANDS == 10
    assert might(CATALOGUE.item(IRON_SWORD)) == 10 + 10 + 10
    assert might(CATALOGUE.item(COPPER_SWORD)) == 10 + 1 + 10
    assert might(CATALOGUE.item(ENCHANTED_COPPER_SWORD)) == 10 + 1 + 20


def test_the_weapon_is_what_the_roll_is_held_against() -> None:
    # 10 against 40 wins one roll of five, 30 against 40 three of seven.
    armed = farmer(inventory=Inventory(999, {IRON_SWORD: 1}))
    bare_limit, armed_limit = ROLL_SIDES // 5, ROLL_SIDES * 3 // 7
    for roll, weapon, outcome in (
        (bare_limit - 1, None, "won"),
        (bare_limit, None, "lost"),
        (bare_limit, IRON_SWORD, "won"),
        (armed_limit, IRON_SWORD, "won"),
        (armed_limit + 1, IRON_SWORD, "lost"),
    ):
        decision = fought(battle(roll=roll, weapon=weapon), armed)
        assert (decision.trade.outcome, decision.trade.weapon_item_id) == (outcome, weapon)


def test_the_weapon_stays_with_its_owner() -> None:
    armed = farmer(inventory=Inventory(999, {IRON_SWORD: 1}))
    for roll in (WIN, LOSE):
        after = fought(battle(roll=roll, weapon=IRON_SWORD), armed).players[1]
        assert after.inventory.quantity_of(IRON_SWORD) == 1


FULL = farmer(inventory=Inventory(10, {MILK: 8}))
RICH = farmer(gold=AMOUNT_MAX)


@pytest.mark.parametrize("roll", [WIN, LOSE])
def test_refusals_come_before_the_roll_and_in_their_order(roll: int) -> None:
    nobody = (battle("Nobody", roll, NO_SUCH_ITEM),)
    assert reason_of(*nobody) is Reason.UNKNOWN_PLAYER
    assert reason_of(battle("Nobody", roll, NO_SUCH_ITEM), farmer()) is Reason.UNKNOWN_ITEM
    assert reason_of(battle("Nobody", roll, MILK), farmer()) is Reason.UNKNOWN_ENEMY
    assert reason_of(battle("Wolf", roll, MILK), FULL) is Reason.NOT_A_WEAPON
    assert reason_of(battle("Wolf", roll, IRON_SWORD), FULL) is Reason.MISSING_ITEMS
    assert reason_of(battle("Wolf", roll), FULL) is Reason.NO_SPACE
    assert reason_of(battle("Wolf", roll), RICH) is Reason.AMOUNT_LIMIT


def test_a_refused_battle_carries_what_was_hoped_for() -> None:
    decision = fight(battle(weapon=IRON_SWORD), PACK, by_id(farmer()), CATALOGUE)
    assert isinstance(decision, Refusal)
    assert decision.trade.legs == (Leg(BATTLE, ME, 5), Leg(BATTLE, ME, 3, LEATHER))
    assert (decision.trade.enemy, decision.trade.weapon_item_id) == ("Wolf", IRON_SWORD)
    assert decision.error.facts == {"player_id": 1, "item_id": IRON_SWORD, "has": 0, "needs": 1}


@given(st.integers(1, 1_000), st.integers(1, 1_000_000), st.integers(1, 1_000))
def test_more_might_never_wins_less(weapon: int, strength: int, more: int) -> None:
    def wins(might: int) -> int:
        """The smallest roll that does not win, found by halving."""
        low, high = 0, ROLL_SIDES
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if is_won(middle, might, strength) else (low, middle)
        return low

    assert wins(weapon) <= wins(weapon + more)
    # The chance is the share of the might, to within one roll.
    assert abs(wins(weapon) * (weapon + strength) - weapon * ROLL_SIDES) < weapon + strength


ROLLS = st.integers(0, ROLL_SIDES - 1)
WEAPONS = st.sampled_from([None, IRON_SWORD, COPPER_SWORD, MILK, NO_SUCH_ITEM])


@st.composite
def players(draw: st.DrawFn) -> Player:
    """A player with some weapons, little or much gold, and any room."""
    items = draw(st.dictionaries(st.sampled_from([2, 6, 111]), st.integers(1, 20), max_size=3))
    room = draw(st.integers(0, 5))
    return farmer(
        gold=draw(st.one_of(st.integers(0, 20), st.integers(0, AMOUNT_MAX))),
        inventory=Inventory(max(1, sum(items.values()) + room), dict(sorted(items.items()))),
    )


@given(players(), st.sampled_from([*ENEMIES, "Nobody"]), ROLLS, WEAPONS)
def test_a_battle_moves_what_its_legs_say_or_nothing(
    player: Player, enemy: str, roll: int, weapon: int | None
) -> None:
    before = by_id(player)
    asked = Battle(trade_id="t", player_id=1, enemy=enemy, weapon_item_id=weapon, roll=roll)
    decision = fight(asked, ENEMIES, before, CATALOGUE)
    assert before == by_id(player)
    again = fight(asked, ENEMIES, before, CATALOGUE)
    if isinstance(decision, Refusal):
        assert isinstance(again, Refusal)
        assert (again.reason, again.trade) == (decision.reason, decision.trade)
        return
    assert again == decision
    after = decision.players[1]
    expected = posted(books_of([player]), decision.trade)
    held = {place: units for place, units in books_of([after]).items() if units}
    assert held == {p: u for p, u in expected.items() if u and p[0] == ME}
    assert supply(expected) == supply(books_of([player]))
    assert after.version == player.version + 1
    assert 0 <= after.gold <= AMOUNT_MAX
    assert after.inventory.used_capacity <= after.inventory.max_capacity
    assert {leg.from_account for leg in decision.trade.legs} <= {
        BATTLE if decision.trade.outcome == "won" else ME
    }
