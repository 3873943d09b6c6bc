"""Accounts: where assets lie. `player:<id>`, or `house:<name>` for the world's own.

House accounts have no stored balance: theirs is the fold of all legs, so nobody contends for them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NewType

Account = NewType("Account", str)

MINT = Account("house:mint")
SHOP = Account("house:shop")
BATTLE = Account("house:battle")
BURN = Account("house:burn")

_PLAYER = "player:"

#: Accounts whose owner is remembered: a trade asks for each of its few accounts several times.
_REMEMBERED_MAX = 65_536


def player_account(player_id: int) -> Account:
    """Return the account of a player."""
    return Account(f"{_PLAYER}{player_id}")


def guild_account(guild: str) -> Account:
    """Return the house account of a guild, which receives its fees."""
    return Account(f"house:guild:{guild}")


@lru_cache(_REMEMBERED_MAX)
def player_of(account: Account) -> int | None:
    """Return the id of the player whose account this is, or None for a house account."""
    return int(account[len(_PLAYER) :]) if account.startswith(_PLAYER) else None
