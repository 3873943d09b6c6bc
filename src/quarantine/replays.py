"""What became of the records that were replayed, and the port to the log that remembers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct


class Replay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last time that a record in quarantine was replayed.

    Attributes:
        place: of the record, as `trade-0-17`.
        outcome: `replayed`: it went into the log again; `kept`: it still cannot land.
        replayed_at: when, UTC.
        reason: for which it had been quarantined.
        reason_now: why it was kept.
        replayed_as: the place of the record that went into the log.
        seq: that record's event number.
        mended: whether it went in as an operator had written it.
    """

    place: str
    outcome: Literal["replayed", "kept"]
    replayed_at: datetime
    reason: str
    reason_now: str | None = None
    replayed_as: str | None = None
    seq: int | None = None
    mended: bool = False


class Resend(Struct, frozen=True):
    """A record that goes into the log again; `note` is remembered with its new place."""

    topic: str
    key: bytes
    value: bytes
    note: Replay


class ReplayLog(Protocol):
    """The event log, written by whoever replays: records and what is remembered, as one."""

    def replays(self) -> Mapping[str, Replay]:
        """Return the last replay of each record, by its place.

        Raises:
            LogError: the log is not reachable.
        """

    def fence(self) -> None:
        """Shut out every other replay of this realm; what it had not committed is void.

        Raises:
            LogError: the log is not reachable.
        """

    def publish(self, resends: Sequence[Resend], kept: Sequence[Replay]) -> Sequence[Replay]:
        """Commit records and all notes, or nothing; return the notes as they are remembered.

        Raises:
            LogError: what became of the transaction is not known; `replays` tells.
        """

    def close(self) -> None:
        """Let go of the log."""
