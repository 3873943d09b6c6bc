"""Trades that wait for their round of the group commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from src.api.hot.rounds import Rounds, Waiting
from src.services.answers import Told, busy
from src.services.group_commit import Again, End, Request

CarryOut = Callable[[Sequence[Request]], list[End]]


class CommitQueue(Rounds[Request, End, Told]):
    """Has trades carried out round after round; those that lost a race are tried again."""

    def __init__(self, carry_out: CarryOut, attempts_max: int) -> None:
        """Let `carry_out` try each round; a request is given up after `attempts_max` of them."""
        super().__init__(carry_out, "group-commit")
        self._attempts_max = attempts_max

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
