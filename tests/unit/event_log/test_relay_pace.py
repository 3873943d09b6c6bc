"""How long the relay gathers between two transactions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.event_log.relay import Pace

PACE = Pace(entries_max=300, gather_s=0.1)
PUBLISH_S = 0.01


def comes_to_rest(events_per_s: float, pause_s: float) -> float:
    """Return the pause that a steady market ends with."""
    for _ in range(100):
        pause_s = PACE.pause_s(round(events_per_s * (pause_s + PUBLISH_S)))
    return pause_s


@given(st.integers(0, 2_700), st.sampled_from([0.1, 0.3]))
def test_a_quiet_market_gathers_as_long_as_it_is_set_whatever_was_before(
    events_per_s: int, before_s: float
) -> None:
    assert comes_to_rest(events_per_s, before_s) == pytest.approx(0.1, rel=0.01)


@given(st.integers(3_000, 100_000), st.sampled_from([0.1, 0.3]))
def test_a_busy_market_gathers_three_times_as_long(events_per_s: int, before_s: float) -> None:
    assert comes_to_rest(events_per_s, before_s) == pytest.approx(0.3, rel=0.01)


@given(st.integers(0))
def test_who_is_set_to_gather_not_at_all_never_does(events: int) -> None:
    assert Pace(entries_max=300, gather_s=0).pause_s(events) == 0
