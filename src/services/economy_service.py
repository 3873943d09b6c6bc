"""The economy questions, asked beside trading: what they may take is bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import BoundedSemaphore
from typing import Generic, TypeVar

from src.services.errors import EconomyBusy, EconomyUnavailable, UnknownQuestion

Answered = TypeVar("Answered")


class EconomyService(Generic[Answered]):
    """Answers questions, for a few askers at once."""

    def __init__(
        self,
        questions: Callable[[], Mapping[str, str]],
        answer: Callable[[str], Answered],
        *,
        faults: tuple[type[Exception], ...],
        askers_max: int,
    ) -> None:
        """Ask `answer`, which may raise `faults`, for at most `askers_max` at once.

        Args:
            questions: returns what can be asked, by name.
            answer: returns the answer to the question with this name.
            faults: what `answer` raises when it cannot answer now.
            askers_max: threads that may ask or wait to ask; the others stay free to trade.
        """
        self._questions = questions
        self._answer = answer
        self._faults = faults
        self._seats = BoundedSemaphore(askers_max)

    def questions(self) -> Mapping[str, str]:
        """Return what can be asked, by name."""
        return self._questions()

    def answer(self, name: str) -> Answered:
        """Return the answer to a question.

        Raises:
            UnknownQuestion: there is no such question.
            EconomyBusy: as many as may ask are asking.
            EconomyUnavailable: the tables or the engine cannot be reached, or the query failed.
        """
        if name not in self._questions():
            raise UnknownQuestion(
                f"There is no question {name[:64]!r}; GET /v1/economy/queries lists them."
            )
        if not self._seats.acquire(blocking=False):
            raise EconomyBusy("This worker answers other questions; ask again in a moment.")
        try:
            return self._answer(name)
        except self._faults as error:
            raise EconomyUnavailable(f"{error}.") from error
        finally:
            self._seats.release()
