"""Read, decide, commit, and again if someone was faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from src.classes.player import Player
from src.events.record import Recorder, Stamp
from src.services.answers import (
    Asked,
    Told,
    busy,
    key_reused,
    silent,
    stored_answer,
    told_of,
)
from src.services.draft import Command, Draft
from src.services.errors import Busy, NotAccepting
from src.services.groups import disjoint_groups
from src.services.in_flight import InFlight
from src.services.ports import (
    Claim,
    Commit,
    Conflict,
    PlayerStore,
    StoreUnreachable,
)


class Limits(Struct, frozen=True):
    """How often a conflict is tried, how many trades share a commit, how long answers live."""

    attempts_max: int
    commit_trades: int
    answer_ttl_s: int


class _Group:
    """Commands of one commit, by their places in the request."""

    def __init__(self, key: str | None, places: Sequence[int], commands: Sequence[Command]) -> None:
        self.key = key
        self.places = places
        self.commands = [commands[place] for place in places]
        self.player_ids = frozenset(p for command in self.commands for p in command.player_ids)
        self.attempts = 0


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
        self._in_flight = InFlight()

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
        one whose players another thread works on comes after the others, and one that meets
        another process' change is tried again without them.

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
            while waiting:
                with self._in_flight.some_of(waiting) as (groups, later):
                    lost = self._try(groups, asked, told)
                again = self._worth_trying(lost, told)
                if again:
                    self._pause(again[0].attempts)
                waiting = again + later
        except StoreUnreachable as error:
            raise silent() from error
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
            raise key_reused()
        # No client's key has a space in it, so none is the key of a part.
        return [
            _Group(f"{asked.key} {part}", places, commands) for part, places in enumerate(layout)
        ]

    def _worth_trying(
        self, lost: Sequence[_Group], told: dict[int, Told | Busy | NotAccepting]
    ) -> list[_Group]:
        """Return the groups that are tried again; of the others, tell that they are not."""
        for group in lost:
            if group.attempts >= self._limits.attempts_max:
                told.update(dict.fromkeys(group.places, busy()))
        return [group for group in lost if group.attempts < self._limits.attempts_max]

    def _try(
        self,
        groups: Sequence[_Group],
        asked: Asked,
        told: dict[int, Told | Busy | NotAccepting],
    ) -> list[_Group]:
        """Read, decide and commit; return the groups that met a conflict."""
        reading = self._store.read(sorted({p for group in groups for p in group.player_ids}))
        stamp = Stamp(self._realm, self._clock(), asked.request_id, asked.said)
        drafts: list[Draft] = []

        def commits() -> Iterator[Commit]:
            # One by one: the store writes the first while the next are decided.
            for group in groups:
                group.attempts += 1
                draft = self._draft(group, reading.players, stamp)
                drafts.append(draft)
                ttl_s = self._limits.answer_ttl_s
                yield draft.commit(stored_answer(asked, group.key, draft.outcomes, ttl_s))

        replies = self._store.commit(commits(), reading.epoch)
        for group, draft, reply in zip(groups, drafts, replies, strict=True):
            # Nothing is told before the commit: a draft that lost is forgotten whole.
            told.update(zip(group.places, told_of(reply, draft.outcomes, asked), strict=False))
        return [g for g, r in zip(groups, replies, strict=True) if isinstance(r, Conflict)]

    def _draft(self, group: _Group, players: Mapping[int, Player], stamp: Stamp) -> Draft:
        touched = {p: players[p] for p in group.player_ids if p in players}
        draft = Draft(touched, self._recorder)
        for command in group.commands:
            draft.add(command.decide(touched), stamp)
        return draft
