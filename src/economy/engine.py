"""What an engine is: something that answers a question in SQL with typed rows.

One SQL text serves every engine, so it keeps to what DuckDB and Presto share.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from msgspec import Struct

#: What a column holds. Integers are exact. Timestamps are UTC without a zone: to the microsecond as
#: they landed from DuckDB, to the millisecond from Presto, which has no finer ones.
ColumnType = Literal["integer", "number", "text", "boolean", "timestamp", "date", "json"]

#: What a query can be given for a `?`.
Parameter = int | float | str | bool | datetime | date | None


class EngineError(Exception):
    """A question could not be answered.

    Attributes:
        fact: what happened.
        remedy: what to do about it, a command where there is one.
    """

    def __init__(self, fact: str, remedy: str) -> None:
        """Say what happened and what to do about it."""
        super().__init__(f"{fact}: {remedy}")
        self.fact = fact
        self.remedy = remedy


class WarehouseUnreachableError(EngineError):
    """There is no warehouse to ask, or the engine that reads it does not answer."""


class QueryFailedError(EngineError):
    """The engine refused the query, or failed while it ran."""


class Column(Struct, frozen=True):
    """A column of an answer."""

    name: str
    type: ColumnType


class Answer(Struct, frozen=True):
    """What a query gave: its columns, and rows with one cell a column, in the query's order."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def column(self, name: str) -> list[Any]:
        """Return the cells of one column, from the first row to the last.

        Raises:
            KeyError: there is no such column.
        """
        place = self.place(name)
        return [row[place] for row in self.rows]

    def records(self) -> list[dict[str, Any]]:
        """Return each row as cells by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def only(self) -> dict[str, Any]:
        """Return the one row that there is, as cells by column name.

        Raises:
            ValueError: there is no row, or more than one.
        """
        (record,) = self.records()
        return record

    def place(self, name: str) -> int:
        """Return where a column stands, from 0.

        Raises:
            KeyError: there is no such column.
        """
        for place, column in enumerate(self.columns):
            if column.name == name:
                return place
        raise KeyError(name)


class Engine(Protocol):
    """Answers SQL over the tables and views of one moment of the warehouse.

    Attributes:
        stale_s_max: a table may be seen as it was this many seconds before.
    """

    stale_s_max: float = 0.0

    def ask(self, sql: str, parameters: Sequence[Parameter] = ()) -> Answer:
        """Return the answer to one query.

        Args:
            sql: one statement that reads, without a final semicolon.
            parameters: the values of its `?`, in order.

        Raises:
            WarehouseUnreachableError: the tables or the engine cannot be reached.
            QueryFailedError: the query is wrong, or failed.
        """
        ...


class OpenEngine(Engine, Protocol):
    """An engine that holds something until it is closed; a context manager closes it."""

    def snapshots(self) -> dict[str, int | None]:
        """Return the snapshot of each table that is read; empty when each query reads the newest.

        A table in which nothing has landed has none.
        """
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
