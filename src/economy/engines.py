"""Which engine answers here: the profile decides."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Engine
from src.economy.presto_engine import presto_engine


def open_engine(settings: Settings) -> AbstractContextManager[Engine]:
    """Return an engine over the warehouse of these settings.

    DuckDB reads the warehouse as it is now and holds files and memory; Presto reads it as it is
    when each question is asked.

    Raises:
        WarehouseUnreachableError: the tables are missing or cannot be read.
    """
    if settings.profile == "full":
        return presto_engine(settings)
    return DuckDbEngine(Path(settings.warehouse), settings.var / "tmp" / "duckdb")
