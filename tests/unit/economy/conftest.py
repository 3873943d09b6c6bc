"""The market day and the night market as tables on disk, made once: the tests here only read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from tests.support.iceberg_files import end_writers
from tests.support.market_day import market_day
from tests.support.night_market import night_market


@pytest.fixture(autouse=True)
def ended_writers() -> Iterator[None]:
    yield
    end_writers()


@pytest.fixture(scope="session")
def market_day_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("market_day")
    market_day().land(warehouse, materialized=True)
    return warehouse


@pytest.fixture(scope="session")
def engine(market_day_warehouse: Path) -> Iterator[DuckDbEngine]:
    with DuckDbEngine(market_day_warehouse, market_day_warehouse / "spill") as engine:
        yield engine


@pytest.fixture(scope="session")
def night_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDbEngine]:
    warehouse = tmp_path_factory.mktemp("night_market")
    night_market().land(warehouse)
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        yield engine
