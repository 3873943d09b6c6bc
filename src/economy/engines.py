"""Which engine answers here: the profile decides."""

from __future__ import annotations

from pathlib import Path

from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine


def open_engine(settings: Settings) -> DuckDbEngine:
    """Return an engine over the warehouse of these settings, as the warehouse is now.

    Use it as a context manager: it holds files and memory.

    Raises:
        WarehouseUnreachableError: the tables are missing or cannot be read.
    """
    return DuckDbEngine(Path(settings.warehouse), settings.var / "tmp" / "duckdb")
