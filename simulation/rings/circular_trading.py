"""Circular trading: goods go round among friends, and come home with much trade on their record."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from simulation.actions import Gift
from simulation.agents.agent import hours
from simulation.agents.crafter import Crafter
from simulation.agents.producer import Producer
from simulation.agents.recruit import Recruit
from simulation.rings.ring import Part, Ring
from simulation.scribe import Scribe

_UNITS = (2, 8)


class CircularTrading(Ring):
    """Each sells to the next, at the base value, until the first has its goods and gold again."""

    kind = "circular_trading"
    parts = (
        Part("link", "tailor", Crafter),
        Part("link", "farmer", Producer),
        Part("link", "hunter", Recruit),
        Part("link", "blacksmith", Crafter),
    )
    awake: ClassVar = hours(18, 2)
    busy_percent = 25
    actions_max = 4

    def meet(self, scribe: Scribe, random: Random, hour: int) -> None:
        """Send one bundle round."""
        holdings = scribe.books.holdings
        first = random.randrange(len(self.members))
        circle = self.members[first:] + self.members[:first]
        bundle = next(iter(holdings[circle[0]].items.items()), None)
        if bundle is None:
            return
        item_id, units = bundle[0], min(bundle[1], random.randint(*_UNITS))
        price = Gift(units * (scribe.world.catalogue.value_of(item_id) or 1))
        if any(holdings[m].gold < price.gold or holdings[m].free < units for m in circle):
            return
        goods = Gift(0, ((item_id, units),))
        for seller, buyer in zip(circle, (*circle[1:], circle[0]), strict=True):
            self.pass_on(scribe, seller, buyer, goods, price, hour=hour, part="round")
