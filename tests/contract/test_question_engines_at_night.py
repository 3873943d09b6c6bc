"""The contract of engines on the other market: the first has no rows for some questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.questions import question, questions
from tests.support.answers import assert_same
from tests.support.iceberg_files import end_writers
from tests.support.night_market import night_market
from tests.support.presto import RunningPresto

pytestmark = pytest.mark.presto


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, presto_server: RunningPresto) -> Path:
    folder = tmp_path_factory.mktemp("night")
    night_market().land(folder)
    end_writers()
    presto_server.register(folder)
    return folder


@pytest.mark.parametrize("name", questions())
def test_a_question_has_the_same_cells_on_both_engines(
    warehouse: Path, presto_server: RunningPresto, name: str
) -> None:
    with DuckDbEngine(warehouse, warehouse / "spill") as duck, presto_server.engine() as presto:
        assert_same(duck.ask(question(name).sql), presto.ask(question(name).sql))
