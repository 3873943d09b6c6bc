"""Collectors: want one of everything that is rare, and pay for it."""

from __future__ import annotations

from typing import ClassVar

from simulation.agents.agent import Agent, hours
from simulation.agents.turn import Turn

#: What a collector looks for.
RARITIES = frozenset({"uncommon", "rare", "epic", "legendary"})
#: What is paid to another player, in percent of the base value.
_PREMIUM_PERCENT = (105, 140)
#: No single piece takes a larger part of the purse than one in this many.
_PURSE_PART = 4
#: Of 100 turns that find nothing at others, how many end in the shop.
_SHOP_PERCENT = 30


class Collector(Agent):
    """Buys single rare pieces that it does not have, from players first, else from the shop."""

    role = "collector"
    share = 80
    classes: ClassVar = ("aristocrat", "banker")
    awake = hours(17, 23)
    busy_percent = 40

    def act(self, turn: Turn) -> None:
        """Look for a new piece."""
        for seller in turn.meet("crafter", "fighter", "merchant", "recruit", "collector"):
            piece = next((i for i in turn.of(seller).items if self._wants(turn, i)), None)
            if piece is not None:
                percent = turn.random.randint(*_PREMIUM_PERCENT)
                if turn.deal(seller, turn.me, piece, 1, percent):
                    return
        if turn.random.randrange(100) < _SHOP_PERCENT:
            kind = turn.random.choice(list(turn.scribe.world.wanted))
            pieces = [i.item_id for i in turn.scribe.world.wanted[kind]]
            wanted = [item_id for item_id in pieces if self._wants(turn, item_id)]
            if wanted:
                turn.buy_from_the_shop(turn.random.choice(wanted), 1)

    def _wants(self, turn: Turn, item_id: int) -> bool:
        item = turn.scribe.world.catalogue.item(item_id)
        return (
            item.rarity in RARITIES
            and item_id not in turn.mine.items
            and item.value <= turn.mine.gold // _PURSE_PART
        )
