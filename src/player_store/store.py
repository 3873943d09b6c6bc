"""The player store on Redis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from src.classes.guild import Guild
from src.classes.player import Player
from src.decoding import json_decoded
from src.player_store.codec import read_state
from src.player_store.commit_call import Arguments
from src.player_store.connection import Epoch, connect, reachable
from src.player_store.conversation import Conversations
from src.player_store.direct import DirectConnections
from src.player_store.keys import Keys
from src.player_store.loop_store import LoopPlayerStore
from src.player_store.scripts import script
from src.services.ports import (
    Claim,
    Commit,
    CommitReply,
    Reading,
)

_SCAN_PAGE = 1_000


class RedisPlayerStore:
    """Implements `src.services.ports.PlayerStore`. Safe to share between threads."""

    def __init__(
        self,
        host: str,
        port: int,
        keys: Keys,
        *,
        outbox_entries_max: int,
        outbox_bytes_max: int,
        recent_trades_kept: int,
        built_in_guilds: Iterable[Guild] = (),
    ) -> None:
        """Work on the realm of `keys`; nothing is connected yet.

        Args:
            host: of Redis.
            port: of Redis.
            keys: of the realm.
            outbox_entries_max: commits that may wait for the log.
            outbox_bytes_max: bytes of events that may wait for it.
            recent_trades_kept: trades a player that can be listed.
            built_in_guilds: guilds that every realm has from the beginning.
        """
        self._address = (host, port)
        self._epoch = Epoch()
        self._redis = connect(host, port, self._epoch)
        self._direct = DirectConnections(host, port, self._epoch)
        self._keys = keys
        self._outbox_entries_max = outbox_entries_max
        self._outbox_bytes_max = outbox_bytes_max
        arguments = Arguments(
            keys,
            outbox_entries_max=outbox_entries_max,
            outbox_bytes_max=outbox_bytes_max,
            recent_trades_kept=recent_trades_kept,
        )
        self._conversations = Conversations(keys, self._epoch, arguments, script("commit"))
        self._built_in = {guild.name: guild for guild in built_in_guilds}

    @reachable
    def read(self, player_ids: Sequence[int]) -> Reading:
        """Return these players as they are now."""
        return self._direct.hold(self._conversations.reading(player_ids))

    @reachable
    def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Write each commit whole or not at all, in order; Redis works while more are made."""
        return self._direct.hold(self._conversations.committing(commits, epoch))

    def for_loop(self) -> LoopPlayerStore:
        """Return the same players as an event loop reads and writes them."""
        return LoopPlayerStore(*self._address, self._epoch, self._conversations)

    @reachable
    def claim(self, scope: str, key: str, fingerprint: str, ttl_s: int) -> Claim:
        """Tie an idempotency key to a request, and say whose it was before."""
        value = fingerprint.encode() + b"\n"
        held: Any = self._redis.set(
            self._keys.idempotency(scope, key), value, nx=True, get=True, ex=ttl_s
        )
        if held is None:
            return Claim.NEW
        if held != value:
            return Claim.OTHER
        # A claim must outlive the answers of the request's parts, which are kept from now on.
        self._redis.expire(self._keys.idempotency(scope, key), ttl_s)
        return Claim.SAME

    @reachable
    def next_player_id(self) -> int:
        """Return a player id that was never given out before."""
        return int(self._redis.incr(self._keys.player_ids))

    @reachable
    def guest(self, name: str) -> int | None:
        """Return the player id that is set aside for the guest of this name, or None."""
        found: Any = self._redis.hget(self._keys.guests, name)
        return None if found is None else int(found)

    @reachable
    def set_guest(self, name: str, player_id: int) -> int:
        """Set a player id aside for the guest of this name; return the one that was first."""
        is_first = self._redis.hsetnx(self._keys.guests, name, player_id)
        return player_id if is_first else self.guest(name) or player_id

    @reachable
    def recent_trades(self, player_id: int) -> list[bytes]:
        """Return the lines that are kept of the player's recent trades, newest first."""
        lines: Any = self._redis.lrange(self._keys.recent_trades(player_id), 0, -1)
        return list(lines)

    @reachable
    def guild(self, name: str) -> Guild | None:
        """Return the guild with this name, or None."""
        if name in self._built_in:
            return self._built_in[name]
        stored: Any = self._redis.hget(self._keys.guilds, name)
        return None if stored is None else json_decoded(stored, Guild)

    @reachable
    def guilds(self) -> list[Guild]:
        """Return all guilds by name."""
        stored: Any = self._redis.hgetall(self._keys.guilds)
        found = [json_decoded(value, Guild) for value in stored.values()]
        return sorted([*self._built_in.values(), *found], key=lambda guild: guild.name)

    @reachable
    def found_guild(self, guild: Guild) -> bool:
        """Add a guild; return False when its name is taken."""
        if guild.name in self._built_in:
            return False
        return bool(self._redis.hsetnx(self._keys.guilds, guild.name, msgspec.json.encode(guild)))

    @reachable
    def guild_members(self, name: str, after: int, count: int) -> list[int]:
        """Return the ids of members with an id above `after`, rising."""
        key = self._keys.guild_members(name)
        members: Any = self._redis.zrange(
            key, f"({after}", "+inf", byscore=True, offset=0, num=count
        )
        return [int(member) for member in members]

    @reachable
    def guild_size(self, name: str) -> int:
        """Count the members of a guild."""
        return int(self._redis.zcard(self._keys.guild_members(name)))

    def all_players(self) -> Iterator[Player]:
        """Iterate over all players, in no order; each once, as it was when its page was read.

        Raises:
            StoreUnreachable: the store does not answer.
        """
        cursor, seen = 0, set[int]()
        while True:
            cursor, page = self._page(cursor)
            # SCAN may show a key again while Redis moves its keys.
            yield from (player for player in page if player.player_id not in seen)
            seen.update(player.player_id for player in page)
            if not cursor:
                return

    @reachable
    def last_seq(self) -> int:
        """Return the number of the last event, 0 before the first."""
        return int(self._redis.get(self._keys.seq) or 0)

    @reachable
    def outbox_length(self) -> int:
        """Count the entries that wait for the log, each of commits made at once."""
        return int(self._redis.xlen(self._keys.outbox))

    @reachable
    def outbox_bytes(self) -> int:
        """Count the bytes of the events that wait for the log."""
        counted: Any = self._redis.hmget(self._keys.outbox_bytes, ["written", "removed"])
        return int(counted[0] or 0) - int(counted[1] or 0)

    def outbox_has_room(self) -> bool:
        """Say whether a commit of a few bytes would be taken."""
        has_entries = self.outbox_length() < self._outbox_entries_max
        return has_entries and self.outbox_bytes() < self._outbox_bytes_max

    @reachable
    def is_checked(self) -> bool:
        """Say whether this life of Redis has been checked against the log."""
        epoch = self._first_epoch()
        checked: Any = self._redis.get(self._keys.checked_run_id)
        return checked is not None and checked.decode() == epoch

    def close(self) -> None:
        """Close all connections."""
        self._direct.close()
        self._redis.close()

    @reachable
    def _page(self, cursor: int) -> tuple[int, list[Player]]:
        found: Any = self._redis.scan(cursor, match=self._keys.players, count=_SCAN_PAGE)
        after, keys = found
        states: Any = self._redis.mget(keys) if keys else []
        return int(after), [read_state(state) for state in states if state]

    def _first_epoch(self) -> str:
        self._redis.ping()
        return self._epoch.current
