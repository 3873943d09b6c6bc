"""A frame keeps what the engine told of each column."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from src.economy.engine import Answer, Column
from src.economy.frames import as_frame

_ANSWER = Answer(
    (
        Column("player_id", "integer"),
        Column("share", "number"),
        Column("guild", "text"),
        Column("at", "timestamp"),
    ),
    (
        (9_007_199_254_740_993, 0.5, "Ironhand", datetime(2026, 3, 1, 12)),  # noqa: DTZ001 - UTC without a zone
        (None, None, None, None),
    ),
)


def test_integers_beside_a_null_stay_integers_and_times_stay_times() -> None:
    frame = as_frame(_ANSWER)
    assert [str(kind) for kind in frame.dtypes] == ["Int64", "Float64", "string", "datetime64[us]"]
    assert frame["player_id"][0] == 9_007_199_254_740_993
    assert frame["at"][0] == pd.Timestamp("2026-03-01 12:00")
    assert frame.isna().iloc[1].all()


def test_an_answer_without_rows_keeps_its_columns() -> None:
    frame = as_frame(Answer(_ANSWER.columns, ()))
    assert list(frame.columns) == ["player_id", "share", "guild", "at"]
    assert str(frame["player_id"].dtype) == "Int64"
