"""Growth is told from waiting, and waiting from growth."""

from __future__ import annotations

import pytest

from benchmarks.keep_up import GROWTH_S_MAX, Part, growth_s


def parts(*unlanded: int) -> list[Part]:
    return [Part(number, 1_000.0, 0, count) for number, count in enumerate(unlanded)]


@pytest.mark.parametrize("level", [0, 2_000, 60_000])
def test_what_waits_alike_all_the_time_does_not_grow(level: int) -> None:
    assert growth_s(parts(*[level] * 10)) == 0.0


def test_what_grows_by_a_second_each_part_grows() -> None:
    assert growth_s(parts(*range(0, 10_000, 1_000))) == 7.0 > GROWTH_S_MAX


def test_one_pause_is_no_growth() -> None:
    assert growth_s(parts(0, 0, 0, 0, 0, 0, 0, 0, 30_000, 0)) == 0.0


def test_a_part_without_events_is_not_behind() -> None:
    assert Part(1.0, 0.0, 0, 5).behind_s == 0.0
