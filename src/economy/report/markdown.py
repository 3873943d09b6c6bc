"""Pieces of markdown."""

from __future__ import annotations

import re

from src.economy.cells import cell_text, is_right_aligned
from src.economy.engine import Answer

#: Rows of an answer that the report shows; the query gives all.
ROWS_SHOWN = 12

#: What markdown reads as a mark; an underscore within a word is none.
_SPECIAL = re.compile(r"([\\`*\[\]<>|~#]|(?<!\w)_|_(?!\w))")


def answer_table(answer: Answer, question: str) -> str:
    """Return an answer as a table, its first rows when it is long."""
    if not answer.rows:
        return "_No rows: nothing of this kind has happened._"
    columns = answer.columns
    marks = ["--:" if is_right_aligned(column) else "---" for column in columns]
    lines = [_line([column.name for column in columns]), _line(marks)]
    for row in answer.rows[:ROWS_SHOWN]:
        cells = [cell_text(column, cell) for column, cell in zip(columns, row, strict=True)]
        lines.append(_line([escaped(cell) for cell in cells]))
    if (more := len(answer.rows) - ROWS_SHOWN) > 0:
        lines += ["", f"_and {more:,} more rows: `./guildhall query {question}`_"]
    return "\n".join(lines)


def folded_sql(sql: str) -> str:
    """Return a query as a code block that readers can unfold."""
    return f"<details><summary>SQL</summary>\n\n```sql\n{sql}\n```\n\n</details>"


def escaped(text: str) -> str:
    """Return text that markdown shows as it is: names are given by players."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
