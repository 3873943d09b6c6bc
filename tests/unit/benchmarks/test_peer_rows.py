"""A peer's row compares each of our runs with the peer's run of the same round."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from benchmarks.goals import goals_of
from benchmarks.results import PeerRow, Results, Run, Spread
from benchmarks.wire import Measured


def _run(trades: int, cpu_s: dict[str, float]) -> Run:
    measured = Measured(
        requests=trades, seconds=2.0, statuses={201: trades}, ms=(1.0, 2.0, 3.0), client_cpu_s=0.1
    )
    return Run(load=measured, cpu_s=cpu_s)


_ROW = PeerRow(
    name="trade_postgres",
    title="another design",
    ours=(_run(1_000, {"api": 0.4, "redis": 0.1}), _run(600, {"api": 0.2, "redis": 0.1})),
    runs=(_run(500, {"front": 0.25, "postgres": 0.75}), _run(600, {"front": 0.1, "postgres": 0.2})),
)


def test_rates_are_compared_round_by_round() -> None:
    assert _ROW.ours_per_its() == Spread(1.5, 1.0, 2.0)
    assert _ROW.rate() == Spread(275.0, 250.0, 300.0)


def test_all_processes_of_both_count_for_what_a_trade_takes() -> None:
    assert _ROW.cpu_ms().high == pytest.approx(2.0)
    assert _ROW.cpu_ms_by_process()["postgres"].high == pytest.approx(1.5)
    assert _ROW.cpu_ours_per_its().low == pytest.approx(0.25)


def test_a_goal_is_held_against_the_median_of_the_rounds() -> None:
    results = Results(command="any", machine={}, versions={}, runs=2, seconds=2.0, peers=(_ROW,))
    (goal,) = goals_of(results)
    assert (goal.wanted, goal.reached, goal.is_met) == ("1.5 or more", "1.5", True)


def test_the_hot_set_of_a_peer_is_told_without_a_goal() -> None:
    hot = replace(_ROW, name="trade_postgres_hot")
    results = Results(command="any", machine={}, versions={}, runs=2, seconds=2.0, peers=(hot,))
    assert goals_of(results) == ()
