"""Gold selling: one player's gold reaches its customers through mules, for next to nothing."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from simulation.actions import Gift
from simulation.agents.agent import hours
from simulation.agents.collector import Collector
from simulation.agents.producer import Producer
from simulation.agents.recruit import Recruit
from simulation.rings.ring import Part, Ring
from simulation.scribe import Scribe

#: Coins of one delivery; what a mule is given holds several.
_DELIVERY = (2_000, 20_000)
_SUPPLY = 60_000


class GoldSelling(Ring):
    """The customers pay elsewhere; here they hand over one cheap thing, so that it looks traded."""

    kind = "gold_selling"
    parts = (
        Part("seller", "banker", Collector),
        Part("mule", "farmer"),
        Part("mule", "farmer"),
        Part("customer", "hunter", Producer),
        Part("customer", "farmer", Recruit),
        Part("customer", "hunter", Recruit),
    )
    awake: ClassVar = hours(0, 9)
    busy_percent = 40
    actions_max = 2

    def meet(self, scribe: Scribe, random: Random, hour: int) -> None:
        """Deliver to one customer; a mule that lacks the gold is supplied first."""
        seller, *others = self.members
        mule = random.choice(others[:2])
        customer = random.choice(others[2:])
        coins = random.randint(*_DELIVERY)
        holdings = scribe.books.holdings
        if holdings[mule].gold < coins:
            if holdings[seller].gold < _SUPPLY:
                return
            supply = Gift(_SUPPLY)
            self.pass_on(scribe, seller, mule, supply, Gift(), hour=hour, part="supply")
        thing = next(iter(holdings[customer].items), None)
        fits = thing is not None and holdings[mule].free > 0
        trinket = Gift(0, ((thing, 1),)) if thing is not None and fits else Gift()
        self.pass_on(scribe, mule, customer, Gift(coins), trinket, hour=hour, part="delivery")
