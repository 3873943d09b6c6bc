"""Splitting a batch into groups that share no player."""

from __future__ import annotations

from collections.abc import Sequence


def disjoint_groups(touched: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    """Split commands into groups such that no player is touched by two groups.

    Args:
        touched: for each command, in order, the players that it touches.
        size: groups are filled up to about this many commands; those that hang together by
            common players stay together, however many they are.

    Returns:
        The places of the commands, in their order within each group. The same input always
        gives the same groups: a repeated request finds the answers of its parts again.
    """
    if len(touched) == 1:
        return [[0]]
    together = _connected(touched)
    groups: list[list[int]] = []
    filling: list[int] = []
    for places in together:
        if filling and len(filling) + len(places) > size:
            groups.append(filling)
            filling = []
        filling = filling + places
    if filling:
        groups.append(filling)
    return [sorted(group) for group in groups]


def _connected(touched: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the places of commands that hang together, by first place (union-find)."""
    parent: dict[int, int] = {}

    def root(player_id: int) -> int:
        while parent.setdefault(player_id, player_id) != player_id:
            parent[player_id] = parent[parent[player_id]]
            player_id = parent[player_id]
        return player_id

    for player_ids in touched:
        first = root(player_ids[0])
        for other in player_ids[1:]:
            parent[root(other)] = first
    members: dict[int, list[int]] = {}
    for place, player_ids in enumerate(touched):
        members.setdefault(root(player_ids[0]), []).append(place)
    return list(members.values())
