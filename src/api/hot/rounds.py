"""Requests that wait at the same time, carried out together."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

#: Requests of one round: more would let the first wait for the last.
_ROUND_MAX = 64

Request = TypeVar("Request")
End = TypeVar("End")
Answer = TypeVar("Answer")


class Rounds(ABC, Generic[Request, End, Answer]):
    """Has requests carried out round after round, by one thread.

    While a round is under way the next one gathers: the busier the server, the larger the rounds,
    and the less a request costs. It belongs to one event loop.
    """

    def __init__(self, carry_out: Callable[[Sequence[Request]], list[End]], name: str) -> None:
        """Let `carry_out` try each round in a thread of this name."""
        self._carry_out = carry_out
        self._waiting: list[Waiting[Request, Answer]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._rounds: asyncio.Task[None] | None = None

    async def answer_to(self, request: Request) -> Answer:
        """Wait until a request has been carried out, and return its answer.

        Raises:
            Exception: what the round ended with, or the request in it.
        """
        loop = asyncio.get_running_loop()
        waiting = Waiting[Request, Answer](request, loop.create_future())
        self._waiting.append(waiting)
        if self._rounds is None:
            self._rounds = loop.create_task(self._serve())
        return await waiting.answer

    def close(self) -> None:
        """Let the thread go, after the round that is under way."""
        self._thread.shutdown()

    @abstractmethod
    def answered(self, waiting: Waiting[Request, Answer], end: End) -> bool:
        """Tell a request how it ended; say False when it has to be tried again."""

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
                again = [
                    w for w, end in zip(waiting, ends, strict=True) if not self.answered(w, end)
                ]
                # Those that have to be tried again come first in the next round.
                self._waiting[:0] = again
        finally:
            self._rounds = None


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
