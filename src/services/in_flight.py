"""Players that commits of this process are about to change: others wait instead of losing a race.

It is a courtesy: what is right is decided by versions, between processes and within one. So nobody
waits for long, as when Redis does not answer whoever is at work.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar


class Touching(Protocol):
    """What touches some players."""

    @property
    def player_ids(self) -> frozenset[int]:
        """The players, by id."""


T = TypeVar("T", bound=Touching)

#: Longer than a commit takes, shorter than a client waits.
_PATIENCE_S = 1.0


class InFlight:
    """The players that somebody works on. Safe to share between threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changed = threading.Condition()
        self._at_work = Counter[int]()

    @contextmanager
    def some_of(self, groups: Sequence[T]) -> Iterator[tuple[list[T], list[T]]]:
        """Work on those groups whose players nobody works on; wait a while when there is none.

        Nobody waits for players while holding others, so there is no deadlock. Whoever has waited
        in vain works on all.

        Args:
            groups: no two of them share a player; at least one.

        Returns:
            The groups to work on, and those that are left for later.
        """
        mine, left = self._taken(groups)
        try:
            yield mine, left
        finally:
            with self._changed:
                for group in mine:
                    self._at_work.subtract(group.player_ids)
                # Only those that somebody works on are kept.
                self._at_work = +self._at_work
                self._changed.notify_all()

    def _taken(self, groups: Sequence[T]) -> tuple[list[T], list[T]]:
        with self._changed:
            free = self._changed.wait_for(lambda: self._free(groups), _PATIENCE_S)
            mine = free or list(groups)
            for group in mine:
                self._at_work.update(group.player_ids)
            return mine, [g for g in groups if g not in mine]

    def _free(self, groups: Sequence[T]) -> list[T]:
        return [g for g in groups if g.player_ids.isdisjoint(self._at_work)]
