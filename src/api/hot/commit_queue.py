"""Trades that wait for their round of the group commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from src.api.hot.rounds import Rounds, Waiting
from src.services.answers import Told, busy
from src.services.group_commit import Again, End, Request

CarryOut = Callable[[Sequence[Request]], Awaitable[list[End]]]


class CommitQueue(Rounds[Request, End, Told]):
    """Has trades carried out round after round; those that lost a race are tried again."""

    def __init__(self, carry_out: CarryOut, attempts_max: int) -> None:
        """Let `carry_out` try each round; a request is given up after `attempts_max` of them."""
        super().__init__(carry_out)
        self._attempts_max = attempts_max
        #: Players of the rounds under way.
        self._touched = set[int]()

    def answered(self, waiting: Waiting[Request, Told], end: End) -> bool:
        """Tell a request what became of it; say False when it has to be tried again."""
        if isinstance(end, Told):
            waiting.tell(end)
        elif isinstance(end, Exception):
            waiting.fail(end)
        else:
            waiting.attempts += end is Again.LOST
            if waiting.attempts < self._attempts_max:
                return False
            waiting.fail(busy())
        return True

    def may_join(self, requests: Sequence[Request]) -> Iterator[bool]:
        """Keep those back whose players another round touches, and those that came after them."""
        closed = set(self._touched)
        for request in requests:
            player_ids = request.command.player_ids
            may = closed.isdisjoint(player_ids)
            if not may:
                closed.update(player_ids)
            yield may

    def begun(self, requests: Sequence[Request]) -> None:
        """Keep the players of these requests for their round."""
        for request in requests:
            self._touched.update(request.command.player_ids)

    def ended(self, requests: Sequence[Request]) -> None:
        """Let other rounds have their players."""
        for request in requests:
            self._touched.difference_update(request.command.player_ids)
