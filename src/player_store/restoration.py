"""Redis while it is rebuilt: emptied, filled with what the log tells, and taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import redis

from src.classes.player import Player
from src.player_store.codec import write_state
from src.player_store.connection import OneLife, connect, reachable
from src.player_store.keys import Keys
from src.player_store.scripts import script

#: Keys removed by one command, and players written by one pipeline.
_CHUNK = 1_000


class Restoration:
    """The restoring of one realm, in one life of Redis.

    From `begin` to `end` the realm counts no event, so that the relay lets no writer in, however
    often either of them dies. Every method raises `StoreUnreachable` when Redis does not answer or
    was restarted; then it is begun again.
    """

    def __init__(self, host: str, port: int, keys: Keys) -> None:
        """Restore the realm of `keys`; nothing is connected yet."""
        self._redis: redis.Redis = connect(host, port, OneLife())
        self._keys = keys

    @reachable
    def last_seq(self) -> int:
        """Return the number of the last event that Redis counts, 0 for none."""
        found: Any = self._redis.get(self._keys.seq)
        return int(found or 0)

    @reachable
    def shut_for_writers(self) -> None:
        """Let no commit be made until the relay has checked this Redis."""
        self._redis.delete(self._keys.checked_run_id)

    @reachable
    def begin(self) -> None:
        """Remove the players and all that follows from them and their trades.

        Tokens, answers to idempotency keys and founded guilds stay: what is still there of them is
        true.
        """
        keys = self._keys
        # First of all: from here on this is no realm that could be taken for whole.
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.delete(keys.checked_run_id, keys.outbox, keys.outbox_bytes)
            pipeline.set(keys.seq, 0)
            pipeline.execute()
        for pattern in keys.derived:
            for found in _chunks(self._redis.scan_iter(match=pattern, count=_CHUNK)):
                self._redis.unlink(*found)

    @reachable
    def write_players(self, players: Sequence[Player]) -> None:
        """Write players' states and their guild memberships."""
        for some in _chunks(players):
            with self._redis.pipeline(transaction=False) as pipeline:
                for player in some:
                    pipeline.set(self._keys.player(player.player_id), write_state(player))
                    if player.guild is not None:
                        members = self._keys.guild_members(player.guild)
                        pipeline.zadd(members, {str(player.player_id): player.player_id})
                pipeline.execute()

    @reachable
    def write_recent_trades(self, lines: Mapping[int, Sequence[bytes]]) -> None:
        """Write lists of recent trades, by player id, newest first."""
        for some in _chunks(lines.items()):
            with self._redis.pipeline(transaction=False) as pipeline:
                for player_id, newest_first in some:
                    pipeline.rpush(self._keys.recent_trades(player_id), *newest_first)
                pipeline.execute()

    @reachable
    def write_guilds(self, guilds: Mapping[bytes, bytes]) -> None:
        """Write founded guilds, JSON by name; those that are there stay as they are."""
        for name, guild in guilds.items():
            self._redis.hsetnx(self._keys.guilds, name, guild)

    @reachable
    def end(self, last_seq: int, last_player_id: int) -> None:
        """Declare that Redis has all events up to `last_seq`; the next relay lets writers in."""
        keys = (self._keys.seq, self._keys.player_ids)
        self._redis.eval(script("restore_end"), len(keys), *keys, last_seq, last_player_id)

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()


def _chunks(found: Iterable[Any]) -> Iterable[list[Any]]:
    chunk: list[Any] = []
    for each in found:
        chunk.append(each)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
