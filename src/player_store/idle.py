"""Connections that wait for work, each known by the life of Redis that it reached."""

from __future__ import annotations

from collections import deque
from typing import Generic, Protocol, TypeVar

from src.player_store.connection import Epoch


class Connection(Protocol):
    """What waits: `run_id` is the life of Redis that it reached, empty once it is broken."""

    run_id: str

    def close(self) -> None:
        """Close it."""


C = TypeVar("C", bound=Connection)


class IdleConnections(Generic[C]):
    """Connections to one Redis that nobody uses now."""

    def __init__(self, epoch: Epoch) -> None:
        """Keep connections to the life of Redis that `epoch` says is the newest."""
        self._epoch = epoch
        # Threads take from and give back to the same end, without a lock.
        self._idle: deque[C] = deque()

    def take(self) -> C | None:
        """Take a connection to the newest life of Redis; those to an older one are dead."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if connection.run_id == self._epoch.current:
                return connection
            connection.close()
        return None

    def give(self, connection: C) -> None:
        """Let a connection wait that has nothing to receive any more."""
        self._idle.append(connection)

    def close(self) -> None:
        """Close all that wait."""
        while self._idle:
            self._idle.pop().close()
