"""Who asks, and what is told: the answers of a store made into answers of a use case."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from src.decoding import json_decoder
from src.services.errors import (
    Busy,
    KeyReused,
    NotAccepting,
    NotChecked,
    OutboxIsFull,
    StoreSilent,
)
from src.services.outcomes import Outcome
from src.services.ports import (
    CommitReply,
    Committed,
    OutboxFull,
    Replayed,
    StoredAnswer,
    Unchecked,
)

_FULL = "Too many events wait for the log; nothing was changed."
_UNCHECKED = "The store was restarted and is being checked against the log; nothing was changed."
_SILENT = (
    "The store did not answer; whether the change was made is not known. Send the request again "
    "with the same Idempotency-Key to learn it and to have it made once."
)
_BUSY = "Others changed the same players each time this was tried; send it again."
_KEY_REUSED = "Use a new key for a new request; the same body gets the first answer again."


class Asked(Struct, frozen=True):
    """Who asks: the request's id, and its idempotency key with the fingerprint of its body.

    `said` is the JSON of what a client said that is no fact here; the events keep it as `asked`.
    """

    request_id: str | None = None
    scope: str = ""
    key: str | None = None
    fingerprint: str = ""
    said: str | None = None


class Told(Struct, frozen=True):
    """An outcome, and whether it is the answer to an earlier request with the same key."""

    outcome: Outcome
    replayed: bool = False


def told_of(
    reply: CommitReply, outcomes: Sequence[Outcome], asked: Asked
) -> list[Told | NotAccepting]:
    """Return what is told of each command of a commit; nothing when it met a conflict.

    Args:
        reply: of the store.
        outcomes: of the commands, if the commit was written.
        asked: who asked for all of them.

    Raises:
        KeyReused: the idempotency key was used for another request.
    """
    match reply:
        case Committed():
            return [Told(outcome) for outcome in outcomes]
        case Replayed(value):
            return [Told(outcome, replayed=True) for outcome in _recalled(value, asked)]
        case OutboxFull():
            return [OutboxIsFull(_FULL) for _ in outcomes]
        case Unchecked():
            return [NotChecked(_UNCHECKED) for _ in outcomes]
        case _:
            return []


def stored_answer(
    asked: Asked, key: str | None, outcomes: Sequence[Outcome], ttl_s: int
) -> StoredAnswer | None:
    """Return what to keep under `key`, a whole request's or a part's; None when there is none."""
    if key is None:
        return None
    value = asked.fingerprint.encode() + b"\n" + _OUTCOMES_ENCODER.encode(outcomes)
    return StoredAnswer(asked.scope, key, value, ttl_s)


def silent() -> StoreSilent:
    """Return what is told when the store did not answer."""
    return StoreSilent(_SILENT)


def busy() -> Busy:
    """Return what is told when others were faster each time."""
    return Busy(_BUSY)


def key_reused() -> KeyReused:
    """Return what is told to whoever uses a key twice."""
    return KeyReused(_KEY_REUSED)


_OUTCOMES_ENCODER = msgspec.json.Encoder()
_OUTCOMES_DECODER = json_decoder(tuple[Outcome, ...])


def _recalled(value: bytes, asked: Asked) -> tuple[Outcome, ...]:
    fingerprint, _, stored = value.partition(b"\n")
    if fingerprint.decode() != asked.fingerprint:
        raise key_reused()
    return _OUTCOMES_DECODER.decode(stored)
