"""What a simulated player can want to do, given the books: each move writes one action, or none.

A move that means to be refused breaks exactly one rule, so that its reason is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from simulation.actions import Action, Gift
from simulation.books import Books, Holding
from simulation.world import WANTED_KINDS, World

#: Units that change hands at once, at most, so that goods last for a long run.
_UNITS_MAX = 12
#: Prices between players, in percent of the base value.
_PRICE_PERCENT = (70, 140)
#: One in this many gifts of two units or more names its item on two lines.
_SPLIT_ONE_IN = 20


class Moment(Struct, frozen=True, kw_only=True):
    """What a move is decided on: the next action's number, who can act, and what they own."""

    number: int
    random: Random
    world: World
    books: Books
    players: Sequence[int]

    def somebody(self) -> int:
        """Draw a player."""
        return self.random.choice(self.players)

    def two(self) -> tuple[int, int]:
        """Draw two different players."""
        one, two = self.random.sample(self.players, 2)
        return one, two

    def of(self, player: int) -> Holding:
        """Return what a player owns."""
        return self.books.holdings[player]

    def value(self, item_id: int) -> int:
        """Return the base value of one unit, 1 at least."""
        return self.world.catalogue.value_of(item_id) or 1

    def stack(self, player: int) -> tuple[int, int] | None:
        """Draw one of a player's stacks as item id and units, or None when it has none."""
        items = self.of(player).items
        return self.random.choice(list(items.items())) if items else None

    def lines(self, item_id: int, units: int) -> tuple[tuple[int, int], ...]:
        """Write units of an item as one line, now and then as two."""
        if units > 1 and self.random.randrange(_SPLIT_ONE_IN) == 0:
            first = self.random.randrange(1, units)
            return ((item_id, first), (item_id, units - first))
        return ((item_id, units),)


Move = Callable[[Moment], Action | None]


def sell_to_a_player(now: Moment) -> Action | None:
    """Goods for gold, near the base value, as many as the buyer can pay and carry."""
    seller, buyer = now.two()
    stack = now.stack(seller)
    if stack is None:
        return None
    item_id, held = stack
    price = max(1, now.value(item_id) * now.random.randint(*_PRICE_PERCENT) // 100)
    most = min(_UNITS_MAX, held, now.of(buyer).free, now.of(buyer).gold // price)
    if most < 1:
        return None
    units = now.random.randint(1, most)
    return Action(
        number=now.number,
        kind="player_trade",
        player=seller,
        partner=buyer,
        gives=Gift(0, now.lines(item_id, units)),
        takes=Gift(price * units),
    )


def barter(now: Moment) -> Action | None:
    """Goods for goods of about the same value."""
    one, two = now.two()
    stack_1, stack_2 = now.stack(one), now.stack(two)
    if stack_1 is None or stack_2 is None or stack_1[0] == stack_2[0]:
        return None
    (item_1, held_1), (item_2, held_2) = stack_1, stack_2
    units_1 = now.random.randint(1, min(_UNITS_MAX, held_1))
    units_2 = units_1 * now.value(item_1) // now.value(item_2)
    fits = units_1 - units_2 <= now.of(two).free and units_2 - units_1 <= now.of(one).free
    if not 1 <= units_2 <= min(held_2, 4 * _UNITS_MAX) or not fits:
        return None
    return Action(
        number=now.number,
        kind="player_trade",
        player=one,
        partner=two,
        gives=Gift(0, now.lines(item_1, units_1)),
        takes=Gift(0, now.lines(item_2, units_2)),
    )


def present(now: Moment) -> Action | None:
    """Goods or gold for nothing."""
    giver, friend = now.two()
    stack = now.stack(giver)
    if now.random.random() < 0.5 and now.of(giver).gold:  # noqa: PLR2004 - one of two
        gift = Gift(now.random.randint(1, max(1, now.of(giver).gold // 10)))
    elif stack is not None and now.of(friend).free:
        units = now.random.randint(1, min(_UNITS_MAX, stack[1], now.of(friend).free))
        gift = Gift(0, now.lines(stack[0], units))
    else:
        return None
    return Action(number=now.number, kind="player_trade", player=giver, partner=friend, gives=gift)


def buy_from_the_shop(now: Moment) -> Action | None:
    """A weapon, a shield, a spell or a potion that leaves half of the gold."""
    buyer = now.somebody()
    kind = now.random.choices(list(WANTED_KINDS), weights=list(WANTED_KINDS.values()))[0]
    budget = now.of(buyer).gold // 2
    affordable = [item for item in now.world.wanted[kind] if item.value <= budget]
    if not affordable:
        return None
    item = now.random.choice(affordable)
    most = min(3, now.of(buyer).free, budget // item.value)
    if most < 1:
        return None
    return purchase_of(now, buyer, item.item_id, now.random.randint(1, most))


def sell_to_the_shop(now: Moment) -> Action | None:
    """Some units of what the player has."""
    seller = now.somebody()
    stack = now.stack(seller)
    if stack is None:
        return None
    item_id, held = stack
    units = now.random.randint(1, min(_UNITS_MAX, held))
    proceeds = units * (now.world.catalogue.value_of(item_id) or 0)
    return Action(
        number=now.number,
        kind="sale",
        player=seller,
        gives=Gift(0, ((item_id, units),)),
        takes=Gift(proceeds),
    )


def join_a_guild(now: Moment) -> Action | None:
    """A guild whose fee the player can pay."""
    player = now.somebody()
    guilds = [guild for guild in now.world.guilds if guild.fee <= now.of(player).gold]
    if now.of(player).guild is not None or not guilds:
        return None
    guild = now.random.choice(guilds)
    return Action(
        number=now.number,
        kind="guild_join",
        player=player,
        gives=Gift(guild.fee),
        guild=guild.name,
    )


def leave_the_guild(now: Moment) -> Action | None:
    """The guild that the player is in."""
    player = now.somebody()
    guild = now.of(player).guild
    if guild is None:
        return None
    return Action(number=now.number, kind="guild_leave", player=player, guild=guild)


def purchase_of(
    now: Moment, buyer: int, item_id: int, units: int, expects: str = "settled"
) -> Action:
    """Write the purchase of some units at the base value."""
    return Action(
        number=now.number,
        kind="purchase",
        player=buyer,
        gives=Gift(units * now.value(item_id)),
        takes=Gift(0, ((item_id, units),)),
        expects=expects,
    )
