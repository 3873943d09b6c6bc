"""Two engines' answers, compared cell by cell."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from src.economy.engine import Answer


def assert_same(ours: Answer, theirs: Answer) -> None:
    assert theirs.columns == ours.columns
    assert len(theirs.rows) == len(ours.rows)
    for left, right in zip(ours.rows, theirs.rows, strict=True):
        assert [type(cell) for cell in right] == [type(cell) for cell in left]
        assert [same_cell(cell) for cell in right] == [same_cell(cell) for cell in left]


def same_cell(cell: object) -> object:
    """Return a cell without what may differ.

    The last digits of a float: sums need not be in one order. Microseconds: Presto has none.
    """
    if isinstance(cell, datetime):
        return cell.replace(microsecond=cell.microsecond // 1_000 * 1_000)
    return float(f"{cell:.12g}") if isinstance(cell, float) else cell


def in_one_order(answer: Answer) -> Answer:
    """Return an answer with its rows sorted: a view has no order of its own."""
    return replace(
        answer, rows=tuple(sorted(answer.rows, key=lambda row: repr([*map(same_cell, row)])))
    )
