"""All benchmarks, one after the other, on a stand of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from benchmarks.goals import goals_of
from benchmarks.http_rows import PLANS, Size, faults_of, measure
from benchmarks.landing import measure_backlog, measure_freshness
from benchmarks.machine import machine, versions
from benchmarks.results import Figure, HttpRow, Results
from benchmarks.stand import Stand, standing
from src.config import Settings
from src.stack.lifecycle import Progress
from src.stack.processes import NAMES

_FIGURES: dict[str, Callable[[Stand, Size, Callable[[str], None]], tuple[Figure, ...]]] = {
    "backlog": measure_backlog,
    "freshness": measure_freshness,
}
_MEMORY = "memory"

#: What `--only` can name, in the order in which it is measured.
BENCHMARKS = (*(plan.name for plan in PLANS), *_FIGURES, _MEMORY)


def run(
    settings: Settings,
    size: Size,
    progress: Progress,
    command: str,
    only: Sequence[str] = (),
    processes: tuple[str, ...] = NAMES,
) -> Results:
    """Measure on a stack of its own, and return what was found.

    Args:
        settings: of the operator's stack, which is not touched; its workers and threads hold.
        size: how much is measured.
        progress: told what is under way.
        command: what repeats this run.
        only: names of `BENCHMARKS`; all of them when empty.
        processes: of the stack that are started.

    Raises:
        BenchmarkFailed, StackError: the stand could not be had, or did not answer.
    """
    chosen = only or BENCHMARKS
    facts = Results(
        command=command,
        machine=machine(),
        versions=versions(),
        runs=size.runs,
        seconds=size.seconds,
    )
    with standing(settings, progress, processes) as stand:
        rows = [measure(p, stand, size, progress.note) for p in PLANS if p.name in chosen]
        figures = [
            figure
            for name, measured in _FIGURES.items()
            if name in chosen
            for figure in measured(stand, size, progress.note)
        ]
        memory = stand.memory_mib() if _MEMORY in chosen else {}
        faults = tuple(_faults(stand, rows))
    found = replace(
        facts, rows=tuple(rows), figures=tuple(figures), memory_mib=memory, faults=faults
    )
    return replace(found, goals=goals_of(found))


def _faults(stand: Stand, rows: Sequence[HttpRow]) -> Iterator[str]:
    """Check the end: every answer was one of those allowed, nothing died, nothing is left over."""
    for row in rows:
        yield from faults_of(row)
    for name, count in stand.restarts().items():
        if count:
            yield f"{name} died and was started again {count} times"
    stand.settle()
