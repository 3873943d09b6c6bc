"""Group commit: requests that wait at the same time are carried out in one round.

A round costs one reading and one pipeline of commits, however many requests it serves: they share
the round trips, the write to disk and most of a commit's own price. It is the databases' old
remedy (DeWitt et al., Implementation Techniques for Main Memory Database Systems, 1984).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from src.classes.player import Player
from src.classes.trade import Refusal
from src.events.record import Recorder, Stamp
from src.services.answers import Asked, Told, silent, stored_answer, told_of
from src.services.draft import Command, Decision, Draft
from src.services.errors import Explained, KeyReused
from src.services.ledger import Limits
from src.services.ports import CommitReply, PlayerStore, StoredAnswer, StoreUnreachable


class Request(Struct, frozen=True):
    """A command, and who asks for it."""

    command: Command
    asked: Asked


class GroupCommit:
    """Carries out requests that know nothing of each other, each as if it were alone."""

    def __init__(
        self,
        store: PlayerStore,
        recorder: Recorder,
        *,
        realm: str,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        """Work on `store`; `limits.commit_trades` requests share a commit."""
        self._store = store
        self._recorder = recorder
        self._realm = realm
        self._clock = clock
        self._limits = limits

    def carry_out(self, requests: Sequence[Request]) -> list[Told | Explained | None]:
        """Try each request once, the earlier before the later.

        Returns:
            For each in order what is told of it, or why it was not carried out (`StoreSilent`,
            another `NotAccepting`, `KeyReused`), or None: it has to be tried again, since its
            players changed meanwhile.
        """
        told: list[Told | Explained | None] = [None] * len(requests)
        try:
            reading = self._store.read(
                sorted({p for request in requests for p in request.command.player_ids})
            )
            commits = self._arranged(requests, dict(reading.players))
            replies = self._store.commit(
                [each.draft.commit(self._answer(each, requests)) for each in commits],
                reading.epoch,
            )
        except StoreUnreachable as error:
            return [_because(error) for _ in requests]
        for each, reply in zip(commits, replies, strict=True):
            for place, answer in zip(each.places, _answers(each, reply, requests), strict=False):
                told[place] = answer
        return told

    def _arranged(self, requests: Sequence[Request], players: dict[int, Player]) -> list[_Commit]:
        """Decide the requests in order, and lay each into a commit.

        Requests of one commit share no player: each gets a version of its own. One whose players
        change in an earlier commit of the round is decided on what that one will leave, and lies
        in a later commit. If the earlier is not written, the later meets a conflict.
        """
        now = self._clock()
        commits: list[_Commit] = []
        after: dict[int, int] = {}  # the first commit in which a player may be touched again
        for place, request in enumerate(requests):
            player_ids = request.command.player_ids
            decision = request.command.decide(players)
            first = max([after.get(player_id, 0) for player_id in player_ids])
            if first and isinstance(decision, Refusal):
                # It would be written whether or not that comes true on which it rests.
                continue
            asked = request.asked
            number = self._number(commits, first, alone=asked.key is not None)
            if number == len(commits):
                commits.append(_Commit(Draft(players, self._recorder), asked.key is not None))
            commits[number].add(
                place, decision, Stamp(self._realm, now, asked.request_id, asked.said)
            )
            if not isinstance(decision, Refusal):
                after.update(dict.fromkeys(player_ids, number + 1))
        return commits

    def _number(self, commits: Sequence[_Commit], first: int, *, alone: bool) -> int:
        """Return the first commit from `first` on that has room, or how many there are."""
        if not alone:
            for number in range(first, len(commits)):
                if not commits[number].is_alone and (
                    len(commits[number].places) < self._limits.commit_trades
                ):
                    return number
        return len(commits)

    def _answer(self, commit: _Commit, requests: Sequence[Request]) -> StoredAnswer | None:
        if not commit.is_alone:
            return None
        asked = requests[commit.places[0]].asked
        return stored_answer(asked, asked.key, commit.draft.outcomes, self._limits.answer_ttl_s)


class _Commit:
    """A draft, and the places of its requests in the round.

    One with an idempotency key is alone in its commit, which keeps one answer.
    """

    __slots__ = ("draft", "is_alone", "places")

    def __init__(self, draft: Draft, is_alone: bool) -> None:  # noqa: FBT001 - private
        self.draft = draft
        self.is_alone = is_alone
        self.places: list[int] = []

    def add(self, place: int, decision: Decision, stamp: Stamp) -> None:
        self.places.append(place)
        self.draft.add(decision, stamp)


def _answers(
    commit: _Commit, reply: CommitReply, requests: Sequence[Request]
) -> Sequence[Told | Explained]:
    try:
        return told_of(reply, commit.draft.outcomes, requests[commit.places[0]].asked)
    except KeyReused as error:
        return [error]


def _because(error: StoreUnreachable) -> Explained:
    told = silent()
    told.__cause__ = error
    return told
