"""Pieces of markdown."""

from __future__ import annotations

import re

from src.economy.cells import cell_text, is_right_aligned
from src.economy.engine import Answer

#: Rows of an answer that the report shows; the data beside it have all.
ROWS_SHOWN = 10

#: What markdown reads as a mark; an underscore within a word is none.
_SPECIAL = re.compile(r"([\\`*\[\]<>|~#]|(?<!\w)_|_(?!\w))")


def answer_table(answer: Answer) -> str:
    """Return an answer as a table, its first rows when it is long."""
    columns = answer.columns
    marks = ["--:" if is_right_aligned(column) else "---" for column in columns]
    lines = [_line([column.name for column in columns]), _line(marks)]
    for row in answer.rows[:ROWS_SHOWN]:
        cells = [cell_text(column, cell) for column, cell in zip(columns, row, strict=True)]
        lines.append(_line([escaped(cell) for cell in cells]))
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Return text that markdown shows as it is: names are given by players."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
