"""What a peer is: another design of the same trade, which ours is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct

from benchmarks.results import Figure
from src.classes.player import Player
from src.config import Settings


class Ground(Struct, frozen=True, kw_only=True):
    """What a peer is given to run on.

    Attributes:
        settings: of our stack, whose Redis and Kafka it may use and whose folder it writes below;
            `api_port` is the one that it has to listen on.
        pids: the processes of our stack by name.
        players: those that trade, as they are when it begins.
    """

    settings: Settings
    pids: Mapping[str, int]
    players: Sequence[Player]


class Rival(Protocol):
    """A peer that runs."""

    @property
    def pids(self) -> Mapping[str, int]:
        """Every process that works for its trades, by name."""

    def faults(self, settled: int) -> list[str]:
        """Say what is wrong at the end, after so many trades were answered as settled."""

    def figures(self) -> tuple[Figure, ...]:
        """Return what else is to be told of its run."""


class Peer(Protocol):
    """A design that answers `POST /v1/trades` as ours does.

    Attributes:
        name: of its row, for `--only`.
        title: what it is.
        closes: whether it closes a connection after each answer.
    """

    name: str
    title: str
    closes: bool

    def lacks(self) -> str:
        """Return what this machine lacks to run it; empty when nothing."""

    def standing(self, ground: Ground) -> AbstractContextManager[Rival]:
        """Run it, with the players of `ground`, while its caller measures.

        Raises:
            BenchmarkFailed: it did not start.
        """
