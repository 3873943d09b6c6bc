"""All benchmarks, one after the other, on a stand of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from benchmarks.goals import goals_of
from benchmarks.http_rows import HOT, LAST_PLAN, PLANS, Size, faults_of, measure
from benchmarks.landing import measure_backlog, measure_freshness
from benchmarks.machine import Stolen, machine, versions
from benchmarks.parts import measure_commit, measure_ready, measure_relay
from benchmarks.peers import PEERS, measure_beside
from benchmarks.questions import measure_questions
from benchmarks.results import Figure, HttpRow, PeerRow, Results, Timed
from benchmarks.stand import Stand, standing
from src.config import Settings
from src.stack.lifecycle import Progress

_FIGURES: dict[str, Callable[[Stand, Size, Callable[[str], None]], tuple[Figure, ...]]] = {
    "ready": measure_ready,
    "commit": measure_commit,
    "relay": measure_relay,
    "backlog": measure_backlog,
    "freshness": measure_freshness,
}
_MEMORY = "memory"
#: Asked of tables that are made for it, before the stand is there.
_QUESTIONS = "questions"

#: What `--only` can name, in the order in which it is measured.
BENCHMARKS = (
    _QUESTIONS,
    *(plan.name for plan in PLANS),
    *(peer.name for peer in PEERS),
    *_FIGURES,
    _MEMORY,
    LAST_PLAN.name,
)
#: The row that the peers are measured beside, whenever one is asked for.
_COMPARED = "trade"


def run(
    settings: Settings,
    size: Size,
    progress: Progress,
    command: str,
    only: Sequence[str] = (),
    processes: tuple[str, ...] = (),
) -> Results:
    """Measure on a stack of its own, and return what was found.

    Args:
        settings: of the operator's stack, which is not touched; its workers and threads hold.
        size: how much is measured.
        progress: told what is under way.
        command: what repeats this run.
        only: names of `BENCHMARKS`; all of them when empty.
        processes: of the stack that are started; all of them when empty.

    Raises:
        BenchmarkFailed, StackError: the stand could not be had, or did not answer.
    """
    chosen = only or BENCHMARKS
    stolen = Stolen()
    facts = Results(
        command=command,
        machine=machine(),
        versions=versions(),
        runs=size.runs,
        seconds=size.seconds,
    )
    timed = measure_questions(settings, size, progress.note) if _QUESTIONS in chosen else Timed()
    facts = replace(facts, questions=timed.rows, faults=timed.faults)
    if set(chosen) != {_QUESTIONS}:
        facts = _measured_on_a_stand(settings, size, progress, chosen, processes, facts)
    shared = {"taken by other machines meanwhile": f"{stolen.share():.0%}"}
    return replace(facts, goals=goals_of(facts), machine=facts.machine | shared)


def _measured_on_a_stand(
    settings: Settings,
    size: Size,
    progress: Progress,
    chosen: Sequence[str],
    processes: tuple[str, ...],
    facts: Results,
) -> Results:
    with standing(settings, progress, processes) as stand:
        rows, peers, peer_faults = _rows(stand, size, progress.note, chosen)
        figures = [
            figure
            for name, measured in _FIGURES.items()
            if name in chosen
            for figure in measured(stand, size, progress.note)
        ]
        memory = stand.memory_mib() if _MEMORY in chosen else {}
        if LAST_PLAN.name in chosen:
            rows.append(measure(LAST_PLAN, stand, size, progress.note))
        faults = (*facts.faults, *_faults(stand, rows), *peer_faults)
    return replace(
        facts,
        rows=tuple(rows),
        peers=tuple(peers),
        left_out={p.name: p.lacks() for p in PEERS if p.name in chosen and p.lacks()},
        figures=tuple(figures),
        memory_mib=memory,
        faults=faults,
    )


def _rows(
    stand: Stand, size: Size, note: Callable[[str], None], chosen: Sequence[str]
) -> tuple[list[HttpRow], list[PeerRow], list[str]]:
    """Measure what is chosen over HTTP; return our rows, the peers', and what was wrong with them.

    Whoever asks for a peer gets the row of ours that it took turns with; and whoever asks for the
    hot set as well gets both of that.
    """
    rows: list[HttpRow] = []
    peers: list[PeerRow] = []
    faults: list[str] = []
    asked = [peer for peer in PEERS if peer.name in chosen and not peer.lacks()]
    for plan in PLANS:
        if asked and (plan.name == _COMPARED or (plan.name == HOT and HOT in chosen)):
            row, found, wrong = measure_beside(plan, stand, size, note, asked)
            rows.append(row)
            peers += found
            faults += wrong
        elif plan.name in chosen:
            rows.append(measure(plan, stand, size, note))
    return rows, peers, faults


def _faults(stand: Stand, rows: Sequence[HttpRow]) -> Iterator[str]:
    """Check the end: every answer was one of those allowed, nothing died, nothing is left over."""
    for row in rows:
        yield from faults_of(row)
    for name, count in stand.restarts().items():
        if count:
            yield f"{name} died and was started again {count} times"
    stand.settle()
