"""API tokens in Redis: what lies there is a SHA-256, so that nobody can read a token back.

A token is 32 random bytes; against those a fast hash is as good as a slow one.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import Any

import msgspec
import redis
from msgspec import Struct
from redis.exceptions import RedisError

from src.decoding import json_decoded
from src.player_store.connection import connect
from src.player_store.keys import Keys
from src.services.ports import StoreUnreachable

_PREFIX = "gh_"


class Role(StrEnum):
    """What a token's holder may do."""

    OPERATOR = "operator"
    GAME = "game"
    PLAYER = "player"
    ANALYST = "analyst"


class Holder(Struct, frozen=True):
    """Who holds a token. `token_id` tells holders apart; `player_id` is set for a player."""

    role: Role
    token_id: str
    player_id: int | None = None


class Tokens:
    """The tokens of one realm."""

    def __init__(self, host: str, port: int, keys: Keys) -> None:
        """Keep tokens for the realm of `keys`; nothing is connected yet."""
        self._redis: redis.Redis = connect(host, port)
        self._key = keys.tokens

    def issue(self, role: Role, player_id: int | None = None) -> str:
        """Return a new token; it is shown this once.

        Raises:
            ValueError: a player's token names no player, or another's names one.
            StoreUnreachable: Redis does not answer.
        """
        if (role is Role.PLAYER) != (player_id is not None):
            raise ValueError("a token of role player names a player, and only such a token does")
        token = _PREFIX + secrets.token_urlsafe(32)
        digest = _digest(token)
        holder = Holder(role, digest[:12], player_id)
        try:
            self._redis.hset(self._key, digest, msgspec.json.encode(holder))
        except RedisError as error:
            raise StoreUnreachable(str(error)) from error
        return token

    def find(self, token: str) -> Holder | None:
        """Return the holder of a token, or None when nobody was issued it.

        Raises:
            StoreUnreachable: Redis does not answer.
        """
        try:
            found: Any = self._redis.hget(self._key, _digest(token))
        except RedisError as error:
            raise StoreUnreachable(str(error)) from error
        return None if found is None else json_decoded(found, Holder)

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
