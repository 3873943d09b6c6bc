"""The economy's plan: a function of the seed, possible by the rules, agents true to their names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from random import Random

import pytest

from simulation.actions import SETTLED, Action, Race
from simulation.agents.agent import HOURS_A_DAY
from simulation.agents.collector import RARITIES
from simulation.agents.crafter import CRAFT_KINDS
from simulation.agents.merchant import Merchant
from simulation.agents.producer import RAW_GOODS
from simulation.books import Books
from simulation.cast import AGENTS, CHEATS_PERCENT, RINGS
from simulation.economy import Economy
from simulation.world import World
from src.classes.battle import ROLL_SIDES
from src.classes.player import Player
from src.classes.trade import Refusal, settle
from tests.support.planned import as_trade, fight_planned, states_of
from tests.support.rules import CATALOGUE


@cache
def actions_of(plan: Economy) -> list[Action]:
    """Return every trade that is planned, one that is sent several times once."""
    return [
        action
        for lanes in plan.rounds()
        for step in chain.from_iterable(lanes)
        for action in (step.decided if isinstance(step, Race) else step)
    ]


@pytest.fixture(scope="module")
def plan(world: World) -> Economy:
    """An economy with cheats, long enough for everybody to have done what it does."""
    return Economy(1, 400, 12_000, world, cheats=True)


@pytest.fixture(scope="module")
def honest(plan: Economy) -> dict[str, list[Action]]:
    """The honest actions by the role of who asks, ring members left out."""
    by_role: defaultdict[str, list[Action]] = defaultdict(list)
    for action in actions_of(plan):
        if plan.cast.members[action.player].ring is None:
            by_role[plan.cast.members[action.player].role].append(action)
    return by_role


def test_the_same_seed_plans_the_same(world: World) -> None:
    plan, again = (Economy(7, 100, 2_000, world, cheats=True) for _ in range(2))
    assert (plan.cast, plan.newcomers) == (again.cast, again.newcomers)
    assert list(plan.rounds()) == list(again.rounds()) == list(plan.rounds())


def test_another_seed_plans_another_economy(world: World) -> None:
    plan, other = (Economy(seed, 100, 500, world) for seed in (7, 8))
    assert plan.cast != other.cast
    assert actions_of(plan) != actions_of(other)


def test_more_trades_are_more_days_of_the_same_life(world: World) -> None:
    short, long = Economy(7, 100, 500, world), Economy(7, 100, 2_000, world)
    assert short.cast == long.cast
    assert actions_of(long)[:500] == actions_of(short)


@pytest.mark.parametrize(
    ("players", "actions", "cheats"),
    [(20, 700, False), (60, 1_501, True), (1_000, 3_000, True), (5_000, 100, False)],
)
def test_every_trade_is_planned_once(
    world: World,
    players: int,
    actions: int,
    cheats: bool,  # noqa: FBT001 - a row of the table
) -> None:
    planned = actions_of(Economy(7, players, actions, world, cheats=cheats))
    assert sorted(action.number for action in planned) == list(range(actions))


@pytest.mark.parametrize(
    ("players", "actions", "cheats"), [(19, 1, False), (59, 1, True), (20, -1, False)]
)
def test_an_economy_needs_enough_players(
    world: World,
    players: int,
    actions: int,
    cheats: bool,  # noqa: FBT001 - as above
) -> None:
    with pytest.raises(ValueError, match="or more"):
        Economy(7, players, actions, world, cheats=cheats)


def test_the_lanes_of_a_round_share_no_player(plan: Economy) -> None:
    for lanes in plan.rounds():
        owners: dict[int, int] = {}
        for place, lane in enumerate(lanes):
            for action in chain.from_iterable(lane):
                for player in action.players:
                    assert owners.setdefault(player, place) == place


@pytest.mark.parametrize(
    ("seed", "last_wins", "luck"),
    [(1, False, "good"), (2, True, "bad"), (3, False, "mixed"), (4, True, "mixed")],
)
def test_the_rules_decide_as_planned_whoever_wins_a_race_or_a_battle(
    world: World,
    seed: int,
    last_wins: bool,  # noqa: FBT001 - as above
    luck: str,
) -> None:
    roll = Random(seed)  # noqa: S311 - seeded
    plan = Economy(seed, 100, 3_000, world, cheats=True)
    states = states_of(plan.newcomers)
    for lanes in plan.rounds():
        for step in chain.from_iterable(lanes):
            if isinstance(step, Race):
                rivals = step.decided[::-1] if last_wins else step.decided
                told = sorted(decided(action, states) for action in rivals)
                loser = step.loser_reason or SETTLED
                assert told == sorted([SETTLED, *[loser] * (len(rivals) - 1)])
            else:
                (action,) = step
                sides = {"good": 0, "bad": ROLL_SIDES - 1}.get(luck, roll.randrange(ROLL_SIDES))
                assert decided(action, states, sides) == action.expects, action


def decided(action: Action, states: dict[int, Player], roll: int = 0) -> str:
    """Settle an action by the rules, and return how it ended."""
    if action.kind == "battle":
        decision = fight_planned(action, states, roll)
    else:
        decision = settle(as_trade(action), states, CATALOGUE)
    if isinstance(decision, Refusal):
        return decision.reason.word
    states.update(decision.players)
    return SETTLED


def test_every_role_has_its_share_and_its_classes(world: World) -> None:
    cast = Economy(3, 2_000, 0, world).cast
    counts = Counter(member.role for member in cast.members)
    for agent in AGENTS:
        assert counts[agent.role] == pytest.approx(agent.share * 2, abs=2)
        classes = {m.player_class for m in cast.members if m.role == agent.role}
        assert classes == set(agent.classes)


def test_agents_keep_their_hours(honest: dict[str, list[Action]]) -> None:
    # Trade with another player can be the other's idea.
    for agent in AGENTS:
        alone = [action for action in honest[agent.role] if action.kind != "player_trade"]
        assert {action.hour % HOURS_A_DAY for action in alone} <= agent.awake


def test_producers_sell_what_they_produce(honest: dict[str, list[Action]]) -> None:
    sales = [a for a in honest["producer"] if a.partner is not None and a.takes.gold]
    assert len(sales) > 500
    raw = [a for a in sales if a.gives.items[0][0] in RAW_GOODS]
    assert len(raw) > len(sales) * 0.9
    harvested = {i for a in honest["producer"] if a.kind == "purchase" for i, _ in a.takes.items}
    assert harvested <= set(RAW_GOODS)


def test_crafters_turn_raw_goods_into_things(
    plan: Economy, honest: dict[str, list[Action]]
) -> None:
    made = [a for a in honest["crafter"] if a.kind == "purchase"]
    assert len(made) > 200
    assert {CATALOGUE.item(a.takes.items[0][0]).kind for a in made} <= set(CRAFT_KINDS)
    by_number = {action.number: action for action in actions_of(plan)}
    for craft in made:
        ingredients = by_number[craft.number - 1]
        assert (ingredients.kind, ingredients.player) == ("sale", craft.player)
        assert ingredients.gives.items[0][0] in RAW_GOODS


def test_merchants_buy_low_and_sell_high(plan: Economy) -> None:
    merchants = {
        place for place, member in enumerate(plan.cast.members) if member.role == "merchant"
    }
    cost: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    profits = []
    for action in actions_of(plan):
        if action.kind == "player_trade" and action.partner in merchants and action.takes.gold:
            ((item_id, units),) = action.gives.items
            cost[action.partner, item_id].append((units, action.takes.gold))
        elif action.kind == "player_trade" and action.player in merchants:
            ((item_id, units),) = action.gives.items
            paid = [coins for bought, coins in cost[action.player, item_id] if bought == units]
            if paid:
                profits.append(action.takes.gold - min(paid))
    assert len(profits) > 50
    assert min(profits) > 0


def test_merchants_travel(world: World) -> None:
    del world
    merchant = Merchant(home=2)
    assert {merchant.town_at(hour, 5) for hour in range(HOURS_A_DAY)} == {0, 1, 2, 3, 4}


def test_collectors_want_what_is_rare_and_not_theirs(plan: Economy) -> None:
    books = plan.open_books()
    collectors = {p for p, m in enumerate(plan.cast.members) if m.role == "collector"}
    pieces = 0
    for action in applied(plan):
        buyer = action.partner if action.partner is not None else action.player
        goods = action.gives if action.partner is not None else action.takes
        if buyer in collectors and action.kind in ("player_trade", "purchase"):
            ((item_id, units),) = goods.items
            is_new = item_id not in books.holdings[buyer].items
            is_rare = CATALOGUE.item(item_id).rarity in RARITIES
            pieces += is_new and is_rare and units == 1
            assert action.kind == "player_trade" or (is_new and is_rare and units == 1)
        post(books, action)
    assert pieces > 100


def applied(plan: Economy) -> Iterator[Action]:
    """Iterate over what moves: the first of a race stands for whoever wins it."""
    for lanes in plan.rounds():
        for step in chain.from_iterable(lanes):
            yield step.actions[0] if isinstance(step, Race) else step[0]


def post(books: Books, action: Action) -> None:
    """Book what moves, and the worst of a battle."""
    if action.kind == "battle":
        books.post_worst(action)
    else:
        books.post(action)


def test_fighters_arm_themselves_and_fight_whom_they_can_face(
    plan: Economy, honest: dict[str, list[Action]]
) -> None:
    battles = [action for action in honest["fighter"] if action.fight is not None]
    assert len(battles) > 200
    books, armed = plan.open_books(), 0
    for action in applied(plan):
        if action.fight is not None:
            assert action.fight.weapon_item_id in books.holdings[action.player].items
            armed += 1
        post(books, action)
    assert armed >= len(battles)
    assert len({action.fight.enemy for action in battles if action.fight}) > 3


def test_recruits_join_help_and_leave(plan: Economy, honest: dict[str, list[Action]]) -> None:
    kinds = Counter(action.kind for action in honest["recruit"])
    assert kinds["guild_join"] > 50
    assert kinds["guild_leave"] > 10
    books = plan.open_books()
    presents = 0
    for action in applied(plan):
        if (
            plan.cast.members[action.player].role == "recruit"
            and action.kind == "player_trade"
            and not action.takes.gold
            and action.label is None
        ):
            assert action.partner is not None
            guild = books.holdings[action.player].guild
            assert guild is not None
            assert guild == books.holdings[action.partner].guild
            presents += 1
        post(books, action)
    assert presents > 20


def ring_actions(plan: Economy, kind: str) -> dict[tuple[str, int], list[Action]]:
    """Return the labelled actions of one kind of cheating, by ring and hour."""
    names = {ring.name for ring in plan.cast.rings if ring.way.kind == kind}
    found: defaultdict[tuple[str, int], list[Action]] = defaultdict(list)
    for action in actions_of(plan):
        if action.label is not None and action.label.ring in names:
            found[action.label.ring, action.hour].append(action)
    assert len(found) > 5
    return found


def net(actions: Sequence[Action]) -> Counter[tuple[int, int | None]]:
    """Return what each player gained, by player and item id, None for gold."""
    gained: Counter[tuple[int, int | None]] = Counter()
    for action in actions:
        assert action.partner is not None
        for gift, giver, receiver in (
            (action.gives, action.player, action.partner),
            (action.takes, action.partner, action.player),
        ):
            for item_id, units in ((None, gift.gold), *gift.items):
                gained[giver, item_id] -= units
                gained[receiver, item_id] += units
    return Counter({key: units for key, units in gained.items() if units})


def test_rings_hold_their_part_of_the_players(plan: Economy) -> None:
    members = [place for ring in plan.cast.rings for place in ring.members]
    assert len(members) == len(set(members)) <= 400 * CHEATS_PERCENT // 100
    assert {ring.way for ring in plan.cast.rings} == set(RINGS)
    for ring in plan.cast.rings:
        named = [plan.cast.members[place] for place in ring.members]
        assert [each.role for each in named] == [part.word for part in ring.way.parts]
        assert {each.ring for each in named} == {ring.name}
        assert len({each.home for each in named}) == 1


def test_there_are_no_cheats_unless_they_are_asked_for(world: World) -> None:
    plan = Economy(1, 400, 2_000, world)
    assert plan.cast.rings == ()
    assert {action.label for action in actions_of(plan)} == {None}


def test_sold_gold_flows_from_the_seller_through_mules_to_customers(plan: Economy) -> None:
    roles = [member.role for member in plan.cast.members]
    for meeting in ring_actions(plan, "gold_selling").values():
        for action in meeting:
            assert action.partner is not None
            assert action.label is not None
            way = roles[action.player], roles[action.partner]
            assert (
                way
                == {"supply": ("seller", "mule"), "delivery": ("mule", "customer")}[
                    action.label.part
                ]
            )
            worth = sum(u * (CATALOGUE.value_of(i) or 0) for i, u in action.takes.items)
            assert worth < action.gives.gold


def test_circular_trade_comes_home(plan: Economy) -> None:
    for meeting in ring_actions(plan, "circular_trading").values():
        assert len(meeting) == 4
        assert not net(meeting)


def test_wash_trades_show_a_price_and_move_nothing(plan: Economy) -> None:
    for meeting in ring_actions(plan, "wash_trading").values():
        assert not net(meeting)
        for there in meeting[::2]:
            ((item_id, _),) = there.gives.items
            assert there.takes.gold >= 4 * (CATALOGUE.value_of(item_id) or 1)


def test_duplication_is_tried_in_each_way(plan: Economy) -> None:
    parts = {
        action.label.part
        for meeting in ring_actions(plan, "duplication").values()
        for action in meeting
        if action.label is not None
    }
    assert parts == {"stake", "copy", "fork", "gather", "sale", "replay", "cash"}
