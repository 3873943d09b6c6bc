"""Group commit: requests that wait at the same time are carried out in one round.

A round costs one reading and one pipeline of commits, however many requests it serves: they share
the round trips, the write to disk and most of a commit's own price. It is the databases' old
remedy (DeWitt et al., Implementation Techniques for Main Memory Database Systems, 1984).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct

from src.classes.player import Player
from src.events.record import Recorder, Stamp
from src.services.answers import Asked, Told, silent, stored_answer, told_of
from src.services.draft import Command, Draft
from src.services.errors import Explained, KeyReused
from src.services.groups import disjoint_groups
from src.services.ledger import Limits
from src.services.ports import CommitReply, LoopPlayerStore, StoredAnswer, StoreUnreachable


class Request(Struct, frozen=True):
    """A command, and who asks for it."""

    command: Command
    asked: Asked


class Again(Enum):
    """Why a request has to be tried again: it lost a race, or others came first in its round."""

    LOST = "lost"
    WAITS = "waits"


#: What becomes of a request in a round: what is told of it, why it was not carried out
#: (`StoreSilent`, another `NotAccepting`, `KeyReused`), or that it has to be tried again.
End = Told | Explained | Again


class GroupCommit:
    """Carries out requests that know nothing of each other, each as if it were alone."""

    def __init__(
        self,
        store: LoopPlayerStore,
        recorder: Recorder,
        *,
        realm: str,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        """Work on `store`; about `limits.commit_trades` requests share a commit."""
        self._store = store
        self._recorder = recorder
        self._realm = realm
        self._clock = clock
        self._limits = limits

    async def carry_out(self, requests: Sequence[Request]) -> list[End]:
        """Try each request once, the earlier before the later; return how each ended, in order."""
        ends: list[End] = [Again.WAITS] * len(requests)
        groups = _groups(requests, self._limits.commit_trades)
        try:
            reading = await self._store.read(
                sorted({p for request in requests for p in request.command.player_ids})
            )
            now = self._clock()
            drafts = [self._draft(requests, places, reading.players, now) for places in groups]
            replies = await self._store.commit(
                (
                    draft.commit(self._answer(requests[places[0]].asked, draft))
                    for draft, places in zip(drafts, groups, strict=True)
                ),
                reading.epoch,
            )
        except StoreUnreachable as error:
            return [_because(error) for _ in requests]
        for places, draft, reply in zip(groups, drafts, replies, strict=True):
            told = _told(reply, draft, requests[places[0]].asked)
            for place, end in zip(places, told, strict=True):
                ends[place] = end
        return ends

    def _draft(
        self,
        requests: Sequence[Request],
        places: Sequence[int],
        read: Mapping[int, Player],
        now: datetime,
    ) -> Draft:
        """Decide the requests of a commit, each on what the ones before it leave."""
        players: dict[int, Player] = {}
        draft = Draft(players, self._recorder)
        for place in places:
            command, asked = requests[place].command, requests[place].asked
            for player_id in command.player_ids:
                if player_id not in players and player_id in read:
                    players[player_id] = read[player_id]
            stamp = Stamp(self._realm, now, asked.request_id, asked.said)
            draft.add(command.decide(players), stamp)
        return draft

    def _answer(self, asked: Asked, draft: Draft) -> StoredAnswer | None:
        # One with a key is alone in its commit, which keeps one answer.
        return stored_answer(asked, asked.key, draft.outcomes, self._limits.answer_ttl_s)


def _groups(requests: Sequence[Request], size: int) -> list[list[int]]:
    """Return which requests share a commit, by their places.

    No player is touched by two commits: the second would be decided on what the first leaves, and
    might be written where another server's change came instead of it. So requests of the same
    players lie in one commit; one with a key, which needs a commit of its own, waits for another
    round when its players are touched in this one, and who comes after it waits too.
    """
    alone: list[list[int]] = []
    together: list[int] = []
    shared, closed = set[int](), set[int]()
    for place, request in enumerate(requests):
        player_ids = request.command.player_ids
        has_key = request.asked.key is not None
        if closed.isdisjoint(player_ids) and not (has_key and not shared.isdisjoint(player_ids)):
            if has_key:
                alone.append([place])
            else:
                together.append(place)
                shared.update(player_ids)
                continue
        closed.update(player_ids)
    touched = [requests[place].command.player_ids for place in together]
    groups = disjoint_groups(touched, size) if together else []
    return alone + [[together[number] for number in group] for group in groups]


def _told(reply: CommitReply, draft: Draft, asked: Asked) -> Sequence[End]:
    try:
        return told_of(reply, draft.outcomes, asked) or [Again.LOST] * len(draft.outcomes)
    except KeyReused as error:
        return [error]


def _because(error: StoreUnreachable) -> Explained:
    told = silent()
    told.__cause__ = error
    return told
