"""A simulated clock: rounds begin when they are due, and what is late is told."""

from __future__ import annotations

from simulation.pace import Pace


class Time:
    """A clock that only waiting and working move."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def clock(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds


def test_rounds_begin_in_equal_distances() -> None:
    time = Time()
    pace = Pace(2.5, time.clock, time.pass_by)
    began = []
    for number in range(4):
        pace.await_round(number)
        began.append(time.now_s)
        time.pass_by(1.0)
    assert began == [100.0, 102.5, 105.0, 107.5]
    assert pace.behind_s_max == 0.0


def test_a_late_round_begins_at_once_and_time_is_caught_up() -> None:
    time = Time()
    pace = Pace(2.0, time.clock, time.pass_by)
    began = []
    for number, work_s in enumerate((7.0, 0.5, 0.5, 0.5, 0.5, 0.5)):
        pace.await_round(number)
        began.append(time.now_s)
        time.pass_by(work_s)
    assert began == [100.0, 107.0, 107.5, 108.0, 108.5, 110.0]
    assert pace.behind_s_max == 5.0


def test_no_pace_waits_for_nothing() -> None:
    time = Time()
    pace = Pace(0.0, time.clock, time.pass_by)
    for number in range(3):
        pace.await_round(number)
        time.pass_by(9.0)
    assert time.now_s == 127.0
    assert pace.behind_s_max == 0.0
