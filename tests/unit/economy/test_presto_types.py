"""What Presto sends as JSON becomes what DuckDB gives, by the name of its type."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from src.economy.engine import ColumnType, Parameter
from src.economy.presto_types import column_type, literal, reader

_ITEMS = 'array(row("item_id" bigint,"item_uid" varchar,"at" timestamp,"odd, ""name"")" double))'


@pytest.mark.parametrize(
    ("presto_type", "kind"),
    [
        ("bigint", "integer"),
        ("decimal(38,0)", "integer"),
        ("decimal(10,2)", "number"),
        ("double", "number"),
        ("varchar", "text"),
        ("varchar(7)", "text"),
        ("boolean", "boolean"),
        ("timestamp", "timestamp"),
        ("date", "date"),
        (_ITEMS, "json"),
        ("timestamp with time zone", "json"),
    ],
)
def test_a_column_holds_what_its_type_says(presto_type: str, kind: ColumnType) -> None:
    assert column_type(presto_type) == kind


@pytest.mark.parametrize(
    ("presto_type", "sent", "cell"),
    [
        ("bigint", 9_007_199_254_740_993, 9_007_199_254_740_993),
        ("decimal(38,0)", "12345678901234567890", 12345678901234567890),
        ("double", "Infinity", float("inf")),
        ("double", 1, 1.0),
        ("timestamp", "2026-03-01 12:00:00.250", datetime(2026, 3, 1, 12, 0, 0, 250_000)),  # noqa: DTZ001 - UTC without a zone
        ("date", "2026-03-01", date(2026, 3, 1)),
        ("varchar(3)", "abc", "abc"),
        ("varbinary", "AP8=", b"\x00\xff"),
        ("array(bigint)", [1, None], [1, None]),
        ("map(varchar,bigint)", {"a": 1, "b": None}, {"a": 1, "b": None}),
        (
            _ITEMS,
            [[1, None, "2026-03-01 12:00:00.000", 2]],
            [
                {
                    "item_id": 1,
                    "item_uid": None,
                    "at": datetime(2026, 3, 1, 12),  # noqa: DTZ001 - as above
                    'odd, "name")': 2.0,
                }
            ],
        ),
        (
            'array(row(item_id bigint,name varchar,"of" array(bigint)))',
            '[ "[ 11, \\"it\'s\\", [ 1, 2 ] ]", "[ 12, null, null ]" ]',
            [
                {"item_id": 11, "name": "it's", "of": [1, 2]},
                {"item_id": 12, "name": None, "of": None},
            ],
        ),
    ],
)
def test_a_cell_is_read_by_its_type(presto_type: str, sent: Any, cell: Any) -> None:
    read = reader(presto_type)(sent)
    assert read == cell
    assert type(read) is type(cell)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (-7, "-7"),
        (0.5, "cast('0.5' as double)"),
        ("it's", "'it''s'"),
        (datetime(2026, 3, 1, 12, 0, 0, 250_000), "timestamp '2026-03-01 12:00:00.250'"),  # noqa: DTZ001 - as above
        (date(2026, 3, 1), "date '2026-03-01'"),
    ],
)
def test_a_parameter_is_written_so_that_no_text_ends_it(value: Parameter, text: str) -> None:
    assert literal(value) == text
