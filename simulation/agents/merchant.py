"""Merchants: buy where goods are cheap, travel, and sell where they are dear."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from simulation.agents.agent import Agent, hours
from simulation.agents.turn import Turn

#: Hours that a merchant stays in a town.
STAY_HOURS = 4
#: Units of one load; and what a price must be above the one that was paid, in percent points.
_LOAD, _MARGIN_PERCENT = 15, 8
#: A load that found no better price in this many hours goes to the shop.
_PATIENCE_HOURS = 72
#: Loads carried at once.
_LOADS_MAX = 3


class Load(Struct, frozen=True):
    """Units of an item, what they cost in all, in which percentage of the base value, and when."""

    item_id: int
    units: int
    paid: int
    percent: int
    hour: int


class Merchant(Agent):
    """Knows the prices of all towns; a load is sold with a profit, or to the shop after days."""

    role = "merchant"
    share = 100
    classes: ClassVar = ("trader",)
    awake = hours(8, 20)
    busy_percent = 35

    def __init__(self, home: int) -> None:
        """Begin without a load."""
        super().__init__(home)
        self.loads: list[Load] = []

    def town_at(self, hour: int, towns: int) -> int:
        """Travel from town to town, all through the day and the night."""
        return (self.home + hour // STAY_HOURS) % towns

    def act(self, turn: Turn) -> None:
        """Sell a load if there is a buyer, else buy one if there is a bargain."""
        if any(self._sell(turn, load) for load in list(self.loads)):
            return
        if len(self.loads) < _LOADS_MAX:
            self._buy(turn)

    def _sell(self, turn: Turn, load: Load) -> bool:
        percent = turn.town_percent(load.item_id)
        if percent >= load.percent + _MARGIN_PERCENT:
            for buyer in turn.meet("crafter", "collector", "fighter", "recruit"):
                # A part of a load is no profit when coins are small: whole, or not at all.
                if (
                    turn.of(buyer).free >= load.units
                    and turn.of(buyer).gold >= turn.cost(load.item_id, load.units, percent)
                    and turn.cost(load.item_id, load.units, percent) > load.paid
                    and turn.deal(turn.me, buyer, load.item_id, load.units, percent)
                ):
                    self.loads.remove(load)
                    turn.market.brought_in(turn.town.number, load.item_id)
                    return True
        if turn.hour - load.hour > _PATIENCE_HOURS:
            self.loads.remove(load)
            return bool(turn.sell_to_the_shop(load.item_id, load.units))
        return False

    def _buy(self, turn: Turn) -> None:
        for seller in turn.meet("producer", "crafter"):
            items = list(turn.of(seller).items)
            if not items:
                continue
            item_id = turn.random.choice(items)
            percent = turn.town_percent(item_id)
            if percent > 100 - _MARGIN_PERCENT:
                continue
            units = turn.deal(seller, turn.me, item_id, _LOAD, percent)
            if units:
                paid = turn.cost(item_id, units, percent)
                self.loads.append(Load(item_id, units, paid, percent, turn.hour))
                turn.market.carried_off(turn.town.number, item_id)
                return
