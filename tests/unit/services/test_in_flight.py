"""Who would lose a race within a process waits instead, and only for the players it needs."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.services import in_flight as in_flight_module
from src.services.in_flight import InFlight


class Group:
    """Something that touches players."""

    def __init__(self, *player_ids: int) -> None:
        self.player_ids = frozenset(player_ids)


def test_groups_of_free_players_go_on_and_the_others_are_left() -> None:
    in_flight, one, two, three = InFlight(), Group(1, 2), Group(2, 3), Group(4)
    with in_flight.some_of([one]) as (mine, left):
        assert (mine, left) == ([one], [])
        with in_flight.some_of([two, three]) as (others, later):
            assert (others, later) == ([three], [two])
    with in_flight.some_of([two]) as (mine, left):
        assert (mine, left) == ([two], [])


def test_players_are_free_again_after_a_failure() -> None:
    in_flight = InFlight()
    with pytest.raises(ZeroDivisionError), in_flight.some_of([Group(1)]):
        raise ZeroDivisionError
    with in_flight.some_of([Group(1)]) as (mine, _):
        assert len(mine) == 1


def test_who_waits_in_vain_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_flight_module, "_PATIENCE_S", 0.01)
    in_flight, one, two = InFlight(), Group(1, 2), Group(2, 3)
    with in_flight.some_of([two]):
        with in_flight.some_of([one]) as (mine, left):
            assert (mine, left) == ([one], [])
        # Whoever came first still works on its players.
        with in_flight.some_of([one, Group(4)]) as (mine, left):
            assert [group.player_ids for group in mine] == [{4}]
    with in_flight.some_of([one]) as (mine, left):
        assert (mine, left) == ([one], [])


@given(
    st.lists(
        st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=3), max_size=4),
        min_size=2,
        max_size=6,
    )
)
def test_nobody_works_on_a_player_beside_another_and_everyone_comes_to_the_end(
    drawn: list[list[frozenset[int]]],
) -> None:
    in_flight, working, lock = InFlight(), set[int](), threading.Lock()
    shared: list[frozenset[int]] = []

    def work(asked_for: list[frozenset[int]]) -> None:
        groups, taken = list[Group](), set[int]()
        for player_ids in asked_for:
            if taken.isdisjoint(player_ids):
                taken |= player_ids
                groups.append(Group(*player_ids))
        while groups:
            with in_flight.some_of(groups) as (mine, groups):
                for group in mine:
                    with lock:
                        shared.append(group.player_ids & working)
                        working.update(group.player_ids)
                for group in mine:
                    with lock:
                        working.difference_update(group.player_ids)

    threads = [threading.Thread(target=work, args=(each,)) for each in drawn]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert not any(shared)
