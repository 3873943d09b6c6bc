"""What holds for every trade, whatever is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from src.classes.amounts import AMOUNT_MAX
from src.classes.errors import Reason
from src.classes.guild import guild_join, guild_leave
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.classes.shop import purchase, sale, starter_grant
from src.classes.trade import Refusal, Settlement, Side, Trade
from tests.support.rules import (
    CATALOGUE,
    GUILDS,
    NO_SUCH_ITEM,
    books_of,
    by_id,
    decide,
    posted,
    settled,
    supply,
    swap,
)

ITEMS = st.sampled_from([1, 2, 3, 4, 101, 111])
ASKED_ITEMS = st.one_of(ITEMS, ITEMS, ITEMS, st.just(NO_SUCH_ITEM))
GOLD = st.one_of(st.integers(0, 50), st.integers(0, AMOUNT_MAX), st.just(AMOUNT_MAX))
#: Up to a value that five lines and every price of ITEMS keep below the largest amount.
UNITS = st.one_of(st.integers(1, 12), st.integers(1, AMOUNT_MAX // 1_000))
LINES = st.lists(st.tuples(ASKED_ITEMS, UNITS), max_size=5)

Lines = list[tuple[int, int]]


@st.composite
def players(draw: st.DrawFn, player_id: int) -> Player:
    """A player with some of everything, or of nothing, and any room that holds it."""
    items = draw(st.dictionaries(ITEMS, st.integers(1, 20), max_size=5))
    room = draw(st.one_of(st.integers(0, 20), st.just(AMOUNT_MAX // 2)))
    return Player(
        player_id=player_id,
        version=draw(st.integers(1, 1_000)),
        username="someone",
        player_class="farmer",
        guild=draw(st.one_of(st.none(), st.sampled_from(list(GUILDS)))),
        gold=draw(GOLD),
        inventory=Inventory(max(1, sum(items.values()) + room), dict(sorted(items.items()))),
    )


@st.composite
def trades(draw: st.DrawFn) -> Trade:
    """A trade of any kind, plausible or not; most are refused."""
    item, units = draw(ASKED_ITEMS), draw(UNITS)
    guild = GUILDS[draw(st.sampled_from(list(GUILDS)))]
    match draw(st.sampled_from(["swap", "swap", "swap", "buy", "sell", "grant", "join", "leave"])):
        case "buy":
            return purchase("t", 1, item, units, CATALOGUE)
        case "sell":
            return sale("t", 1, item, units, CATALOGUE)
        case "grant":
            return starter_grant("t", 1, draw(GOLD), draw(LINES))
        case "join":
            return guild_join("t", 1, guild)
        case "leave":
            return guild_leave("t", 1, guild.name)
        case _:
            return swap((1, draw(GOLD), draw(LINES)), (2, draw(GOLD), draw(LINES)))


@st.composite
def payers(draw: st.DrawFn, player_id: int) -> tuple[Player, Side]:
    """A player with room for anything, and an offer that it can pay for, on lines as they come."""
    items = draw(st.dictionaries(ITEMS, st.integers(1, 20), max_size=5))
    lines: Lines = []
    for item_id, held in items.items():
        for _ in range(2):
            units = draw(st.integers(0, held // 2))
            lines += [(item_id, units)] if units else []
    gold = draw(st.integers(1, 1_000))
    player = Player(
        player_id=player_id,
        version=draw(st.integers(1, 1_000)),
        username="someone",
        player_class="farmer",
        gold=gold,
        inventory=Inventory(1_000, dict(sorted(items.items()))),
    )
    return player, (player_id, draw(st.integers(1, gold)), lines)


def after(decision: Settlement | Refusal, before: Mapping[int, Player]) -> dict[int, Player]:
    """Return all players after a decision."""
    return {**before, **(decision.players if isinstance(decision, Settlement) else {})}


def told(decision: Settlement | Refusal) -> object:
    """Return what a decision says, in a form that can be compared."""
    if isinstance(decision, Refusal):
        return decision.reason, decision.error.facts
    return decision.players


@given(payers(1), payers(2))
def test_an_offer_that_both_can_pay_for_settles(
    one: tuple[Player, Side], two: tuple[Player, Side]
) -> None:
    trade = swap(one[1], two[1])
    before = by_id(one[0], two[0])
    now = settled(trade, one[0], two[0])
    held = {place: units for place, units in books_of(now.values()).items() if units}
    assert held == {
        place: units for place, units in posted(books_of(before.values()), trade).items() if units
    }
    assert supply(books_of(now.values())) == supply(books_of(before.values()))


@given(trades(), players(1), players(2))
def test_a_settled_trade_posts_every_leg_and_a_refused_one_none(
    trade: Trade, one: Player, two: Player
) -> None:
    before = by_id(one, two)
    decision = decide(trade, one, two)
    books = books_of(before.values())
    expected = posted(books, trade) if isinstance(decision, Settlement) else books
    held = books_of(after(decision, before).values())
    assert {place: units for place, units in held.items() if units} == {
        place: units
        for place, units in expected.items()
        if units and place[0].startswith("player:")
    }
    assert supply(expected) == supply(books)


@given(trades(), players(1), players(2))
def test_versions_of_the_named_players_rise_by_one(trade: Trade, one: Player, two: Player) -> None:
    before = by_id(one, two)
    decision = decide(trade, one, two)
    named = trade.player_ids if isinstance(decision, Settlement) else ()
    for player_id, player in after(decision, before).items():
        assert player.version == before[player_id].version + (player_id in named)


@given(trades(), players(1), players(2))
def test_no_holding_leaves_its_bounds(trade: Trade, one: Player, two: Player) -> None:
    for player in after(decide(trade, one, two), by_id(one, two)).values():
        assert 0 <= player.gold <= AMOUNT_MAX
        assert all(1 <= units <= AMOUNT_MAX for units in player.inventory.items.values())
        assert list(player.inventory.items) == sorted(player.inventory.items)
        assert player.inventory.used_capacity <= player.inventory.max_capacity
        assert set(player.inventory.items) <= {item.item_id for item in CATALOGUE}


@given(trades(), players(1), players(2))
def test_deciding_changes_none_of_what_it_was_given(trade: Trade, one: Player, two: Player) -> None:
    seen = [(p, dict(p.inventory.items)) for p in (one, two)]
    first = told(decide(trade, one, two))
    assert [(p, p.inventory.items) for p in (one, two)] == seen
    assert told(decide(trade, one, two)) == first


@given(trades(), players(1), players(2))
def test_a_refusal_is_one_of_the_reasons(trade: Trade, one: Player, two: Player) -> None:
    decision = decide(trade, one, two)
    if isinstance(decision, Refusal):
        assert decision.reason in set(Reason) - {Reason.UNKNOWN_GUILD, Reason.UNKNOWN_PLAYER}
        assert decision.error.detail.startswith(decision.reason.sentence)


@given(payers(1), payers(2))
def test_settling_then_settling_back_restores_both(
    one: tuple[Player, Side], two: tuple[Player, Side]
) -> None:
    (_, gold_1, items_1), (_, gold_2, items_2) = one[1], two[1]
    there = settled(swap(one[1], two[1]), one[0], two[0])
    back = swap((1, gold_2, items_2), (2, gold_1, items_1))
    again = settled(back, there[1], there[2])
    for before, _ in (one, two):
        restored = again[before.player_id]
        assert (restored.gold, restored.inventory) == (before.gold, before.inventory)
        assert restored.version == before.version + 2


@given(players(1), players(2), LINES, LINES, GOLD, GOLD, st.data())
def test_the_order_of_lines_does_not_matter(
    one: Player,
    two: Player,
    lines_1: Lines,
    lines_2: Lines,
    gold_1: int,
    gold_2: int,
    data: st.DataObject,
) -> None:
    asked = decide(swap((1, gold_1, lines_1), (2, gold_2, lines_2)), one, two)
    shuffled_1 = data.draw(st.permutations(lines_1))
    shuffled_2 = data.draw(st.permutations(lines_2))
    shuffled = decide(swap((1, gold_1, shuffled_1), (2, gold_2, shuffled_2)), one, two)
    assert told(shuffled) == told(asked)


@given(players(1), players(2), LINES, LINES, GOLD, GOLD)
def test_which_side_is_named_first_does_not_matter(
    one: Player, two: Player, lines_1: Lines, lines_2: Lines, gold_1: int, gold_2: int
) -> None:
    asked = decide(swap((1, gold_1, lines_1), (2, gold_2, lines_2)), one, two)
    turned = decide(swap((2, gold_2, lines_2), (1, gold_1, lines_1)), one, two)
    if isinstance(asked, Settlement):
        assert isinstance(turned, Settlement)
        assert turned.players == asked.players
    else:
        assert isinstance(turned, Refusal)
        assert turned.reason is asked.reason
