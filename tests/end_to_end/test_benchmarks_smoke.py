"""The benchmarks run, on real parts, and tell what they promise; how fast is not asked here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from benchmarks.http_rows import Size
from benchmarks.page import page_of
from benchmarks.results import Results
from benchmarks.run import BENCHMARKS, run
from src.cli.commands.bench import NAMES
from src.config import Settings
from src.economy.questions import questions
from src.stack.lifecycle import Silent
from tests.support.told import MEASURED

_SMALL = Size(
    runs=1,
    seconds=0.5,
    warm_s=0.0,
    trading_players=2_000,  # fewer, and batches of 100 would all touch the same
    players_many=2_050,
    players_most=3_000,
    backlog_events=600,
    freshness_s=3.0,
    question_trades=(2_000,),
    asks_presto=False,  # its answers are compared elsewhere, and it takes long to start
)


def test_the_command_offers_every_benchmark() -> None:
    assert NAMES == BENCHMARKS


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run every benchmark, each as short as it can be."""
    settings = Settings(var_dir=str(tmp_path_factory.mktemp("bench")))
    found = run(settings, _SMALL, Silent(), "./guildhall bench")
    assert not (Path(settings.var_dir) / "bench").exists()
    return found


def _names_of_peers(results: Results) -> set[str]:
    return {peer.name for peer in results.peers}


@pytest.mark.kafka
@pytest.mark.spark
@pytest.mark.stack
def test_every_benchmark_is_measured_and_nothing_is_wrong_at_the_end(
    results: Results, record_property: Callable[[str, object], None]
) -> None:
    assert results.faults == ()
    # A peer has a row of all players and one of the hot set.
    peers = {peer.name for peer in results.peers if f"{peer.name}_hot" in _names_of_peers(results)}
    assert {f"{name}_hot" for name in peers} | peers == _names_of_peers(results)
    rows = {row.name for row in results.rows} | peers
    # Without PostgreSQL its rows are left out; the naive design needs nothing that we do not.
    parts = {"ready", "commit", "relay", "backlog", "freshness"}
    assert rows | results.left_out.keys() | parts | {"memory", "questions"} == set(NAMES)
    assert "trade_naive" in rows
    for row in results.rows:
        assert row.rate().low > 0
        assert row.hello_rate().low > 0
        assert {"api", "redis", "relay", "kafka", "streaming"} <= row.runs[0].cpu_s.keys()
    for peer in results.peers:
        assert peer.rate().low > 0
        assert peer.cpu_ms().low > 0
    assert {figure.name.partition("_")[0] for figure in results.figures} == parts
    assert {row.question for row in results.questions} == set(questions())
    assert all(row.spread().low > 0 for row in results.questions)
    assert all(mib > 0 for mib in results.memory_mib.values())
    # For whoever reads the log of a run: shares of the hello, and ours in the peers'.
    for row in results.rows:
        record_property(MEASURED, f"{row.name}: {row.share_of_hello().median:.3f} hellos")
    for peer in results.peers:
        record_property(MEASURED, f"ours: {peer.ours_per_its().median:.2f} times {peer.name}")


@pytest.mark.kafka
@pytest.mark.spark
@pytest.mark.stack
def test_the_page_and_the_json_hold_every_row_and_goal(results: Results) -> None:
    page = page_of(results)
    for name in {row.name for row in results.rows} | {peer.name for peer in results.peers}:
        assert f"`{name}`" in page
    for timed in results.questions:
        assert f"`{timed.question}`" in page
    for goal in results.goals:
        assert goal.title in page
    assert len(results.goals) == 17 + len(results.peers) / 2  # none of the hot set
    assert msgspec.json.decode(msgspec.json.encode(results), type=Results) == results
