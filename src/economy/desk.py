"""A desk for many askers: one query at a time, each answer kept until something lands."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from msgspec import Struct

from src.economy.cells import plain_cell
from src.economy.engine import Answer, Column, OpenEngine
from src.economy.questions import question
from src.sql_files import SqlFile

#: Longer answers are not kept: each would hold memory until something lands.
ROWS_KEPT_MAX = 10_000

#: The largest whole number that every JSON reader keeps exactly (RFC 8259, 6).
_EXACT_MAX = 2**53 - 1


class Answered(Struct, frozen=True, kw_only=True):
    """A question with its answer, as JSON tells it.

    `rows` have their cells by column name, times in UTC; whole numbers past 2**53 - 1 are text.
    `snapshots` says which snapshot of each table was read, as text for the same reason; null is a
    table in which nothing has landed. Presto reads the newest and names none.
    """

    name: str
    question: str
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    snapshots: dict[str, str | None]


class Desk:
    """Answers questions over the newest snapshots. Safe to share between threads."""

    def __init__(
        self, open_engine: Callable[[], OpenEngine], moment: Callable[[], Hashable]
    ) -> None:
        """Open an engine when first asked, and anew when `moment` tells another moment."""
        self._open_engine = open_engine
        self._moment = moment
        self._lock = Lock()
        self._engine: OpenEngine | None = None
        self._opened_at: Hashable = None
        self._kept: dict[str, Answered] = {}

    def answer(self, name: str) -> Answered:
        """Return the answer to a question, over what has landed by now.

        Raises:
            UnknownQuestionError: there is no such question.
            WarehouseUnreachableError, QueryFailedError: as `Engine.ask` says.
        """
        asked = question(name)
        with self._lock:
            engine = self._engine_of_now()
            kept = self._kept.get(name)
            if kept is not None:
                return kept
            found = _answered(asked, engine.ask(asked.sql), engine)
            if len(found.rows) <= ROWS_KEPT_MAX:
                self._kept[name] = found
            return found

    def close(self) -> None:
        """Let go of the engine."""
        with self._lock:
            self._forget()

    def _engine_of_now(self) -> OpenEngine:
        # The moment is read first: what lands while the engine opens makes it look too old, and
        # it is opened once more than needed, but never once too few.
        moment = self._moment()
        if self._engine is None or moment != self._opened_at:
            self._forget()
            self._engine = self._open_engine()
            self._opened_at = moment
        return self._engine

    def _forget(self) -> None:
        self._kept.clear()
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def _answered(asked: SqlFile, answer: Answer, engine: OpenEngine) -> Answered:
    return Answered(
        name=asked.name,
        question=asked.description,
        columns=answer.columns,
        rows=[{name: _cell(cell) for name, cell in row.items()} for row in answer.records()],
        snapshots={
            table: None if snapshot is None else str(snapshot)
            for table, snapshot in engine.snapshots().items()
        },
    )


def _cell(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    match value:
        case bool():
            return value
        case int() if abs(value) > _EXACT_MAX:
            return str(value)
        case list():
            return [_cell(each) for each in value]
        case dict():
            return {name: _cell(each) for name, each in value.items()}
        case _:
            return plain_cell(value)
