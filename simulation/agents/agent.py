"""What an agent is: a role, the classes that take it, the hours that it keeps, what it does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from simulation.agents.turn import Turn

HOURS_A_DAY = 24


class Agent(ABC):
    """One simulated player. What it remembers is its own; what it owns stands in the books."""

    #: One word, as in the labels.
    role: ClassVar[str]
    #: How many of 1,000 agents take this role.
    share: ClassVar[int]
    #: Classes of `data/classes.json`, one of which it has.
    classes: ClassVar[tuple[str, ...]]
    #: Hours of the day, from 0 to 23, in which it is awake.
    awake: ClassVar[frozenset[int]]
    #: How many of 100 hours awake it does something in.
    busy_percent: ClassVar[int]

    def __init__(self, home: int) -> None:
        """Live in a town."""
        self.home = home

    def town_at(self, hour: int, towns: int) -> int:  # noqa: ARG002 - for those that travel
        """Return where it is, among `towns` towns, in an hour from the start."""
        return self.home

    @abstractmethod
    def act(self, turn: Turn) -> None:
        """Do one thing, or nothing."""


def hours(first: int, last: int) -> frozenset[int]:
    """Return the hours of a day from `first` up to and with `last`, over midnight if need be."""
    count = (last - first) % HOURS_A_DAY + 1
    return frozenset((first + each) % HOURS_A_DAY for each in range(count))
