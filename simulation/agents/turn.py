"""One agent's turn: who it is, where and when, whom it can meet, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from msgspec import Struct

from simulation.actions import Fight, Gift
from simulation.books import Holding
from simulation.market import Market
from simulation.scribe import Scribe
from src.classes.battle import Enemy

#: Others that an agent looks at before it gives up. More: longer plans, and fewer idle turns.
_LOOKS = 6


class Town(Struct, frozen=True):
    """A town in one hour: its number, and who is there by role, as places in the plan."""

    number: int
    present: Mapping[str, Sequence[int]]


class Turn(Struct, frozen=True, kw_only=True):
    """The turn of the agent at place `me`; `hour` counts from the start of the simulation."""

    me: int
    hour: int
    town: Town
    random: Random
    scribe: Scribe
    market: Market

    @property
    def mine(self) -> Holding:
        """What the agent owns."""
        return self.of(self.me)

    def of(self, player: int) -> Holding:
        """Return what a player owns."""
        return self.scribe.books.holdings[player]

    def meet(self, *roles: str) -> list[int]:
        """Draw some others of these roles that are in town, in the order of meeting them."""
        there = [self.town.present.get(role, ()) for role in roles]
        crowd = sum(map(len, there))
        met: list[int] = []
        for _ in range(min(_LOOKS, crowd)):
            place = self.random.randrange(crowd)
            for group in there:
                if place < len(group):
                    met.append(group[place])
                    break
                place -= len(group)
        return [other for other in dict.fromkeys(met) if other != self.me]

    def cost(self, item_id: int, units: int, percent: int = 100) -> int:
        """Return the coins for some units at a percentage of the base value, 1 at least."""
        value = self.scribe.world.catalogue.value_of(item_id) or 0
        return max(1, units * value * percent // 100)

    def town_percent(self, item_id: int) -> int:
        """Return what an item costs in this town, in percent of its base value."""
        return self.market.percent(self.town.number, item_id)

    def deal(self, seller: int, buyer: int, item_id: int, units_max: int, percent: int) -> int:
        """Sell as many units as both can at a price; return how many, 0 for no deal."""
        goods, purse = self.of(seller), self.of(buyer)
        units = min(units_max, goods.items.get(item_id, 0), purse.free)
        while units > 0 and self.cost(item_id, units, percent) > purse.gold:
            # Prices are rounded down for all units together, so a quotient can be one too many.
            units = min(units - 1, units * purse.gold // self.cost(item_id, units, percent))
        if units < 1 or seller == buyer:
            return 0
        pays = Gift(self.cost(item_id, units, percent))
        written = self.scribe.write(
            "player_trade",
            seller,
            Gift(0, ((item_id, units),)),
            pays,
            partner=buyer,
            hour=self.hour,
        )
        return units if written else 0

    def give(self, friend: int, gift: Gift) -> bool:
        """Give something away for nothing; the caller has seen that it fits."""
        return self.scribe.write("player_trade", self.me, gift, partner=friend, hour=self.hour)

    def buy_from_the_shop(self, item_id: int, units_max: int) -> int:
        """Buy as many units as can be paid and carried; return how many."""
        units = min(units_max, self.mine.free, self.mine.gold // self.cost(item_id, 1))
        if units < 1:
            return 0
        written = self.scribe.write(
            "purchase",
            self.me,
            Gift(self.cost(item_id, units)),
            Gift(0, ((item_id, units),)),
            hour=self.hour,
        )
        return units if written else 0

    def sell_to_the_shop(self, item_id: int, units_max: int) -> int:
        """Sell as many units as there are; return how many."""
        units = min(units_max, self.mine.items.get(item_id, 0))
        if units < 1:
            return 0
        written = self.scribe.write(
            "sale",
            self.me,
            Gift(0, ((item_id, units),)),
            Gift(self.cost(item_id, units)),
            hour=self.hour,
        )
        return units if written else 0

    def fight(self, enemy: Enemy, weapon_item_id: int) -> bool:
        """Enter a battle, if what can be won fits; the server decides how it ends."""
        if sum(units for _, units in enemy.loot) > self.mine.free:
            return False
        return self.scribe.write(
            "battle",
            self.me,
            Gift(enemy.toll),
            Gift(enemy.gold, enemy.loot),
            fight=Fight(enemy.name, weapon_item_id),
            hour=self.hour,
        )
