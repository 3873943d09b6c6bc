"""Writes down what agents decide: the actions of one lane after another, and the books of it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from simulation.actions import Action, ActionKind, Fight, Gift, Label, Lane, Race, Step
from simulation.books import Books
from simulation.world import World


class Scribe:
    """The pen of a plan. What it writes must be possible by the books, which it keeps."""

    def __init__(self, world: World, books: Books, actions: int) -> None:
        """Write `actions` actions at most, from these books on."""
        self.world = world
        self.books = books
        self.left = actions
        self._number = 0
        self._lane: list[Step | Race] = []

    def take_lane(self) -> Lane:
        """Return what was written since the last time."""
        lane, self._lane = tuple(self._lane), []
        return lane

    def write(  # noqa: PLR0913 - what an action can say has one name each
        self,
        kind: ActionKind,
        player: int,
        gives: Gift = Gift(),  # noqa: B008 - immutable
        takes: Gift = Gift(),  # noqa: B008 - as above
        *,
        hour: int,
        partner: int | None = None,
        guild: str | None = None,
        fight: Fight | None = None,
        label: Label | None = None,
    ) -> bool:
        """Write an action that must settle, and book it; False when the plan is full."""
        if not self.left:
            return False
        action = Action(
            number=self._number,
            kind=kind,
            player=player,
            partner=partner,
            gives=gives,
            takes=takes,
            guild=guild,
            fight=fight,
            hour=hour,
            label=label,
        )
        self._count(1)
        self._lane.append((action,))
        if fight is None:
            self.books.post(action)
        else:
            self.books.post_worst(action)
        return True

    def write_race(
        self, rivals: Sequence[Action], loser_reason: str | None, *, books_winner: bool
    ) -> None:
        """Write actions as a race; the caller has seen that they do not pass `left`.

        Args:
            rivals: the actions; their numbers are given here.
            loser_reason: what all but one must be refused for; None makes them one request that is
                sent several times.
            books_winner: whether the first is booked, being like all others. If not, who wins is
                not known, and the race after it must undo this one.
        """
        step = 0 if loser_reason is None else 1
        numbered = tuple(
            replace(rival, number=self._number + place * step) for place, rival in enumerate(rivals)
        )
        race = Race(actions=numbered, loser_reason=loser_reason)
        self._count(len(race.decided))
        self._lane.append(race)
        if books_winner:
            self.books.post(numbered[0])

    def _count(self, actions: int) -> None:
        self._number += actions
        self.left -= actions
