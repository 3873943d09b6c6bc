"""Answers as pandas frames."""

from __future__ import annotations

import pandas as pd
import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Answer, Column
from src.economy.frames import as_frame, question_frame, table_frame


def test_integers_stay_integers_where_cells_are_missing(engine: DuckDbEngine) -> None:
    trades = table_frame(engine, "trade")
    assert str(trades["player_2_id"].dtype) == "Int64"
    assert trades["player_2_id"].isna().sum() == 14
    assert trades.sort_values("seq")["player_2_id"].dropna().tolist() == [2, 1, 3, 2, 2]
    assert str(trades["occurred_at"].dtype) == "datetime64[us]"


def test_a_question_keeps_its_columns_and_its_order(engine: DuckDbEngine) -> None:
    by_class = question_frame(engine, "wealth_by_class")
    assert by_class.columns[:2].tolist() == ["player_class", "players"]
    assert by_class["player_class"].tolist() == ["banker", "farmer", "hunter"]
    assert by_class["wealth"].sum() == 9_470


def test_an_answer_without_rows_keeps_its_types() -> None:
    frame = as_frame(Answer((Column("trades", "integer"), Column("share", "number")), ()))
    assert [str(kind) for kind in frame.dtypes] == ["Int64", "Float64"]


def test_an_integer_beyond_64_bits_is_refused_and_not_rounded() -> None:
    with pytest.raises(OverflowError, match="9223372036854775808 in column 'coins'"):
        as_frame(Answer((Column("coins", "integer"),), ((2**63,),)))


def test_what_has_no_type_of_its_own_stays_as_it_is() -> None:
    stacks = [{"item_id": 1, "quantity": 2}]
    frame = as_frame(Answer((Column("items", "json"),), ((stacks,), (None,))))
    assert frame["items"].tolist() == [stacks, None]
    assert isinstance(frame, pd.DataFrame)
