"""Which engine answers here: the profile decides."""

from __future__ import annotations

import os
import time
from collections.abc import Hashable
from pathlib import Path

from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import OpenEngine
from src.economy.presto_engine import presto_engine
from src.economy.warehouse import newest_metadata_names

#: What a query of an API worker may hold, in MiB: each worker has an engine of its own.
_GUEST_MEMORY_MIB = 256


def open_engine(settings: Settings) -> OpenEngine:
    """Return an engine over the warehouse of these settings.

    DuckDB reads the warehouse as it is now and holds files and memory; Presto reads it as it is
    when each question is asked.

    Raises:
        WarehouseUnreachableError: the tables are missing or cannot be read.
    """
    if settings.profile == "full":
        return presto_engine(settings)
    return DuckDbEngine(Path(settings.warehouse), settings.var / "tmp" / "duckdb")


def open_guest_engine(settings: Settings) -> OpenEngine:
    """Return an engine for a process that has other work to do: one thread, and little memory.

    Raises:
        WarehouseUnreachableError: as `open_engine` says.
    """
    if settings.profile == "full":
        return presto_engine(settings)
    # Two processes that spill into one folder would write over each other.
    spill = settings.var / "tmp" / f"duckdb-{os.getpid()}"
    return DuckDbEngine(Path(settings.warehouse), spill, memory_mib=_GUEST_MEMORY_MIB, threads=1)


def moment_of(settings: Settings) -> Hashable:
    """Return what changes whenever a table does; it costs a look at the folders."""
    if settings.profile == "full":
        # Presto is not asked for that: an answer that is kept is kept for a second.
        return int(time.monotonic())
    return newest_metadata_names(Path(settings.warehouse))
