"""Crafters: buy raw goods, make things of them, sell what they made."""

from __future__ import annotations

from typing import ClassVar

from simulation.agents.agent import Agent, hours
from simulation.agents.producer import RAW_GOODS
from simulation.agents.turn import Turn

#: Kinds of things that are made here.
CRAFT_KINDS = ("sword", "shield", "bow", "spear", "dagger", "potion")

#: Units of raw goods that make one piece of work, and of one purchase of them.
_INGREDIENTS, _SUPPLY = 10, 20
#: The most pieces of one work, and the most coins that one of them is worth.
_PIECES, _VALUE_MAX = 3, 400
#: Of 100 turns, how many are for selling what is made.
_SELLING_PERCENT = 60


class Crafter(Agent):
    """Works raw goods into things and sells those above the base value, which pays the work.

    There is no recipe in the API: the ingredients are sold to the shop, and the thing is bought
    from it. So a craft is a sale and a purchase, and its margin lies in the next sale.
    """

    role = "crafter"
    share = 240
    classes: ClassVar = ("blacksmith", "alchemist", "tailor", "leatherworker")
    awake = hours(7, 19)
    busy_percent = 12

    def __init__(self, home: int) -> None:
        """Begin with nothing made."""
        super().__init__(home)
        self._made: dict[int, int] = {}

    def act(self, turn: Turn) -> None:
        """Sell what is made, make more, or buy what it is made of."""
        if self._made and turn.random.randrange(100) < _SELLING_PERCENT:
            self._sell(turn)
            return
        raw = next((i for i in RAW_GOODS if turn.mine.items.get(i, 0) >= _INGREDIENTS), None)
        if raw is not None:
            self._craft(turn, raw)
        else:
            self._buy_supplies(turn)

    def _craft(self, turn: Turn, raw: int) -> None:
        kind = turn.random.choice(CRAFT_KINDS)
        budget = min(turn.mine.gold // 2, _VALUE_MAX)
        works = [each for each in turn.scribe.world.wanted[kind] if each.value <= budget]
        if not works or not turn.sell_to_the_shop(raw, _INGREDIENTS):
            return
        work = turn.random.choice(works).item_id
        pieces = turn.buy_from_the_shop(work, turn.random.randint(1, _PIECES))
        if pieces:
            self._made[work] = self._made.get(work, 0) + pieces

    def _sell(self, turn: Turn) -> None:
        work = turn.random.choice(list(self._made))
        percent = max(100, turn.town_percent(work)) + turn.random.randint(2, 15)
        for buyer in turn.meet("collector", "fighter", "recruit"):
            if turn.deal(turn.me, buyer, work, 1, percent):
                self._made[work] -= 1
                break
        if not self._made[work] or not turn.mine.items.get(work):
            del self._made[work]

    def _buy_supplies(self, turn: Turn) -> None:
        if turn.mine.free < _INGREDIENTS:
            # A full store sells what it began with, to have room to work.
            turn.sell_to_the_shop(next(iter(turn.mine.items)), _SUPPLY)
            return
        for seller in turn.meet("producer"):
            item_id = max(RAW_GOODS, key=lambda each: turn.of(seller).items.get(each, 0))
            if turn.deal(seller, turn.me, item_id, _SUPPLY, turn.town_percent(item_id)):
                return
