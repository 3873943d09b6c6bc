"""Claims are compared with what players hold; true ones change nothing of what is settled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from src.classes.claim import Claim, settle_claimed
from src.classes.errors import Reason
from src.classes.player import Player
from src.classes.trade import Refusal, Settlement, Trade
from tests.support.rules import CATALOGUE, MILK, by_id, decide, player_of_class, side, swap

FARMER, HUNTER = player_of_class("farmer", 1), player_of_class("hunter", 2)
ITEMS = st.sampled_from([5, 6, 7, 8, 16])
LINES = st.lists(st.tuples(ITEMS, st.integers(1, 600)), max_size=3)
GOLD = st.integers(0, 700)


def true_claim(player: Player) -> Claim:
    return Claim(
        gold=player.gold,
        max_capacity=player.inventory.max_capacity,
        free_capacity=player.inventory.free_capacity,
        items=player.inventory.items,
    )


TRUE = {1: true_claim(FARMER), 2: true_claim(HUNTER)}


def claimed(trade: Trade, claims: dict[int, Claim]) -> Settlement | Refusal:
    return settle_claimed(trade, claims, by_id(FARMER, HUNTER), CATALOGUE)


@given(GOLD, LINES, GOLD, LINES)
def test_with_true_claims_the_same_settles_and_the_same_is_refused(
    gold_1: int, lines_1: list[tuple[int, int]], gold_2: int, lines_2: list[tuple[int, int]]
) -> None:
    trade = swap(side(FARMER, gold_1, lines_1), side(HUNTER, gold_2, lines_2))
    plain, told = decide(trade, FARMER, HUNTER), claimed(trade, TRUE)
    if isinstance(plain, Settlement):
        assert told == plain
        return
    assert isinstance(told, Refusal)
    assert told.error.__traceback__ is None
    room_first = plain.reason is Reason.MISSING_ITEMS and told.reason is Reason.NO_SPACE
    assert room_first or told.reason is plain.reason


@given(GOLD, LINES, st.sampled_from([1, 2]), st.integers(-5, 5), st.integers(-5, 5))
def test_a_trade_settles_only_where_every_claim_is_true(
    gold: int, lines: list[tuple[int, int]], liar: int, coins: int, milk: int
) -> None:
    trade = swap(side(FARMER, gold, lines), side(HUNTER))
    truth = TRUE[liar]
    items = {**truth.items, MILK: truth.items.get(MILK, 0) + milk}
    lie = replace(truth, gold=truth.gold + coins, items=items)
    told = claimed(trade, {**TRUE, liar: lie})
    if coins or milk:
        assert isinstance(told, Refusal)
        assert told.reason is Reason.CLAIM_DIFFERS or told.reason.precedes(Reason.CLAIM_DIFFERS)
    else:
        assert told == claimed(trade, TRUE) or isinstance(told, Refusal)
