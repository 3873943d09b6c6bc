"""The port to the log: what the relay needs of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from src.events.outbox_entry import Record


class LogError(Exception):
    """The log failed. Whether the transaction under way was committed is not known."""


class EventLog(Protocol):
    """An ordered log that takes records in transactions, with the writer's position inside."""

    def fence(self) -> None:
        """Shut out every earlier writer of this realm.

        Raises:
            LogError: the log is not reachable.
        """

    def position(self) -> int:
        """Return the seq of the last record ever committed, 0 when there is none.

        Only meaningful after `fence`: before it a predecessor may still commit.

        Raises:
            LogError: the log is not reachable.
        """

    def publish(self, records: Sequence[Record], position: int) -> None:
        """Commit all records and the new position, or none of them.

        Raises:
            LogError: what became of the transaction is not known; this writer must not go on.
        """

    def close(self) -> None:
        """Let go of the log."""
