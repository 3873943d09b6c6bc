"""Fighters: arm themselves, eat, fight, and sell their trophies."""

from __future__ import annotations

from typing import ClassVar

from simulation.agents.agent import Agent, hours
from simulation.agents.turn import Turn
from src.classes.battle import might

#: Kinds of things that are fought with.
WEAPON_KINDS = ("sword", "bow", "spear", "dagger")
#: What warriors begin with, and sell: item ids.
TROPHIES = (19,)
#: An enemy is taken on up to this many times one's own might.
_BOLDNESS = 4
#: A weapon may cost one in this many of the coins at hand.
_WEAPON_PART = 2
#: Of 100 turns, how many are for trade.
_TRADING_PERCENT = 30
_TROPHIES_AT_ONCE = 3


class Fighter(Agent):
    """Fights in the evening, and lives on trophies.

    Who wins is the server's secret, so the plan never spends what may have been won: it stays
    with the fighter as savings.
    """

    role = "fighter"
    share = 120
    classes: ClassVar = ("warrior",)
    awake = hours(16, 1)
    busy_percent = 25

    def __init__(self, home: int) -> None:
        """Begin without a weapon."""
        super().__init__(home)
        self._weapon: int | None = None

    def act(self, turn: Turn) -> None:
        """Arm, sell trophies, or fight."""
        if self._weapon is None or self._weapon not in turn.mine.items:
            self._arm(turn)
        elif turn.random.randrange(100) < _TRADING_PERCENT:
            self._sell_trophies(turn)
        else:
            self._fight(turn, self._weapon)

    def _fight(self, turn: Turn, weapon: int) -> None:
        strength = might(turn.scribe.world.catalogue.item(weapon)) * _BOLDNESS
        enemies = [each for each in turn.scribe.world.enemies if each.strength <= strength]
        if enemies:
            turn.fight(turn.random.choice(enemies), weapon)

    def _arm(self, turn: Turn) -> None:
        self._weapon = None
        kind = turn.random.choice(WEAPON_KINDS)
        budget = turn.mine.gold // _WEAPON_PART
        weapons = [each for each in turn.scribe.world.wanted[kind] if each.value <= budget]
        if not weapons:
            self._sell_trophies(turn)
            return
        weapon = turn.random.choice(weapons).item_id
        if turn.buy_from_the_shop(weapon, 1):
            self._weapon = weapon

    def _sell_trophies(self, turn: Turn) -> None:
        for trophy in TROPHIES:
            for buyer in turn.meet("collector", "merchant"):
                if turn.deal(turn.me, buyer, trophy, _TROPHIES_AT_ONCE, 100):
                    return
            turn.sell_to_the_shop(trophy, _TROPHIES_AT_ONCE)
