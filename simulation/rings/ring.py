"""What a ring is: some players that cheat together, the part of each, and the hours it meets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from random import Random
from typing import ClassVar

from msgspec import Struct

from simulation.actions import Gift, Label
from simulation.agents.agent import Agent
from simulation.scribe import Scribe


class Part(Struct, frozen=True):
    """A member's part: its word in the labels, its class, and how it lives between meetings.

    `cover` is None for a player that does nothing but cheat.
    """

    word: str
    player_class: str
    cover: type[Agent] | None = None


class Ring(ABC):
    """One ring. Its members live in one town; what it did is told by its labels alone."""

    #: One word for the way of cheating, as in the labels.
    kind: ClassVar[str]
    #: Who is in it, the leader first.
    parts: ClassVar[tuple[Part, ...]]
    #: Hours of the day in which it can meet, and how many of 100 of them it does.
    awake: ClassVar[frozenset[int]]
    busy_percent: ClassVar[int]
    #: Actions of one meeting, at most; it does not begin one that the plan would cut off.
    actions_max: ClassVar[int]

    def __init__(self, name: str, members: Sequence[int]) -> None:
        """Gather members, as places in the plan, in the order of `parts`."""
        self.name = name
        self.members = tuple(members)

    @abstractmethod
    def meet(self, scribe: Scribe, random: Random, hour: int) -> None:
        """Cheat once, if what the members hold allows it."""

    def label(self, part: str) -> Label:
        """Name what an action does in this ring."""
        return Label(self.name, part)

    def pass_on(
        self,
        scribe: Scribe,
        giver: int,
        receiver: int,
        gives: Gift,
        takes: Gift,
        *,
        hour: int,
        part: str,
    ) -> None:
        """Write one trade between members; the caller has seen that both can."""
        scribe.write(
            "player_trade",
            giver,
            gives,
            takes,
            partner=receiver,
            hour=hour,
            label=self.label(part),
        )
