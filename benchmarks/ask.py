"""Ask every economy question of tables that `market_tables.py` made, and print what each took.

`python -m benchmarks.ask --var-dir FOLDER --engine presto` asks a Presto of its own; the slowest
questions come first. `./guildhall bench` asks Presto on small tables only: on large ones it takes
many minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.folder_presto import presto_over
from benchmarks.machine import machine
from benchmarks.questions import DUCKDB, PRESTO, timed
from benchmarks.results import QuestionRow
from benchmarks.servers import free_ports
from src.config import Settings
from src.economy.engine import EngineError, OpenEngine
from src.economy.engines import open_engine
from src.economy.questions import question, questions


def ask_all(
    engine: OpenEngine, name: str, runs: int, told: Callable[[str], None]
) -> list[QuestionRow]:
    """Ask each question once and then `runs` times; return those that were answered, slowest first.

    Args:
        engine: over the tables.
        name: of the engine.
        runs: after the first; fewer for a question that takes long.
        told: hears of each answer, and of each question that has none.
    """
    trades = int(engine.ask(question("run_overview").sql).only()["trades"])
    rows = []
    for each in questions():
        try:
            rows.append(timed(engine, name, each, trades, runs))
        except EngineError as error:
            told(f"{each}: no answer: {error.fact[:200]}")
        else:
            told(f"{each}: {rows[-1].spread().median:.3f} s")
    return sorted(rows, key=lambda row: row.spread().median, reverse=True)


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
        rows = ask_all(engine, name, given.runs, lambda text: print(text, flush=True))
    print(f"\n| question | {name}, s | the first time |\n|---|---:|---:|")
    for row in rows:
        print(f"| `{row.question}` | {row.spread().median:.3f} | {row.first_s:.3f} |")


def _opened(settings: Settings, engine: str, folder: str) -> AbstractContextManager[OpenEngine]:
    if engine == "duckdb":
        return open_engine(settings)
    (port,) = free_ports(1)
    return presto_over(Path(settings.warehouse), Path(folder) / "presto", port)


if __name__ == "__main__":
    main()
