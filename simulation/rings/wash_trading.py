"""Wash trades: two players sell each other one thing to and fro, at a price that nobody pays."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from simulation.actions import Gift
from simulation.agents.agent import hours
from simulation.agents.crafter import Crafter
from simulation.agents.producer import Producer
from simulation.rings.ring import Part, Ring
from simulation.scribe import Scribe

#: Times the base value, and sales there and back.
_TIMES = (4, 12)
_RETURNS = (1, 3)


class WashTrading(Ring):
    """The thing and the gold end where they began; the market saw a price."""

    kind = "wash_trading"
    parts = (Part("trader", "leatherworker", Crafter), Part("trader", "hunter", Producer))
    awake: ClassVar = hours(10, 23)
    busy_percent = 20
    actions_max = 2 * _RETURNS[1]

    def meet(self, scribe: Scribe, random: Random, hour: int) -> None:
        """Sell a thing there and back some times."""
        one, two = random.sample(self.members, 2)
        purse = scribe.books.holdings[two]
        things = [
            (item_id, price)
            for item_id in scribe.books.holdings[one].items
            if (price := random.randint(*_TIMES) * (scribe.world.catalogue.value_of(item_id) or 1))
            <= purse.gold
        ]
        if not things or not purse.free:
            return
        item_id, price = random.choice(things)
        thing, coins = Gift(0, ((item_id, 1),)), Gift(price)
        for _ in range(random.randint(*_RETURNS)):
            self.pass_on(scribe, one, two, thing, coins, hour=hour, part="there")
            self.pass_on(scribe, two, one, thing, coins, hour=hour, part="back")
