"""An answer as a pandas frame, for whoever works on with it: typed as the engine told, not guessed.

Guessing makes floats of integers beside a null, and text of times.
"""

from __future__ import annotations

import pandas as pd

from src.economy.engine import Answer, ColumnType

#: By what a column holds; dates and what is `json` stay Python objects.
_DTYPES: dict[ColumnType, str] = {
    "integer": "Int64",
    "number": "Float64",
    "text": "string",
    "boolean": "boolean",
    "timestamp": "datetime64[us]",
    "date": "object",
    "json": "object",
}


def as_frame(answer: Answer) -> pd.DataFrame:
    """Return the answer as a frame; a null is `<NA>` (`NaT` for a time), an integer stays one."""
    return pd.DataFrame(
        {
            column.name: pd.Series(answer.column(column.name), dtype=_DTYPES[column.type])
            for column in answer.columns
        }
    )
