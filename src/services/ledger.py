"""Read, decide, commit, and again if someone was faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from src.classes.player import Player
from src.events.record import Recorder, Stamp
from src.services.draft import Command, Draft
from src.services.errors import (
    Busy,
    KeyReused,
    NotAccepting,
    NotChecked,
    OutboxIsFull,
    StoreSilent,
)
from src.services.groups import disjoint_groups
from src.services.outcomes import Outcome
from src.services.ports import (
    Claim,
    CommitReply,
    Committed,
    Conflict,
    OutboxFull,
    PlayerStore,
    Replayed,
    StoredAnswer,
    StoreUnreachable,
    Unchecked,
)

_BUSY = "Others changed the same players each time this was tried; send it again."
_FULL = "Too many events wait for the log; nothing was changed."
_UNCHECKED = "The store was restarted and is being checked against the log; nothing was changed."
_SILENT = (
    "The store did not answer; whether the change was made is not known. Send the request again "
    "with the same Idempotency-Key to learn it and to have it made once."
)


class Asked(Struct, frozen=True):
    """Who asks: the request's id, and its idempotency key with the fingerprint of its body.

    `said` is the JSON of what a client said that is no fact here; the events keep it as `asked`.
    """

    request_id: str | None = None
    scope: str = ""
    key: str | None = None
    fingerprint: str = ""
    said: str | None = None


class Limits(Struct, frozen=True):
    """How often a conflict is tried, how many trades share a commit, how long answers live."""

    attempts_max: int
    commit_trades: int
    answer_ttl_s: int


class Told(Struct, frozen=True):
    """An outcome, and whether it is the answer to an earlier request with the same key."""

    outcome: Outcome
    replayed: bool = False


class _Group:
    """Commands of one commit, by their places in the request."""

    def __init__(self, key: str | None, places: Sequence[int], commands: Sequence[Command]) -> None:
        self.key = key
        self.places = places
        self.commands = [commands[place] for place in places]
        self.player_ids = frozenset(p for command in self.commands for p in command.player_ids)


class Ledger:
    """Carries out commands on the players of one realm."""

    def __init__(
        self,
        store: PlayerStore,
        recorder: Recorder,
        *,
        realm: str,
        clock: Callable[[], datetime],
        pause: Callable[[int], None],
        limits: Limits,
    ) -> None:
        """Work on `store`; `pause(n)` waits before the n-th retry so that rivals spread out."""
        self._store = store
        self._recorder = recorder
        self._realm = realm
        self._clock = clock
        self._pause = pause
        self._limits = limits

    def carry_out(self, command: Command, asked: Asked) -> Told:
        """Settle or refuse one command.

        Raises:
            Busy: others were faster, as often as it was tried.
            NotAccepting: the realm takes no change now.
            KeyReused: the idempotency key was used for another request.
        """
        told = self.carry_out_all([command], asked)[0]
        if isinstance(told, Exception):
            raise told
        return told

    def carry_out_all(
        self, commands: Sequence[Command], asked: Asked
    ) -> list[Told | Busy | NotAccepting]:
        """Settle or refuse each command on its own, as if one came after the other.

        Commands that share no player commute, so they are committed in groups that share none:
        one that meets a conflict is tried again without the others.

        Raises:
            KeyReused: the idempotency key was used for another request.
            NotAccepting: the store cannot be reached.
        """
        if len(commands) > 1:
            # Parts are known by their place: cut to another size, it is another request.
            cut = f"{asked.fingerprint}/{self._limits.commit_trades}"
            asked = replace(asked, fingerprint=cut)
        told: dict[int, Told | Busy | NotAccepting] = {}
        try:
            waiting = self._groups(commands, asked)
            reading = self._store.read(sorted({p for g in waiting for p in g.player_ids}))
            players = dict(reading.players)
            for attempt in range(self._limits.attempts_max):
                if attempt:
                    self._pause(attempt)
                waiting = self._try(waiting, players, reading.epoch, asked, told)
                if not waiting:
                    break
        except StoreUnreachable as error:
            raise StoreSilent(_SILENT) from error
        for group in waiting:
            told.update(dict.fromkeys(group.places, Busy(_BUSY)))
        return [told[place] for place in range(len(commands))]

    def _groups(self, commands: Sequence[Command], asked: Asked) -> list[_Group]:
        layout = disjoint_groups([c.player_ids for c in commands], self._limits.commit_trades)
        if len(layout) == 1 or asked.key is None:
            return [_Group(asked.key, places, commands) for places in layout]
        # Each group keeps an answer of its own; the key itself is claimed for this request first,
        # or groups of another request with the same key could be carried out.
        ttl_s = self._limits.answer_ttl_s
        claim = self._store.claim(asked.scope, asked.key, asked.fingerprint, ttl_s)
        if claim is Claim.OTHER:
            raise KeyReused(KEY_REUSED)
        # No client's key has a space in it, so none is the key of a part.
        return [
            _Group(f"{asked.key} {part}", places, commands) for part, places in enumerate(layout)
        ]

    def _try(
        self,
        groups: Sequence[_Group],
        players: dict[int, Player],
        epoch: str,
        asked: Asked,
        told: dict[int, Told | Busy | NotAccepting],
    ) -> list[_Group]:
        """Commit the groups; return those that met a conflict, with `players` made fresh."""
        lost = []
        for group, reply in zip(
            groups, self._commit(groups, players, epoch, asked, told), strict=True
        ):
            if isinstance(reply, Conflict):
                lost.append(group)
                players.update(reply.players)
                for player_id in reply.absent:
                    players.pop(player_id, None)
        return lost

    def _commit(
        self,
        groups: Sequence[_Group],
        players: dict[int, Player],
        epoch: str,
        asked: Asked,
        told: dict[int, Told | Busy | NotAccepting],
    ) -> list[CommitReply]:
        stamp = Stamp(self._realm, self._clock(), asked.request_id, asked.said)
        drafts = [
            Draft(
                group.commands,
                {p: players[p] for p in group.player_ids if p in players},
                self._recorder,
                stamp,
            )
            for group in groups
        ]
        commits = [
            draft.commit(self._answer(asked, group, draft.outcomes))
            for group, draft in zip(groups, drafts, strict=True)
        ]
        replies = self._store.commit(commits, epoch)
        for group, draft, reply in zip(groups, drafts, replies, strict=True):
            # Nothing is told before the commit: a draft that lost is forgotten whole.
            told.update(
                zip(group.places, self._tell(draft, reply, len(group.places), asked), strict=False)
            )
        return replies

    def _tell(
        self, draft: Draft, reply: CommitReply, count: int, asked: Asked
    ) -> list[Told | Busy | NotAccepting]:
        match reply:
            case Committed():
                return [Told(outcome) for outcome in draft.outcomes]
            case Replayed(value):
                return [Told(outcome, replayed=True) for outcome in _recall(value, asked)]
            case OutboxFull():
                return [OutboxIsFull(_FULL)] * count
            case Unchecked():
                return [NotChecked(_UNCHECKED)] * count
            case _:
                return []

    def _answer(
        self, asked: Asked, group: _Group, outcomes: tuple[Outcome, ...]
    ) -> StoredAnswer | None:
        if group.key is None:
            return None
        value = asked.fingerprint.encode() + b"\n" + _OUTCOMES_ENCODER.encode(outcomes)
        return StoredAnswer(asked.scope, group.key, value, self._limits.answer_ttl_s)


_OUTCOMES_ENCODER = msgspec.json.Encoder()
_OUTCOMES_DECODER = msgspec.json.Decoder(tuple[Outcome, ...])


def _recall(value: bytes, asked: Asked) -> tuple[Outcome, ...]:
    fingerprint, _, stored = value.partition(b"\n")
    if fingerprint.decode() != asked.fingerprint:
        raise KeyReused(KEY_REUSED)
    return _OUTCOMES_DECODER.decode(stored)


#: What is said to whoever uses a key twice.
KEY_REUSED = "Use a new key for a new request; the same body gets the first answer again."
