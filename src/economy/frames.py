"""Answers as pandas frames, their types kept: integers stay integers where cells are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from src.economy.engine import Answer, Column, ColumnType, Engine
from src.economy.questions import question

#: Columns of other types hold Python's own values.
_PANDAS_TYPES: Mapping[ColumnType, str] = {
    "integer": "Int64",
    "number": "Float64",
    "text": "string",
    "boolean": "boolean",
    "timestamp": "datetime64[us]",
}

_INTEGER_MAX = 2**63 - 1


def as_frame(answer: Answer) -> pd.DataFrame:
    """Return an answer as a frame: one column each, rows in the answer's order.

    Raises:
        OverflowError: an integer is beyond 64 bits.
    """
    return pd.DataFrame(
        {
            column.name: pd.Series(
                _fitting(column, answer.column(column.name)),
                dtype=_PANDAS_TYPES.get(column.type, "object"),
            )
            for column in answer.columns
        }
    )


def question_frame(engine: Engine, name: str) -> pd.DataFrame:
    """Return the answer to a question.

    Raises:
        UnknownQuestionError: there is no such question.
        EngineError: it could not be answered.
    """
    return as_frame(engine.ask(question(name).sql))


def table_frame(engine: Engine, name: str) -> pd.DataFrame:
    """Return all rows of a table or view; of a large realm that is a lot.

    Raises:
        EngineError: it could not be read.
    """
    return as_frame(engine.ask(f"table {name}"))


def _fitting(column: Column, cells: list[Any]) -> list[Any]:
    """Return cells that pandas can hold exactly: it would round a larger integer, or say less."""
    if column.type == "integer":
        for cell in cells:
            if cell is not None and abs(cell) > _INTEGER_MAX:
                raise OverflowError(f"{cell} in column {column.name!r} is beyond 64 bits")
    return cells
