"""The notebook runs from its first cell to its last, and finds what was worked out by hand."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from src.stack.layout import ROOT
from tests.support.iceberg_files import end_writers
from tests.support.night_market import night_market

NOTEBOOK = ROOT / "docs" / "notebooks" / "economy.ipynb"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run the notebook over the night market; return what each cell's last line came to."""
    var = tmp_path_factory.mktemp("var")
    night_market().land(var / "warehouse")
    end_writers()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GUILDHALL_VAR_DIR", str(var))
        # The kernel's own files, and matplotlib's list of fonts.
        environment.setenv("IPYTHONDIR", str(var / "ipython"))
        environment.setenv("JUPYTER_RUNTIME_DIR", str(var / "jupyter"))
        environment.setenv("MPLCONFIGDIR", str(var / "matplotlib"))
        notebook = read_notebook()
        # A slow machine is no fault of the notebook.
        client = NotebookClient(
            notebook,
            timeout=600,
            startup_timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": str(NOTEBOOK.parent)}},
        )
        executed = client.execute()
    return {cell["id"]: told(cell) for cell in executed["cells"]}


def read_notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]  # it has no types


def told(cell: dict[str, Any]) -> str:
    """Return the text of a cell's result; nothing for one without."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "execute_result":
            return str(output["data"]["text/plain"]).strip("'")
    return ""


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("activity-check", "34 trades, 11.76% refused"),
        ("trade-check", "92 coins in 4 purchases"),
        # 336 coins for 150 of base value
        ("prices-check", "6 prices, level 224.00"),
        ("wealth-check", "Gini 0.4016 over 6 players"),
        ("guilds-check", "16.67% of the players are in a guild"),
        ("battles-check", "60.00% of 5 battles won"),
        ("suspicious-check", "5 gifts, 2 players received from two others or more"),
    ],
)
def test_a_step_comes_to_what_was_worked_out_by_hand(
    cell: str, result: str, results: dict[str, str]
) -> None:
    assert results[cell] == result


def test_the_tables_that_it_shows_have_the_rows(results: dict[str, str]) -> None:
    assert results["guilds"].splitlines()[1].split() == ["Ironhand", "1"]
    wolf = next(line for line in results["battles"].splitlines() if line.startswith("Wolf"))
    assert wolf.split()[1:] == ["2", "1.0"]


def test_it_is_kept_without_outputs() -> None:
    code = [cell for cell in read_notebook()["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
