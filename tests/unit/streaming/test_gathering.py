"""A trickle and a backlog are landed at once; what is busy in between gathers."""

from __future__ import annotations

from threading import Thread
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import DataFrame

from src.streaming import gathering
from src.streaming.gathering import (
    BACKLOG_RECORDS,
    BUSY_RATE,
    GATHER_S,
    Gathering,
    gathering_s,
)

NO_RECORDS = cast("DataFrame", None)


@given(st.floats(0.1, 60))
def test_a_topic_below_the_rate_is_landed_at_once(passed_s: float) -> None:
    assert gathering_s(int(0.99 * BUSY_RATE * passed_s), passed_s) == 0


@given(st.floats(0.1, BACKLOG_RECORDS / BUSY_RATE / 2))
def test_a_busy_topic_gathers_however_long_it_has_gathered(passed_s: float) -> None:
    """Else a topic would be busy in one batch and not in the next."""
    assert gathering_s(int(1.1 * BUSY_RATE * passed_s) + 1, passed_s) == GATHER_S


@given(st.integers(BACKLOG_RECORDS), st.floats(0, 60))
def test_a_backlog_is_landed_without_a_pause(records: int, passed_s: float) -> None:
    assert gathering_s(records, passed_s) == 0


def test_who_is_told_to_end_waits_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    # For ever, as far as a test goes.
    monkeypatch.setattr(gathering, "GATHER_S", 3_600.0)
    landed: list[int] = []

    def land(_records: DataFrame, batch_id: int) -> int:
        landed.append(batch_id)
        return BACKLOG_RECORDS - 1

    pace = Gathering(land)
    waiting = Thread(target=pace, args=(NO_RECORDS, 7), daemon=True)
    waiting.start()
    pace.end()
    waiting.join(timeout=60)
    assert not waiting.is_alive()
    assert landed == [7]
