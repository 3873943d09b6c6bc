"""Every economy question, on tables of several sizes, asked as the product asks.

The tables are made anew for each size (`market_tables.py`), by a process of their own, so that its
memory is gone when the questions are asked. Answers that can be known are held against what was
drawn: a fast wrong answer is worth nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from benchmarks.folder_presto import FolderPresto, presto_over
from benchmarks.http_rows import Size
from benchmarks.market_tables import Books
from benchmarks.results import QuestionRow, Timed
from benchmarks.servers import BenchmarkFailed, free_ports
from src.config import Settings
from src.decoding import json_decoded
from src.economy.engine import EngineError, OpenEngine
from src.economy.engines import open_engine
from src.economy.questions import question, questions
from src.stack.layout import ROOT

DUCKDB = "DuckDB"
PRESTO = "Presto"
#: A question that has taken longer altogether is not asked again: it is slow, that much is known.
_PATIENCE_S = 15.0

_Note = Callable[[str], None]


def measure_questions(settings: Settings, size: Size, note: _Note) -> Timed:
    """Ask every question on every size of table.

    Args:
        settings: the tables are made in `bench` below its `var`, and removed.
        size: which sizes, and how often a question is asked.
        note: told what is under way.

    Raises:
        BenchmarkFailed: the tables could not be made.
    """
    own = replace(settings, profile="embedded", var_dir=str(settings.var / "bench"))
    found = Timed()
    for trades in size.question_trades:
        shutil.rmtree(own.var, ignore_errors=True)
        note(f"questions: making the tables of {trades:,} trades ...")
        books = make_tables(own, trades)
        with open_engine(own) as engine:
            found = found.with_more(*asked(engine, DUCKDB, books, size.runs, note))
        if size.asks_presto:
            found = found.with_more(*_asked_of_presto(own, books, size.presto_runs, note))
    shutil.rmtree(own.var, ignore_errors=True)
    return found


def _asked_of_presto(
    settings: Settings, books: Books, runs: int, note: _Note
) -> tuple[list[QuestionRow], list[str]]:
    """Ask a Presto of its own over the same files, where its jars have been fetched."""
    if not FolderPresto.is_here():
        note("questions: Presto is left out: `./guildhall up --profile full` fetches its jars")
        return [], []
    (port,) = free_ports(1)
    note("questions: starting Presto ...")
    with presto_over(Path(settings.warehouse), settings.var / "presto-alone", port) as engine:
        return asked(engine, PRESTO, books, runs, note)


def make_tables(settings: Settings, trades: int) -> Books:
    """Make the tables of a market in the warehouse of `settings`, and return what they must say.

    Raises:
        BenchmarkFailed: they could not be made.
    """
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.market_tables"),
            *("--trades", str(trades), "--var-dir", settings.var_dir),
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if ended.returncode != 0:
        last_lines = ended.stderr.decode().strip().splitlines()[-3:]
        raise BenchmarkFailed(f"the tables could not be made: {' '.join(last_lines)}")
    return json_decoded(ended.stdout, Books)


def asked(
    engine: OpenEngine, name: str, books: Books, runs: int, note: _Note
) -> tuple[list[QuestionRow], list[str]]:
    """Ask an engine every question; return how long each took, and what is wrong."""
    rows, faults = timed(engine, name, books.trades, runs, note)
    faults += [f"{fault} on {name} at {books.trades:,} trades" for fault in unlike(engine, books)]
    return rows, faults


def timed(
    engine: OpenEngine, name: str, trades: int, runs: int, note: _Note
) -> tuple[list[QuestionRow], list[str]]:
    """Ask an engine every question once, and then each up to `runs` times more.

    So that what a program takes to become quick is in what each took at first, and in no more.

    Returns:
        How long each took, and each that has no answer.
    """
    faults: list[str] = []
    first_s: dict[str, float] = {}
    rows: list[QuestionRow] = []
    where = f"on {name} at {trades:,} trades"
    for each in questions():
        with _told(faults, f"{each} {where}"):
            first_s[each] = _took(engine, each)
            note(f"questions: {name}, {trades:,}: {each} first {first_s[each]:.3f} s")
    for each, first in first_s.items():
        with _told(faults, f"{each} {where}"):
            again = _again(engine, each, first, runs)
            rows.append(
                QuestionRow(question=each, engine=name, trades=trades, first_s=first, seconds=again)
            )
            note(f"questions: {name}, {trades:,}: {each} {rows[-1].spread().median:.3f} s")
    return rows, faults


@contextmanager
def _told(faults: list[str], what: str) -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        faults.append(f"{what}: {error.fact[:200]}")


def _took(engine: OpenEngine, name: str) -> float:
    """Ask a question; return how many seconds its answer took."""
    sql = question(name).sql
    began = time.perf_counter()
    engine.ask(sql)
    return time.perf_counter() - began


def _again(engine: OpenEngine, name: str, first: float, runs: int) -> tuple[float, ...]:
    """Ask a question again, once at least and `runs` times while it is not slow."""
    took: list[float] = []
    while len(took) < runs and (not took or first + sum(took) < _PATIENCE_S):
        took.append(_took(engine, name))
    return tuple(took)


def unlike(engine: OpenEngine, books: Books) -> Iterator[str]:
    """Tell each answer that is not what the books say."""

    def only(name: str) -> dict[str, object]:
        return engine.ask(question(name).sql).only()

    overview, supply = only("run_overview"), only("gold_supply")
    said = {
        "trades": (overview["trades"], books.trades),
        "players": (overview["players"], books.players),
        "states": (overview["states"], books.states),
        "gold issued": (supply["issued"], books.issued),
        "gold withdrawn": (supply["withdrawn"], books.withdrawn),
        "gold held": (supply["held"], books.held),
    }
    for row in engine.ask(question("trades_by_kind").sql).records():
        kind = row["kind"]
        said[f"{kind} settled"] = (row["settled"], books.settled[kind])
        said[f"{kind} refused"] = (row["refused"], books.refused[kind])
    for what, (answer, truth) in said.items():
        if answer != truth:
            yield f"{what}: the answer is {answer:,}, the truth {truth:,}"
