"""Answers as CSV: a header, exact integers, times in UTC by ISO 8601."""

from __future__ import annotations

import csv
from typing import TextIO

from src.economy.cells import plain_cell
from src.economy.engine import Answer


def write_csv(answer: Answer, file: TextIO) -> None:
    """Write an answer, lines ended by line feeds."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column.name for column in answer.columns])
    for row in answer.rows:
        cells = (plain_cell(cell) for cell in row)
        writer.writerow(
            [cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in cells]
        )
