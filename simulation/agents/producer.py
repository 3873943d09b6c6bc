"""Producers: take raw goods from the land and sell them by the load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from simulation.agents.agent import Agent, hours
from simulation.agents.turn import Turn

#: What each producing class begins with, and goes on to produce: item ids.
GOODS: Mapping[str, tuple[int, ...]] = {"farmer": (5, 6), "hunter": (7, 8)}
RAW_GOODS = tuple(item_id for goods in GOODS.values() for item_id in goods)

#: Units of one sale, and of one harvest.
_LOAD, _HARVEST = 20, 40
#: Fewer units than this send a producer out to harvest.
_STOCK_MIN = 100


class Producer(Agent):
    """Sells raw goods, at the town's price, to those who work or eat them, else to the shop.

    There is no route that makes goods from nothing: a harvest is bought from the shop, whose
    price stands for seed, feed and arrows.
    """

    role = "producer"
    share = 340
    classes: ClassVar = ("farmer", "hunter")
    awake = hours(6, 18)
    busy_percent = 12

    def act(self, turn: Turn) -> None:
        """Harvest when the barn is low, else sell a load."""
        held = {item_id: turn.mine.items.get(item_id, 0) for item_id in RAW_GOODS}
        item_id = max(held, key=held.__getitem__)
        if held[item_id] < _STOCK_MIN and turn.buy_from_the_shop(item_id, _HARVEST):
            return
        for buyer in turn.meet("crafter", "fighter", "recruit"):
            if turn.deal(turn.me, buyer, item_id, _LOAD, turn.town_percent(item_id)):
                return
        turn.sell_to_the_shop(item_id, _LOAD)
