"""What a trade of two players does, by examples."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from src.classes.account import player_account
from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import AmountTooLarge, Reason
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.trade import Kind, Leg, Trade, gives
from tests.support.rules import (
    FOOD,
    IRON_SWORD,
    LEATHER,
    MILK,
    VENISON,
    by_id,
    player_of_class,
    refused,
    settled,
    side,
    swap,
)


def test_a_trade_moves_gold_and_items_both_ways(farmer: Player, hunter: Player) -> None:
    after = settled(
        swap(side(farmer, 30, [(MILK, 10)]), side(hunter, 5, [(VENISON, 6)])), farmer, hunter
    )
    assert after[1].gold == 475
    assert after[1].inventory.items == {FOOD: 500, MILK: 389, VENISON: 6}
    assert after[2].gold == 525
    assert after[2].inventory.items == {MILK: 10, VENISON: 444, LEATHER: 449}
    assert (after[1].version, after[2].version) == (2, 2)


def test_a_trade_leaves_the_given_players_as_they_were(farmer: Player, hunter: Player) -> None:
    settled(swap(side(farmer, 30, [(MILK, 10)]), side(hunter)), farmer, hunter)
    assert farmer == player_of_class("farmer", 1)
    assert hunter == player_of_class("hunter", 2)


def test_an_item_offered_on_two_lines_is_counted_once(farmer: Player, hunter: Player) -> None:
    two_lines = swap(side(farmer, 0, [(MILK, 300), (MILK, 100)]), side(hunter))
    refusal = refused(two_lines, farmer, hunter)
    assert refusal.reason is Reason.MISSING_ITEMS
    assert refusal.error.facts == {"player_id": 1, "item_id": MILK, "has": 399, "needs": 400}


def test_two_lines_of_an_item_move_their_sum(farmer: Player, hunter: Player) -> None:
    after = settled(swap(side(farmer, 0, [(MILK, 30), (MILK, 7)]), side(hunter)), farmer, hunter)
    assert after[2].inventory.quantity_of(MILK) == 37


def test_giving_the_last_unit_leaves_no_stack(farmer: Player, adventurer: Player) -> None:
    after = settled(swap(side(farmer, 0, [(MILK, 399)]), side(adventurer)), farmer, adventurer)
    assert after[1].inventory.items == {FOOD: 500}
    assert after[1].inventory.free_capacity == 499


def test_stacks_stand_by_rising_item_id(farmer: Player, hunter: Player) -> None:
    after = settled(
        swap(side(farmer, 0, [(MILK, 1)]), side(hunter, 0, [(LEATHER, 1), (VENISON, 1)])),
        farmer,
        hunter,
    )
    assert list(after[1].inventory.items) == [FOOD, MILK, VENISON, LEATHER]
    assert list(after[2].inventory.items) == [MILK, VENISON, LEATHER]


def test_capacity_counts_after_both_sides_have_given(farmer: Player, hunter: Player) -> None:
    swapped = swap(side(farmer, 0, [(FOOD, 500)]), side(hunter, 0, [(VENISON, 450)]))
    after = settled(swapped, farmer, hunter)
    assert after[1].inventory.used_capacity == 849
    assert after[2].inventory.used_capacity == 949


def test_an_inventory_can_be_filled_to_the_last_unit(farmer: Player, hunter: Player) -> None:
    after = settled(swap(side(farmer, 0, [(MILK, 100)]), side(hunter)), farmer, hunter)
    assert after[2].inventory.free_capacity == 0


def test_one_unit_more_than_fits_is_refused(farmer: Player, hunter: Player) -> None:
    refusal = refused(swap(side(farmer, 0, [(MILK, 101)]), side(hunter)), farmer, hunter)
    assert refusal.reason is Reason.NO_SPACE
    assert refusal.error.facts == {"player_id": 2, "free": 100, "needs": 101}


def test_a_player_above_its_capacity_can_still_give(farmer: Player, hunter: Player) -> None:
    overfull = replace(farmer, inventory=Inventory(800, farmer.inventory.items))
    evenly = swap(side(overfull, 0, [(MILK, 5)]), side(hunter, 0, [(VENISON, 5)]))
    assert settled(evenly, overfull, hunter)[1].inventory.used_capacity == 899
    one_more = swap(side(overfull, 0, [(MILK, 5)]), side(hunter, 0, [(VENISON, 6)]))
    assert refused(one_more, overfull, hunter).reason is Reason.NO_SPACE


def test_all_gold_can_be_given_and_not_a_coin_more(farmer: Player, hunter: Player) -> None:
    assert settled(swap(side(farmer, 500), side(hunter)), farmer, hunter)[1].gold == 0
    refusal = refused(swap(side(farmer, 501), side(hunter)), farmer, hunter)
    assert refusal.error.facts == {"player_id": 1, "has": 500, "needs": 501}


def test_gold_received_in_a_trade_does_not_pay_for_it(farmer: Player, hunter: Player) -> None:
    assert refused(swap(side(farmer, 600), side(hunter, 500)), farmer, hunter).reason is (
        Reason.INSUFFICIENT_GOLD
    )


def test_items_received_in_a_trade_cannot_be_given_in_it(farmer: Player, hunter: Player) -> None:
    both = swap(side(farmer, 0, [(VENISON, 1)]), side(hunter, 0, [(VENISON, 2)]))
    assert refused(both, farmer, hunter).reason is Reason.MISSING_ITEMS


def test_equal_goods_both_ways_raise_both_versions(farmer: Player, hunter: Player) -> None:
    after = settled(swap(side(farmer, 7), side(hunter, 7)), farmer, hunter)
    assert after == by_id(replace(farmer, version=2), replace(hunter, version=2))


def test_a_trade_leaves_guild_and_name(farmer: Player, hunter: Player) -> None:
    member = replace(farmer, guild="Ironhand")
    after = settled(swap(side(member, 1), side(hunter)), member, hunter)
    assert (after[1].guild, after[1].username) == ("Ironhand", "farmer-1")


def test_gold_can_reach_the_largest_amount_and_no_more(farmer: Player, hunter: Player) -> None:
    rich = replace(hunter, gold=AMOUNT_MAX - 1)
    assert settled(swap(side(farmer, 1), side(rich)), farmer, rich)[2].gold == AMOUNT_MAX
    assert refused(swap(side(farmer, 2), side(rich)), farmer, rich).reason is Reason.AMOUNT_LIMIT


def test_what_comes_back_counts_before_the_largest_amount(farmer: Player, hunter: Player) -> None:
    rich = replace(hunter, gold=AMOUNT_MAX)
    after = settled(swap(side(farmer, 2), side(rich, 3)), farmer, rich)
    assert after[2].gold == AMOUNT_MAX - 1


def test_lines_that_add_up_past_the_largest_amount_cannot_be_written(farmer: Player) -> None:
    with pytest.raises(AmountTooLarge):
        swap(side(farmer, 0, [(MILK, AMOUNT_MAX), (MILK, 1)]), (2, 0, []))


@pytest.mark.parametrize(
    ("gold", "items"), [(-1, []), (0, [(MILK, 0)]), (0, [(MILK, -1)]), (0, [(MILK, 5), (MILK, -1)])]
)
def test_a_negative_gift_cannot_be_written(gold: int, items: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="cannot be given"):
        gives(player_account(1), player_account(2), gold, items)


def test_legs_stand_gold_first_then_items_by_rising_id() -> None:
    one, two = player_account(1), player_account(2)
    assert gives(one, two, 9, [(MILK, 2), (IRON_SWORD, 1), (MILK, 3)]) == (
        Leg(one, two, 9),
        Leg(one, two, 1, IRON_SWORD),
        Leg(one, two, 5, MILK),
    )


def test_a_refusal_names_the_trade_and_tells_the_facts(farmer: Player, hunter: Player) -> None:
    trade = swap(side(farmer, 501), side(hunter))
    refusal = refused(trade, farmer, hunter)
    assert refusal.trade is trade
    assert refusal.error.detail == (
        "A player gives more gold than it has. (player_id 1, has 500, needs 501)"
    )


def test_a_trade_without_a_partner_names_one_player() -> None:
    assert Trade(trade_id="t", kind=Kind.SALE, player_1_id=7).player_ids == (7,)


def test_a_refusal_holds_nothing_of_who_asked_for_it(farmer: Player, hunter: Player) -> None:
    refusal = refused(swap(side(farmer, 501), side(hunter)), farmer, hunter)
    assert refusal.reason is Reason.INSUFFICIENT_GOLD
    assert refusal.error.__traceback__ is None
    assert refusal.error.__context__ is None
