"""What a trade's row says of its legs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import asdict

from src.streaming.totals import Totals, totals_of
from src.streaming.validity import LONG_MAX


def leg(giver: str, taker: str, quantity: int, item_id: int | None = None, value: int = 10) -> Any:
    return SimpleNamespace(
        from_account=giver,
        to_account=taker,
        asset="gold" if item_id is None else "item",
        item_id=item_id,
        quantity=quantity,
        unit_value=1 if item_id is None else value,
    )


def totals(*legs: Any, status: str = "settled") -> dict[str, Any]:
    trade = SimpleNamespace(status=status, player_1_id=1, legs=list(legs))
    return asdict(totals_of(trade))


NOTHING = asdict(Totals(0, 0, 0, 0, 0, 0))


def test_each_side_is_added_up_by_itself() -> None:
    told = totals(
        leg("player:1", "player:2", 25),
        leg("player:1", "player:2", 2, item_id=7),
        leg("player:2", "player:1", 3, item_id=7),
    )
    assert told == {
        "player_1_gold": 25,
        "player_1_units": 2,
        "player_1_value": 45,
        "partner_gold": 0,
        "partner_units": 3,
        "partner_value": 30,
        "only_item_id": 7,
    }


def test_the_house_is_a_partner_too() -> None:
    told = totals(leg("player:1", "house:shop", 40), leg("house:shop", "player:1", 4, item_id=3))
    assert (told["player_1_gold"], told["partner_units"], told["partner_value"]) == (40, 4, 40)


def test_players_whose_ids_begin_alike_are_told_apart() -> None:
    told = totals(leg("player:11", "player:1", 5))
    assert (told["player_1_gold"], told["partner_gold"]) == (0, 5)


def test_several_items_are_no_single_one() -> None:
    told = totals(
        leg("player:1", "player:2", 1, item_id=7), leg("player:2", "player:1", 1, item_id=8)
    )
    assert told["only_item_id"] is None


@pytest.mark.parametrize("legs", [(), (leg("player:1", "player:2", 25),)])
def test_a_refused_trade_moved_nothing(legs: tuple[Any, ...]) -> None:
    assert totals(*legs, status="rejected") == NOTHING


def test_a_trade_without_legs_moved_nothing() -> None:
    assert totals() == NOTHING


def test_an_item_without_a_value_is_worth_nothing() -> None:
    unknown = leg("player:1", "player:2", 3, item_id=7)
    unknown.unit_value = None
    told = totals(unknown)
    assert (told["player_1_units"], told["player_1_value"]) == (3, 0)


def test_what_no_column_holds_is_cut_to_what_one_does() -> None:
    told = totals(leg("player:1", "player:2", LONG_MAX, item_id=7, value=LONG_MAX))
    assert (told["player_1_units"], told["player_1_value"]) == (LONG_MAX, LONG_MAX)
