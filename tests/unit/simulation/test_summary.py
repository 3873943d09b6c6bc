"""What a run's summary counts, and where it lies."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from simulation.actions import Action
from simulation.progress import ConsoleProgress
from simulation.summary import OutcomeCount, Summary, Tally, read_summary, write_summary
from simulation.transport import Reply
from simulation.wire import Problem, Settled

SALE = Action(number=0, kind="sale", player=0)


def reply(seconds: float) -> Reply:
    return Reply(status=201, body=b"", retries=1, seconds=seconds, replayed=True)


def test_outcomes_are_counted_by_kind_status_and_reason() -> None:
    tally = Tally()
    tally.decided((SALE,), [Problem("missing_items")], reply(0.001))
    for _ in range(2):
        tally.decided((SALE,), [Settled("t", [])], reply(0.001))
        tally.answered(reply(0.001))
    assert tally.outcomes() == [
        OutcomeCount(kind="sale", status="settled", reason=None, count=2),
        OutcomeCount(kind="sale", status="rejected", reason="missing_items", count=1),
    ]
    assert (tally.requests, tally.retries, tally.replayed) == (2, 2, 2)


@pytest.mark.parametrize(
    ("percent", "latency_ms"), [(50, 50.0), (99, 99.0), (100, 100.0), (1, 1.0)]
)
def test_a_percentile_is_a_latency_that_occurred(percent: int, latency_ms: float) -> None:
    tally = Tally()
    for milliseconds in range(100, 0, -1):
        tally.decided((SALE,), [Settled("t", [])], reply(milliseconds / 1_000))
    assert tally.latency_ms(percent) == latency_ms


def test_no_requests_have_no_latency() -> None:
    assert Tally().latency_ms(50) == 0.0


def test_a_summary_is_kept_for_the_report(tmp_path: Path) -> None:
    assert read_summary(tmp_path) is None
    summary = Summary(
        run_id="run",
        seed=7,
        players=2,
        trades=3,
        workers=1,
        requests=9,
        retries=0,
        replayed=0,
        play_s=0.5,
        trades_per_s=6.0,
        latency_ms_p50=1.5,
        latency_ms_p99=2.5,
        outcomes=[OutcomeCount(kind="sale", status="settled", reason=None, count=3)],
        players_read_back=2,
        difference_count=0,
        differences=[],
    )
    assert write_summary(summary, tmp_path) == tmp_path / "run" / "simulation.json"
    assert read_summary(tmp_path) == summary
    assert (summary.settled, summary.rejected) == (3, 0)


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    written = StringIO()
    with ConsoleProgress(Console(file=written, highlight=False)) as progress:
        progress.begin("trading", 10)
        for _ in range(10):
            progress.advance(1)
    assert written.getvalue().splitlines() == [
        f"trading: {done} of 10" for done in (2, 4, 6, 8, 10)
    ]


def test_progress_is_a_bar_on_a_terminal() -> None:
    written = StringIO()
    console = Console(file=written, force_terminal=True, width=100, highlight=False)
    with ConsoleProgress(console) as progress:
        progress.begin("creating players", 2)
        progress.advance(2)
        progress.begin("trading", 10)
        progress.advance(10)
    assert "creating players" in written.getvalue()
    assert "10/10" in written.getvalue()
