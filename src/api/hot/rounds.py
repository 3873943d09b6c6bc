"""Requests that wait at the same time, carried out together."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

#: Requests of one round: more would let the first wait for the last.
_ROUND_MAX = 64
#: While the store works on one round, the next is made.
_ROUNDS_AT_ONCE = 2
#: Requests that are worth a round beside another; fewer wait until that one has ended.
_WORTH_A_ROUND = 8

Request = TypeVar("Request")
End = TypeVar("End")
Answer = TypeVar("Answer")


class Rounds(ABC, Generic[Request, End, Answer]):
    """Has requests carried out round after round, a second beside the first when many wait.

    While rounds are under way the next one gathers: the busier the server, the larger the rounds,
    and the less a request costs. It belongs to one event loop.
    """

    def __init__(self, carry_out: Callable[[Sequence[Request]], Awaitable[list[End]]]) -> None:
        """Let `carry_out` try each round."""
        self._carry_out = carry_out
        self._waiting: list[Waiting[Request, Answer]] = []
        self._under_way = set[asyncio.Task[None]]()
        self._is_due = False

    async def answer_to(self, request: Request) -> Answer:
        """Wait until a request has been carried out, and return its answer.

        Raises:
            Exception: what the round ended with, or the request in it.
        """
        loop = asyncio.get_running_loop()
        waiting: Waiting[Request, Answer] = Waiting(request, loop.create_future())
        self._waiting.append(waiting)
        if not self._is_due:
            # Those that came in the same piece from the network are taken in first.
            self._is_due = True
            loop.call_soon(self._begin)
        return await waiting.answer

    @abstractmethod
    def answered(self, waiting: Waiting[Request, Answer], end: End) -> bool:
        """Tell a request how it ended; say False when it has to be tried again."""

    def may_join(self, requests: Sequence[Request]) -> Iterator[bool]:
        """Say of each request that waits, in order, whether it may be in a round now."""
        return (True for _ in requests)

    def begun(self, _requests: Sequence[Request]) -> None:
        """Note which requests a round carries out from now on."""

    def ended(self, _requests: Sequence[Request]) -> None:
        """Note that a round has ended."""

    def _begin(self) -> None:
        """Begin a round if one is due."""
        self._is_due = False
        least = _WORTH_A_ROUND if self._under_way else 1
        if len(self._under_way) == _ROUNDS_AT_ONCE or len(self._waiting) < least:
            return
        chosen, left = self._choice()
        if len(chosen) < least:
            return
        self._waiting = left
        requests = [each.request for each in chosen]
        self.begun(requests)
        task = asyncio.get_running_loop().create_task(self._serve(chosen, requests))
        self._under_way.add(task)
        task.add_done_callback(lambda done: self._end(done, chosen, requests))

    def _choice(self) -> tuple[list[Waiting[Request, Answer]], list[Waiting[Request, Answer]]]:
        chosen: list[Waiting[Request, Answer]] = []
        left: list[Waiting[Request, Answer]] = []
        may_join = self.may_join([each.request for each in self._waiting])
        for waiting, may in zip(self._waiting, may_join, strict=True):
            (chosen if may and len(chosen) < _ROUND_MAX else left).append(waiting)
        return chosen, left

    async def _serve(
        self, waiting: Sequence[Waiting[Request, Answer]], requests: Sequence[Request]
    ) -> None:
        try:
            ends = await self._carry_out(requests)
            again = [w for w, end in zip(waiting, ends, strict=True) if not self.answered(w, end)]
        except Exception as error:  # noqa: BLE001 - each request tells it, as any route does
            for each in waiting:
                each.fail(error)
        else:
            # Those that have to be tried again come first in the next round.
            self._waiting[:0] = again

    def _end(
        self,
        task: asyncio.Task[None],
        waiting: Sequence[Waiting[Request, Answer]],
        requests: Sequence[Request],
    ) -> None:
        self._under_way.discard(task)
        self.ended(requests)
        if task.cancelled():  # the loop is about to end
            for each in waiting:
                each.answer.cancel()
        else:
            self._begin()


class Waiting(Generic[Request, Answer]):
    """A request that waits for its round; whoever sent it may have gone."""

    __slots__ = ("answer", "attempts", "request")

    def __init__(self, request: Request, answer: asyncio.Future[Answer]) -> None:
        """Let `request` wait for `answer`."""
        self.request = request
        self.answer = answer
        #: How often it lost a race.
        self.attempts = 0

    def tell(self, answer: Answer) -> None:
        """Answer it."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Tell it why there is no answer."""
        if not self.answer.done():
            self.answer.set_exception(error)
