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
    BUSY_RATE,
    GATHER_S,
    GATHER_S_MAX,
    Gathering,
    gathering_s,
)

NO_RECORDS = cast("DataFrame", None)
BACKLOG = 100_000


@given(st.floats(0.1, 60))
def test_a_topic_below_the_rate_is_landed_at_once(passed_s: float) -> None:
    assert gathering_s(int(0.99 * BUSY_RATE * passed_s), passed_s, BACKLOG) == 0


@given(st.floats(1, 3.3), st.floats(0.1, 30))
def test_a_busy_topic_gathers_by_its_rate_however_long_it_has_gathered(
    busy: float, passed_s: float
) -> None:
    """Else a topic would be busy in one batch and not in the next."""
    records = int(busy * BUSY_RATE * passed_s) + 1
    pause_s = gathering_s(records, passed_s, BACKLOG)
    assert pause_s == pytest.approx(min(GATHER_S * busy, GATHER_S_MAX), rel=0.02)


@given(st.integers(1, BACKLOG - 1), st.floats(0, 60))
def test_no_topic_gathers_longer_than_the_longest_pause(records: int, passed_s: float) -> None:
    assert 0 <= gathering_s(records, passed_s, BACKLOG) <= GATHER_S_MAX


@given(st.integers(BACKLOG), st.floats(0, 60))
def test_a_backlog_is_landed_without_a_pause(records: int, passed_s: float) -> None:
    assert gathering_s(records, passed_s, BACKLOG) == 0


@pytest.mark.parametrize(("records", "waits"), [(50_000, [False]), (49_999, [True])])
def test_half_of_what_a_batch_may_take_is_a_backlog(
    records: int, waits: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    pace = Gathering(lambda _records, _batch_id: records, records_max=BACKLOG)
    monkeypatch.setattr(pace._is_ending, "wait", waited.append)  # noqa: SLF001 - its only clock
    pace(NO_RECORDS, 1)
    assert [pause_s > 0 for pause_s in waited] == waits


def test_who_is_told_to_end_waits_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    # For ever, as far as a test goes.
    monkeypatch.setattr(gathering, "GATHER_S_MAX", 3_600.0)
    monkeypatch.setattr(gathering, "GATHER_S", 3_600.0)
    landed: list[int] = []

    def land(_records: DataFrame, batch_id: int) -> int:
        landed.append(batch_id)
        return BACKLOG - 1

    pace = Gathering(land, records_max=2 * BACKLOG)
    waiting = Thread(target=pace, args=(NO_RECORDS, 7), daemon=True)
    waiting.start()
    pace.end()
    waiting.join(timeout=60)
    assert not waiting.is_alive()
    assert landed == [7]
