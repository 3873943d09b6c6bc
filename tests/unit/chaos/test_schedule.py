"""The schedule: the same for a seed, and hard on everything."""

from __future__ import annotations

from collections import Counter

import pytest

from src.chaos.schedule import PROCESS_OF, Fault, storm
from src.stack.processes import NAMES

SEEDS = range(50)


def struck(faults: tuple[Fault, ...], kind: str) -> Counter[str]:
    return Counter(PROCESS_OF[t] for fault in faults if fault.kind == kind for t in fault.targets)


def test_a_seed_deals_the_same_storms() -> None:
    assert [storm(5, number) for number in range(9)] == [storm(5, number) for number in range(9)]
    assert storm(5, 0) != storm(5, 1)
    assert storm(5, 0) != storm(6, 0)


@pytest.mark.parametrize("number", [0, 1])
def test_each_storm_kills_every_process_and_cuts_the_room_of_redis(number: int) -> None:
    for seed in SEEDS:
        faults = storm(seed, number)
        assert struck(faults, "kill").keys() == set(NAMES)
        assert struck(faults, "no_room")["redis"] == 1
        assert struck(faults, "pause").total() == 2
        assert struck(faults, "orphan") == {"redis": 1, "api": 1}
        assert any(len(fault.targets) >= 3 for fault in faults if fault.kind == "kill")


def test_kafka_is_away_in_one_storm_and_landing_has_no_room_in_the_next() -> None:
    assert struck(storm(1, 0), "outage") == {"kafka": 1}
    assert struck(storm(1, 1), "no_room") == {"redis": 1, "streaming": 1}


def test_over_some_storms_everything_is_killed_alone_and_together_and_paused() -> None:
    faults = [fault for seed in SEEDS for fault in storm(seed, 0)]
    alone = {f.targets[0] for f in faults if f.kind == "kill" and len(f.targets) == 1}
    together = {len(f.targets) for f in faults if f.kind == "kill"}
    paused = {f.targets[0] for f in faults if f.kind == "pause"}
    assert alone == set(PROCESS_OF)
    assert together == {1, 3, 4, 5}
    assert paused == set(PROCESS_OF)


def test_moments_and_amounts_are_within_what_the_page_promises() -> None:
    for fault in (fault for seed in SEEDS for fault in storm(seed, seed)):
        assert 0 < fault.after_s <= 4
        assert 0 <= fault.draw < 1
        assert (fault.lasts_s > 0) == (fault.kind in {"pause", "outage", "orphan"})
        assert (fault.room_bytes > 0) == (fault.kind == "no_room")
