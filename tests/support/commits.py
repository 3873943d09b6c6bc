"""Commits written by hand, to ask a player store for one thing at a time."""

from __future__ import annotations

import time

from src.classes.inventory import Inventory
from src.classes.player import Player
from src.services.ports import (
    Change,
    Commit,
    Membership,
    PlayerStore,
    RecentTrade,
    StoredAnswer,
)

TTL_S = 3_600


def player(player_id: int, version: int = 1, gold: int = 0, **items: int) -> Player:
    """Return a player state; items as `_5=2` for 2 units of item 5."""
    held = {int(name[1:]): quantity for name, quantity in items.items()}
    return Player(
        player_id=player_id,
        version=version,
        username=f"player {player_id}",
        player_class="farmer",
        gold=gold,
        inventory=Inventory(999, held),
    )


def writes(
    *players: Player,
    replacing: int | None = None,
    lines: bytes = b"trade k {}",
    events: int = 1,
    answer: StoredAnswer | None = None,
    recent: tuple[tuple[int, bytes], ...] = (),
    memberships: tuple[Membership, ...] = (),
) -> Commit:
    """Return the commit of these states, each the successor of the version before it.

    `recent` are texts for the lists of these players; they are put behind the lines.
    """
    trades, size = [], len(lines)
    for player_id, text in recent:
        trades.append(RecentTrade(size, size + len(text), (player_id,)))
        lines, size = lines + text, size + len(text)
    return Commit(
        changes=tuple(
            Change(each, each.version - 1 if replacing is None else replacing) for each in players
        ),
        lines=lines,
        events=events,
        answer=answer,
        recent=tuple(trades),
        memberships=memberships,
    )


def answered(key: str, value: bytes = b"print\n[]", ttl_s: int = TTL_S) -> StoredAnswer:
    """Return the answer to keep under a key."""
    return StoredAnswer("holder", key, value, ttl_s)


def seen_soon(store: PlayerStore, player_id: int) -> bool:
    """Say whether a player comes to be there."""
    for _ in range(1_000):
        if store.read([player_id]).players:
            return True
        time.sleep(0.01)
    return False
