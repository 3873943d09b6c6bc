"""Requests that wait for their round of the group commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from src.services.answers import Told, busy
from src.services.group_commit import Again, End, Request

#: Requests of one round: more would let the first wait for the last.
_ROUND_MAX = 64

CarryOut = Callable[[Sequence[Request]], list[End]]


class CommitQueue:
    """Has requests carried out round after round, by one thread.

    While a round is under way the next one gathers: the busier the server, the larger the rounds,
    and the less a request costs. It belongs to one event loop.
    """

    def __init__(self, carry_out: CarryOut, attempts_max: int) -> None:
        """Let `carry_out` try each round; a request is given up after `attempts_max` of them."""
        self._carry_out = carry_out
        self._attempts_max = attempts_max
        self._waiting: list[_Waiting] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="group-commit")
        self._rounds: asyncio.Task[None] | None = None

    async def told(self, request: Request) -> Told:
        """Wait until a request has been carried out, and return what is told of it.

        Raises:
            Busy: others were faster, as often as it was tried.
            Explained: as `GroupCommit.carry_out` says.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(request, loop.create_future())
        self._waiting.append(waiting)
        if self._rounds is None:
            self._rounds = loop.create_task(self._serve())
        return await waiting.answer

    def close(self) -> None:
        """Let the thread go, after the round that is under way."""
        self._thread.shutdown()

    async def _serve(self) -> None:
        """Carry out rounds until nothing waits."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting[:_ROUND_MAX], self._waiting[_ROUND_MAX:]
                requests = [each.request for each in waiting]
                try:
                    ends = await loop.run_in_executor(self._thread, self._carry_out, requests)
                except Exception as error:  # noqa: BLE001 - each request tells it, as any route does
                    for each in waiting:
                        each.fail(error)
                    continue
                # Those that have to be tried again come first in the next round.
                self._waiting[:0] = self._answered(waiting, ends)
        finally:
            self._rounds = None

    def _answered(self, waiting: Sequence[_Waiting], ends: Sequence[End]) -> list[_Waiting]:
        """Tell each request what became of it; return those that have to be tried again."""
        again = []
        for each, end in zip(waiting, ends, strict=True):
            if isinstance(end, Told):
                each.tell(end)
            elif isinstance(end, Exception):
                each.fail(end)
            else:
                each.attempts += end is Again.LOST
                if each.attempts < self._attempts_max:
                    again.append(each)
                else:
                    each.fail(busy())
        return again


class _Waiting:
    """A request in the queue; whoever sent it may have gone."""

    __slots__ = ("answer", "attempts", "request")

    def __init__(self, request: Request, answer: asyncio.Future[Told]) -> None:
        self.request = request
        self.answer = answer
        self.attempts = 0

    def tell(self, told: Told) -> None:
        if not self.answer.done():
            self.answer.set_result(told)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
