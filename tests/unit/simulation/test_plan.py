"""The plan is a pure function of the seed, and what it expects is what the rules decide."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest

from simulation.actions import Action
from simulation.plan import Plan
from simulation.world import World
from src.classes.trade import Refusal, settle
from tests.support.planned import as_trade, states_of
from tests.support.rules import CATALOGUE


def actions_of(plan: Plan) -> list[Action]:
    lanes = chain.from_iterable(plan.rounds())
    return [action for lane in lanes for step in lane for action in step]


def test_the_same_seed_plans_the_same(world: World) -> None:
    plan, again = Plan(7, 50, 2_000, world), Plan(7, 50, 2_000, world)
    assert plan.newcomers == again.newcomers
    assert list(plan.rounds()) == list(again.rounds()) == list(plan.rounds())


def test_another_seed_plans_another_run(world: World) -> None:
    plan, other = Plan(7, 50, 500, world), Plan(8, 50, 500, world)
    assert plan.newcomers != other.newcomers
    assert actions_of(plan) != actions_of(other)


def test_more_trades_do_not_make_other_players(world: World) -> None:
    assert Plan(7, 50, 10, world).newcomers == Plan(7, 50, 1_000, world).newcomers


@pytest.mark.parametrize(("players", "actions"), [(2, 300), (3, 1), (33, 1_001), (1_000, 5_000)])
def test_every_action_is_planned_once(world: World, players: int, actions: int) -> None:
    planned = actions_of(Plan(7, players, actions, world))
    assert [action.number for action in planned] == list(range(actions))


def test_a_plan_of_no_trades_has_no_rounds(world: World) -> None:
    assert list(Plan(7, 2, 0, world).rounds()) == []


@pytest.mark.parametrize(("players", "actions"), [(1, 10), (0, 0), (10, -1)])
def test_trading_needs_two_players(world: World, players: int, actions: int) -> None:
    with pytest.raises(ValueError, match="2 players or more"):
        Plan(7, players, actions, world)


def test_the_lanes_of_a_round_share_no_player(world: World) -> None:
    for lanes in Plan(7, 40, 3_000, world).rounds():
        assert len(lanes) > 1
        owners: dict[int, int] = {}
        for place, lane in enumerate(lanes):
            for action in chain.from_iterable(lane):
                for player in action.players:
                    assert owners.setdefault(player, place) == place


def test_players_meet_others_in_later_rounds(world: World) -> None:
    met: dict[int, set[int]] = {}
    for action in actions_of(Plan(7, 40, 6_000, world)):
        if action.partner is not None and action.partner != action.player:
            met.setdefault(action.player, set()).add(action.partner)
    # A lane has 2 or 3 of the 40 players.
    assert min(len(partners) for partners in met.values()) > 5


def test_only_player_trades_stand_in_batches(world: World) -> None:
    steps = [s for lanes in Plan(7, 60, 4_000, world).rounds() for lane in lanes for s in lane]
    batches = [step for step in steps if len(step) > 1]
    assert batches
    assert max(map(len, batches)) <= 20
    assert {action.kind for step in batches for action in step} == {"player_trade"}


def test_a_run_shows_every_kind_and_every_refusal(world: World) -> None:
    counts = Counter((a.kind, a.expects) for a in actions_of(Plan(1, 1_000, 10_000, world)))
    assert counts.keys() == {
        ("player_trade", "settled"),
        ("player_trade", "insufficient_gold"),
        ("player_trade", "missing_items"),
        ("player_trade", "no_space"),
        ("player_trade", "self_trade"),
        ("purchase", "settled"),
        ("purchase", "insufficient_gold"),
        ("sale", "settled"),
        ("guild_join", "settled"),
        ("guild_join", "already_in_guild"),
        ("guild_leave", "settled"),
        ("guild_leave", "not_in_guild"),
    }
    by_kind = Counter(action.kind for action in actions_of(Plan(1, 1_000, 10_000, world)))
    assert by_kind["player_trade"] > 5_000
    refused = sum(count for (_, expects), count in counts.items() if expects != "settled")
    assert 300 < refused < 1_500


def test_more_swords_are_bought_than_other_weapons(world: World) -> None:
    bought = Counter(
        CATALOGUE.item(action.takes.items[0][0]).kind
        for action in actions_of(Plan(1, 1_000, 10_000, world))
        if action.kind == "purchase"
    )
    assert bought.most_common(1)[0][0] == "sword"
    assert bought.keys() == {"sword", "shield", "bow", "spear", "dagger", "spell", "potion"}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("players", [2, 5, 200])
def test_what_the_plan_expects_is_what_the_rules_decide(
    world: World, seed: int, players: int
) -> None:
    plan = Plan(seed, players, 3_000, world)
    by_id = states_of(plan.newcomers)
    for action in actions_of(plan):
        decision = settle(as_trade(action), by_id, CATALOGUE)
        told = decision.reason.word if isinstance(decision, Refusal) else "settled"
        assert told == action.expects, action
        if not isinstance(decision, Refusal):
            by_id.update(decision.players)
