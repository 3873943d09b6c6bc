"""The reasons' order is their precedence: a trade that breaks two rules is refused by the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from src.classes.account import BATTLE, player_account
from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import Reason, RuleError
from src.classes.guild import Guild, guild_join, guild_leave
from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Trade, gives, settle
from tests.support.rules import (
    CATALOGUE,
    IRON_SWORD,
    MILK,
    NO_SUCH_ITEM,
    VENISON,
    by_id,
    player_of_class,
    side,
    swap,
)

FARMER = player_of_class("farmer", 1)
HUNTER = player_of_class("hunter", 2)
NOBODY = player_of_class("hunter", 99)
DEAR_GUILD = Guild(name="Crown Company", fee=501)

#: A trade that breaks exactly one rule, or two, and the players that are there.
Case = tuple[Trade, Mapping[int, Player]]


def case(trade: Trade, *players: Player) -> Case:
    return trade, by_id(*players)


def with_weapon(item_id: int, loot: int = 0) -> Trade:
    """Write a battle of the farmer that is fought with an item."""
    legs = gives(BATTLE, player_account(1), 0, [(MILK, loot)] if loot else ())
    return Trade(trade_id="t", kind=Kind.BATTLE, player_1_id=1, weapon_item_id=item_id, legs=legs)


def reason_of(trade: Trade, players: Mapping[int, Player]) -> Reason:
    decision = settle(trade, players, CATALOGUE)
    assert isinstance(decision, Refusal)
    return decision.reason


BREAKS_ONE: dict[Reason, Case] = {
    Reason.EMPTY_TRADE: case(swap(side(FARMER), side(HUNTER)), FARMER, HUNTER),
    Reason.SELF_TRADE: case(swap(side(FARMER, 1), side(FARMER)), FARMER),
    Reason.UNKNOWN_PLAYER: case(swap(side(FARMER, 1), side(NOBODY)), FARMER),
    Reason.UNKNOWN_ITEM: case(
        swap(side(FARMER, 0, [(NO_SUCH_ITEM, 1)]), side(HUNTER)), FARMER, HUNTER
    ),
    Reason.ALREADY_IN_GUILD: case(
        guild_join("t", 1, Guild(name="Wayfarers")), replace(FARMER, guild="Ironhand")
    ),
    Reason.NOT_IN_GUILD: case(guild_leave("t", 1, "Ironhand"), FARMER),
    Reason.NOT_A_WEAPON: case(with_weapon(MILK), FARMER),
    Reason.INSUFFICIENT_GOLD: case(swap(side(FARMER, 501), side(HUNTER)), FARMER, HUNTER),
    Reason.MISSING_ITEMS: case(
        swap(side(FARMER, 0, [(IRON_SWORD, 1)]), side(HUNTER)), FARMER, HUNTER
    ),
    Reason.NO_SPACE: case(swap(side(FARMER, 0, [(MILK, 101)]), side(HUNTER)), FARMER, HUNTER),
    Reason.AMOUNT_LIMIT: case(
        swap(side(FARMER, 1), side(HUNTER)), FARMER, replace(HUNTER, gold=AMOUNT_MAX)
    ),
}

#: For each reason a trade that breaks it and a later one that can be broken with it.
BREAKS_TWO: dict[tuple[Reason, Reason], Case] = {
    (Reason.EMPTY_TRADE, Reason.SELF_TRADE): case(swap(side(FARMER), side(FARMER)), FARMER),
    (Reason.SELF_TRADE, Reason.UNKNOWN_PLAYER): case(swap(side(NOBODY, 1), side(NOBODY))),
    (Reason.UNKNOWN_PLAYER, Reason.UNKNOWN_ITEM): case(
        swap(side(FARMER, 0, [(NO_SUCH_ITEM, 1)]), side(NOBODY)), FARMER
    ),
    (Reason.UNKNOWN_PLAYER, Reason.NOT_IN_GUILD): case(guild_leave("t", 99, "Ironhand")),
    (Reason.UNKNOWN_ITEM, Reason.INSUFFICIENT_GOLD): case(
        swap(side(FARMER, 501, [(NO_SUCH_ITEM, 1)]), side(HUNTER)), FARMER, HUNTER
    ),
    (Reason.UNKNOWN_ITEM, Reason.MISSING_ITEMS): case(
        swap(side(FARMER, 0, [(NO_SUCH_ITEM, 1)]), side(HUNTER, 0, [(IRON_SWORD, 1)])),
        FARMER,
        HUNTER,
    ),
    (Reason.ALREADY_IN_GUILD, Reason.INSUFFICIENT_GOLD): case(
        guild_join("t", 1, DEAR_GUILD), replace(FARMER, guild="Ironhand")
    ),
    (Reason.NOT_A_WEAPON, Reason.NO_SPACE): case(with_weapon(MILK, loot=101), FARMER),
    (Reason.INSUFFICIENT_GOLD, Reason.MISSING_ITEMS): case(
        swap(side(FARMER, 0, [(IRON_SWORD, 1)]), side(HUNTER, 501)), FARMER, HUNTER
    ),
    (Reason.MISSING_ITEMS, Reason.NO_SPACE): case(
        swap(side(FARMER, 0, [(MILK, 101)]), side(HUNTER, 0, [(MILK, 1)])), FARMER, HUNTER
    ),
    (Reason.NO_SPACE, Reason.AMOUNT_LIMIT): case(
        swap(side(FARMER, 1), side(HUNTER, 0, [(VENISON, 101)])),
        FARMER,
        replace(HUNTER, gold=AMOUNT_MAX),
    ),
}


@pytest.mark.parametrize("reason", list(BREAKS_ONE), ids=lambda reason: reason.word)
def test_each_reason_is_given_for_its_rule(reason: Reason) -> None:
    assert reason_of(*BREAKS_ONE[reason]) is reason


@pytest.mark.parametrize(
    "pair", list(BREAKS_TWO), ids=lambda pair: f"{pair[0].word}-before-{pair[1].word}"
)
def test_of_two_broken_rules_the_earlier_is_told(pair: tuple[Reason, Reason]) -> None:
    earlier, later = pair
    order = list(Reason)
    assert order.index(earlier) < order.index(later)
    assert reason_of(*BREAKS_TWO[pair]) is earlier


def test_the_examples_stand_in_the_order_of_the_reasons() -> None:
    # An unknown guild or enemy has no price and so no trade to write, and only some clients make
    # claims: those are refused beside `settle`.
    beside = {Reason.UNKNOWN_GUILD, Reason.UNKNOWN_ENEMY, Reason.CLAIM_DIFFERS}
    in_settle = [reason for reason in Reason if reason not in beside]
    assert list(BREAKS_ONE) == in_settle
    firsts = [earlier for earlier, _ in BREAKS_TWO]
    order = list(Reason)
    assert firsts == sorted(firsts, key=order.index)
    # Every reason but the last, and leaving (which can break nothing later), stands before one.
    never_first = {*beside, Reason.NOT_IN_GUILD, Reason.AMOUNT_LIMIT}
    assert set(firsts) == set(Reason) - never_first


@pytest.mark.parametrize("reason", list(BREAKS_ONE), ids=lambda reason: reason.word)
def test_a_refused_trade_moves_nothing(reason: Reason) -> None:
    trade, players = BREAKS_ONE[reason]
    before = dict(players)
    reason_of(trade, players)
    assert players == before


def test_words_are_stable_and_lead_back_to_their_reason() -> None:
    assert [reason.word for reason in Reason] == [reason.name.lower() for reason in Reason]
    assert [Reason.of(reason.word) for reason in Reason] == list(Reason)
    with pytest.raises(KeyError):
        Reason.of("bad_luck")


def test_a_retry_can_help_where_holdings_decide() -> None:
    assert {reason for reason in Reason if reason.can_retry} == {
        Reason.CLAIM_DIFFERS,
        Reason.INSUFFICIENT_GOLD,
        Reason.MISSING_ITEMS,
        Reason.NO_SPACE,
    }


def test_an_error_without_facts_tells_its_sentence() -> None:
    assert RuleError(Reason.EMPTY_TRADE).detail == "Neither side gives anything."


def lookup_of_an_unknown_item() -> None:
    CATALOGUE.item(NO_SUCH_ITEM)


def doubled_catalogue() -> None:
    milk = CATALOGUE.item(MILK)
    Catalogue([milk, milk])


@pytest.mark.parametrize(
    ("wrong", "error"), [(lookup_of_an_unknown_item, RuleError), (doubled_catalogue, ValueError)]
)
def test_a_catalogue_refuses(wrong: Callable[[], None], error: type[Exception]) -> None:
    with pytest.raises(error):
        wrong()


def test_only_membership_and_battles_may_move_nothing() -> None:
    for kind in Kind:
        trade = Trade(trade_id="t", kind=kind, player_1_id=1)
        empty = reason_of(trade, by_id()) is Reason.EMPTY_TRADE
        assert empty == (kind not in {Kind.GUILD_JOIN, Kind.GUILD_LEAVE, Kind.BATTLE})
