"""Ask every economy question of tables that `market_tables.py` made, and print what each took.

`python -m benchmarks.ask --var-dir FOLDER --engine presto` asks a Presto of its own; the slowest
questions come first.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from benchmarks.folder_presto import presto_over
from benchmarks.machine import machine
from benchmarks.questions import DUCKDB, PRESTO, timed
from benchmarks.servers import free_ports
from src.config import Settings
from src.economy.engine import OpenEngine
from src.economy.engines import open_engine
from src.economy.questions import question


def main(arguments: Sequence[str] | None = None) -> None:
    """Read what to ask from the command line, ask it, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ask", description=__doc__)
    parser.add_argument("--var-dir", required=True, help="the folder of `market_tables`")
    parser.add_argument("--engine", choices=("duckdb", "presto"), default="duckdb")
    parser.add_argument("--runs", type=int, default=2, help="of each question, after the first")
    given = parser.parse_args(arguments)
    settings = Settings(var_dir=given.var_dir)
    for name, value in machine().items():
        print(f"{name}: {value}")
    with tempfile.TemporaryDirectory() as folder, _opened(settings, given.engine, folder) as engine:
        name = PRESTO if given.engine == "presto" else DUCKDB
        trades = int(engine.ask(question("run_overview").sql).only()["trades"])
        rows, faults = timed(engine, name, trades, given.runs, partial(print, flush=True))
    for fault in faults:
        print(f"no answer: {fault}")
    print(f"\n| question | {name}, s | the first time |\n|---|---:|---:|")
    for row in sorted(rows, key=lambda row: row.spread().median, reverse=True):
        print(f"| `{row.question}` | {row.spread().median:.3f} | {row.first_s:.3f} |")


def _opened(settings: Settings, engine: str, folder: str) -> AbstractContextManager[OpenEngine]:
    if engine == "duckdb":
        return open_engine(settings)
    (port,) = free_ports(1)
    return presto_over(Path(settings.warehouse), Path(folder) / "presto", port)


if __name__ == "__main__":
    main()
