"""The auditor finds what an answer or a state says wrongly, and nothing when all is right."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from simulation.actions import Action, Fight, Gift, Race
from simulation.auditor import Auditor
from simulation.books import Books
from simulation.plan import Newcomer
from simulation.wire import (
    Glance,
    InventoryAnswer,
    Outcome,
    PlayerAnswer,
    Problem,
    Settled,
    Stack,
)
from tests.support.rules import CLASSES, FOOD, MILK

FARMER = CLASSES["farmer"]
ADA = PlayerAnswer(
    player_id=11,
    version=1,
    username="Ada",
    player_class="farmer",
    guild=None,
    gold=500,
    inventory=InventoryAnswer(999, 899, 100, [Stack(FOOD, 500), Stack(MILK, 399)]),
)
BEN = replace(ADA, player_id=12, username="Ben")

TEN_MILK = Action(
    number=0,
    kind="player_trade",
    player=0,
    partner=1,
    gives=Gift(0, ((MILK, 10),)),
    takes=Gift(30),
)
SETTLED = Settled("t-1", [Glance(11, 2, 530), Glance(12, 2, 470)])
ADA_AFTER = replace(
    ADA,
    version=2,
    gold=530,
    inventory=InventoryAnswer(999, 889, 110, [Stack(FOOD, 500), Stack(MILK, 389)]),
)
BEN_AFTER = replace(
    BEN,
    version=2,
    gold=470,
    inventory=InventoryAnswer(999, 909, 90, [Stack(FOOD, 500), Stack(MILK, 409)]),
)


@pytest.fixture
def auditor() -> Auditor:
    """An auditor that has seen two farmers created."""
    newcomers = (Newcomer("Ada", FARMER), Newcomer("Ben", FARMER))
    fresh = Auditor(newcomers, Books([FARMER, FARMER]))
    fresh.created(0, ADA)
    fresh.created(1, BEN)
    return fresh


def test_a_right_run_has_no_difference(auditor: Auditor) -> None:
    auditor.heard((TEN_MILK,), [SETTLED])
    auditor.read_back(0, ADA_AFTER)
    auditor.read_back(1, BEN_AFTER)
    assert auditor.differences == []
    assert (list(auditor.ids), auditor.trade_count) == ([11, 12], 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(ADA_AFTER, gold=529), "gold is 529, the books say 530"),
        (replace(ADA_AFTER, version=3), "version is 3, the books say 2"),
        (replace(ADA_AFTER, guild="Ironhand"), "guild is Ironhand, the books say None"),
        (replace(ADA_AFTER, player_id=13), "id is 13, the books say 11"),
        (
            replace(ADA_AFTER, inventory=InventoryAnswer(999, 889, 110, [Stack(FOOD, 889)])),
            "inventory is [(5, 889)]",
        ),
        (
            replace(ADA_AFTER, inventory=replace(ADA_AFTER.inventory, free_capacity=109)),
            "free capacity is 109, the books say 110",
        ),
    ],
)
def test_a_state_that_differs_is_told(auditor: Auditor, wrong: PlayerAnswer, told: str) -> None:
    auditor.heard((TEN_MILK,), [SETTLED])
    auditor.read_back(0, wrong)
    assert auditor.difference_count == 1
    assert told in auditor.differences[0]


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Settled("t-1", [Glance(11, 2, 530), Glance(12, 2, 469)]), "left 469 gold"),
        (Settled("t-1", [Glance(11, 3, 530), Glance(12, 2, 470)]), "version 3 follows 1"),
        (Settled("t-1", [Glance(11, 2, 530)]), "tells of [11], not [11, 12]"),
        (Problem("no_space", "", "t-1"), "ended as no_space, not as settled"),
    ],
)
def test_an_answer_that_differs_is_told(auditor: Auditor, outcome: Outcome, told: str) -> None:
    auditor.heard((TEN_MILK,), [outcome])
    assert auditor.difference_count == 1
    assert told in auditor.differences[0]


def test_a_refusal_that_was_expected_moves_nothing(auditor: Auditor) -> None:
    auditor.heard((replace(TEN_MILK, expects="no_space"),), [Problem("no_space", "", "t-1")])
    auditor.read_back(0, ADA)
    assert auditor.differences == []


def test_a_refusal_without_a_trade_id_is_told(auditor: Auditor) -> None:
    auditor.heard((replace(TEN_MILK, expects="no_space"),), [Problem("no_space")])
    assert auditor.differences == ["action 0 was decided without a trade_id"]


def test_a_trade_id_that_comes_twice_is_told(auditor: Auditor) -> None:
    again = Settled("t-1", [Glance(11, 3, 560), Glance(12, 3, 440)])
    auditor.heard((TEN_MILK,), [SETTLED])
    auditor.heard((replace(TEN_MILK, number=1),), [again])
    assert auditor.differences == ["action 1 was told the old trade_id t-1"]


def test_the_trades_of_a_batch_may_share_a_version(auditor: Auditor) -> None:
    batch = (TEN_MILK, replace(TEN_MILK, number=1))
    second = Settled("t-2", [Glance(11, 2, 560), Glance(12, 2, 440)])
    auditor.heard(batch, [SETTLED, second])
    assert auditor.differences == []


def test_single_trades_may_not_share_a_version(auditor: Auditor) -> None:
    second = Settled("t-2", [Glance(11, 2, 560), Glance(12, 3, 440)])
    auditor.heard((TEN_MILK,), [SETTLED])
    auditor.heard((replace(TEN_MILK, number=1),), [second])
    assert auditor.differences == ["player 11: version 2 follows 2"]


def test_a_player_that_was_created_as_another_is_told() -> None:
    auditor = Auditor((Newcomer("Cleo", FARMER),), Books([FARMER]))
    auditor.created(0, ADA)
    assert auditor.differences == [
        "player 11 was created as ('Ada', 'farmer'), not as ('Cleo', 'farmer')"
    ]


def test_many_differences_are_counted_and_some_told(auditor: Auditor) -> None:
    for _ in range(200):
        auditor.read_back(0, replace(ADA, gold=1))
    assert (auditor.difference_count, len(auditor.differences)) == (200, 50)


ONE_GIFT = replace(TEN_MILK, takes=Gift())
RACE = Race(actions=(ONE_GIFT, replace(ONE_GIFT, number=1)), loser_reason="missing_items")
WON = Settled("t-1", [Glance(11, 2, 500), Glance(12, 2, 500)])
LOST = Problem("missing_items", "", "t-2")
AGAIN = Settled("t-2", [Glance(11, 3, 500), Glance(12, 3, 500)])


@pytest.mark.parametrize("outcomes", [[WON, LOST], [LOST, WON]])
def test_one_of_a_race_settles_whichever(auditor: Auditor, outcomes: list[Outcome]) -> None:
    auditor.raced(RACE, outcomes)
    auditor.read_back(0, replace(ADA_AFTER, gold=500))
    assert auditor.differences == []


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([WON, AGAIN], "settled 2 times"),
        ([LOST, replace(LOST, trade_id="t-3")], "settled 0 times"),
        ([WON, replace(LOST, reason="no_space")], "ended as no_space, not as missing_items"),
        ([WON, replace(LOST, trade_id="t-1")], "was told the old trade_id t-1"),
    ],
)
def test_a_race_that_ends_otherwise_is_told(
    auditor: Auditor, outcomes: list[Outcome], told: str
) -> None:
    auditor.raced(RACE, outcomes)
    assert told in " ".join(auditor.differences)


def test_one_request_sent_several_times_is_one_trade(auditor: Auditor) -> None:
    auditor.raced(Race(actions=(ONE_GIFT, ONE_GIFT), loser_reason=None), [WON, WON])
    auditor.read_back(0, replace(ADA_AFTER, gold=500))
    assert auditor.differences == []
    assert auditor.trade_count == 1


@pytest.mark.parametrize("other", [AGAIN, LOST])
def test_one_request_that_became_two_trades_is_told(auditor: Auditor, other: Outcome) -> None:
    auditor.raced(Race(actions=(ONE_GIFT, ONE_GIFT), loser_reason=None), [WON, other])
    assert "became several trades" in auditor.differences[0]


GOBLIN = Action(
    number=0,
    kind="battle",
    player=0,
    gives=Gift(600),
    takes=Gift(12, ((MILK, 1),)),
    fight=Fight("Goblin", None),
)
WON_FIGHT = Settled("t-1", [Glance(11, 2, 512)], "won")


def test_a_battle_that_was_won_is_booked_with_its_reward(auditor: Auditor) -> None:
    auditor.heard((GOBLIN,), [WON_FIGHT])
    spoils = InventoryAnswer(999, 900, 99, [Stack(FOOD, 500), Stack(MILK, 400)])
    auditor.read_back(0, replace(ADA, version=2, gold=512, inventory=spoils))
    assert auditor.differences == []


def test_a_battle_that_was_lost_costs_no_more_than_there_is(auditor: Auditor) -> None:
    auditor.heard((GOBLIN,), [Settled("t-1", [Glance(11, 2, 0)], "lost")])
    auditor.read_back(0, replace(ADA, version=2, gold=0))
    assert auditor.differences == []


def test_a_battle_that_pays_too_much_is_told(auditor: Auditor) -> None:
    auditor.heard((GOBLIN,), [replace(WON_FIGHT, players=[Glance(11, 2, 513)])])
    assert "left 513 gold, the books say 512" in auditor.differences[0]


def test_a_battle_without_an_outcome_is_told(auditor: Auditor) -> None:
    auditor.heard((GOBLIN,), [Settled("t-1", [Glance(11, 2, 0)])])
    assert auditor.differences == ["action 0 was a battle without an outcome"]
