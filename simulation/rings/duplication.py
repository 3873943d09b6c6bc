"""Duplication attempts: one stack is given away several times in the same moment.

Each attempt is made so that exactly one of its requests can settle, and so that what the members
hold after it does not depend on which: the plan stays a function of the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import ClassVar

from simulation.actions import Action, ActionKind, Gift
from simulation.agents.agent import hours
from simulation.rings.ring import Part, Ring
from simulation.scribe import Scribe

#: Requests of one attempt: more than an API has workers helps no cheat, and floods the log.
RIVALS = 4
#: Units of the stack that is to be doubled.
_UNITS = (3, 20)
#: What an attempt loses for: the stack is gone.
_GONE = "missing_items"


class Duplication(Ring):
    """A leader buys a stack, and tries to spend it more than once with the help of two mules."""

    kind = "duplication"
    parts = (Part("leader", "trader"), Part("mule", "farmer"), Part("mule", "hunter"))
    awake: ClassVar = hours(1, 6)
    busy_percent = 50
    actions_max = 1 + RIVALS + 2 + 1

    def meet(self, scribe: Scribe, random: Random, hour: int) -> None:
        """Buy a stack and attempt once, in one of four ways."""
        leader, *mules = self.members
        holdings = scribe.books.holdings
        units = random.randint(*_UNITS)
        if any(holdings[member].free < units for member in self.members):
            return
        held = {item_id for member in self.members for item_id in holdings[member].items}
        budget = holdings[leader].gold // units
        unowned = [
            item
            for item in scribe.world.wanted["potion"]
            if item.item_id not in held and item.value <= budget
        ]
        if not unowned:
            return
        item = random.choice(unowned)
        stack, price = Gift(0, ((item.item_id, units),)), Gift(units * item.value)
        scribe.write("purchase", leader, price, stack, hour=hour, label=self.label("stake"))
        attempt = _Attempt(self, scribe, stack, price, hour)
        ways: list[Callable[[], None]] = [
            lambda: attempt.to_one_mule(random.choice(mules)),
            lambda: attempt.to_two_mules(mules),
            attempt.to_the_shop,
            lambda: attempt.with_one_key(random.choice(mules)),
        ]
        random.choice(ways)()


class _Attempt:
    """One attempt with a stack that only the leader has."""

    def __init__(self, ring: Ring, scribe: Scribe, stack: Gift, price: Gift, hour: int) -> None:
        self._ring, self._scribe, self._hour = ring, scribe, hour
        self._leader = ring.members[0]
        self._stack, self._price = stack, price

    def to_one_mule(self, mule: int) -> None:
        """Give the stack to a mule several times."""
        rival = self._rival(self._leader, mule, "copy")
        self._scribe.write_race([rival] * RIVALS, _GONE, books_winner=True)
        self._sell(mule)

    def to_two_mules(self, mules: list[int]) -> None:
        """Give the stack to two mules; whoever has it gives it back."""
        gifts = [self._rival(self._leader, mule, "fork") for mule in mules]
        self._scribe.write_race(gifts * (RIVALS // 2), _GONE, books_winner=False)
        returns = [self._rival(mule, self._leader, "gather") for mule in mules]
        self._scribe.write_race(returns, _GONE, books_winner=False)
        self._sell(self._leader)

    def to_the_shop(self) -> None:
        """Sell the stack to the shop several times."""
        rival = self._action("sale", self._leader, "sale", takes=self._price)
        self._scribe.write_race([rival] * RIVALS, _GONE, books_winner=True)

    def with_one_key(self, mule: int) -> None:
        """Send one request several times with its one idempotency key."""
        rival = self._rival(self._leader, mule, "replay")
        self._scribe.write_race([rival] * RIVALS, None, books_winner=True)
        self._sell(mule)

    def _sell(self, holder: int) -> None:
        self._scribe.write(
            "sale",
            holder,
            self._stack,
            self._price,
            hour=self._hour,
            label=self._ring.label("cash"),
        )

    def _rival(self, giver: int, receiver: int, part: str) -> Action:
        return self._action("player_trade", giver, part, partner=receiver)

    def _action(
        self,
        kind: ActionKind,
        player: int,
        part: str,
        takes: Gift = Gift(),  # noqa: B008 - immutable
        partner: int | None = None,
    ) -> Action:
        return Action(
            number=0,
            kind=kind,
            player=player,
            partner=partner,
            gives=self._stack,
            takes=takes,
            hour=self._hour,
            label=self._ring.label(part),
        )
