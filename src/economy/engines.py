"""Which engine answers here: the profile decides."""

from __future__ import annotations

import os
from collections.abc import Hashable
from pathlib import Path

from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.warehouse import newest_metadata_names

#: What a query of an API worker may hold, in MiB: each worker has an engine of its own.
_GUEST_MEMORY_MIB = 256


def open_engine(settings: Settings) -> DuckDbEngine:
    """Return an engine over the warehouse of these settings, as the warehouse is now.

    Use it as a context manager: it holds files and memory.

    Raises:
        WarehouseUnreachableError: the tables are missing or cannot be read.
    """
    return DuckDbEngine(Path(settings.warehouse), settings.var / "tmp" / "duckdb")


def open_guest_engine(settings: Settings) -> DuckDbEngine:
    """Return an engine for a process that has other work to do: one thread, and little memory.

    Raises:
        WarehouseUnreachableError: as `open_engine` says.
    """
    # Two processes that spill into one folder would write over each other.
    spill = settings.var / "tmp" / f"duckdb-{os.getpid()}"
    return DuckDbEngine(Path(settings.warehouse), spill, memory_mib=_GUEST_MEMORY_MIB, threads=1)


def moment_of(settings: Settings) -> Hashable:
    """Return what changes whenever a table does; it costs a look at the folders."""
    return newest_metadata_names(Path(settings.warehouse))
