from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from src.services.groups import disjoint_groups

players = st.lists(st.integers(1, 40), min_size=1, max_size=2)
batches = st.lists(players, max_size=60)
sizes = st.integers(1, 10)


@given(batches, sizes)
def test_every_command_is_in_one_group(touched: list[list[int]], size: int) -> None:
    groups = disjoint_groups(touched, size)
    assert sorted(place for group in groups for place in group) == list(range(len(touched)))


@given(batches, sizes)
def test_no_player_is_touched_by_two_groups(touched: list[list[int]], size: int) -> None:
    seen: set[int] = set()
    for group in disjoint_groups(touched, size):
        here = {player for place in group for player in touched[place]}
        assert not here & seen
        seen |= here


@given(batches, sizes)
def test_commands_keep_their_order_within_a_group(touched: list[list[int]], size: int) -> None:
    assert all(group == sorted(group) for group in disjoint_groups(touched, size))


@given(batches, sizes)
def test_only_commands_that_hang_together_make_a_group_too_large(
    touched: list[list[int]], size: int
) -> None:
    for group in disjoint_groups(touched, size):
        if len(group) > size:
            # Whatever is alone in the group already hangs together.
            assert len(disjoint_groups([touched[place] for place in group], 1)) == 1


def test_commands_that_share_no_player_fill_groups() -> None:
    assert disjoint_groups([[1, 2], [3, 4], [5, 6]], 2) == [[0, 1], [2]]


def test_commands_hang_together_over_others() -> None:
    assert disjoint_groups([[1, 2], [3, 4], [2, 3]], 1) == [[0, 1, 2]]


def test_nothing_has_no_groups() -> None:
    assert disjoint_groups([], 5) == []
