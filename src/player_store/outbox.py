"""The outbox as the relay sees it: read in order, trim what the log has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import redis
from msgspec import Struct
from redis.exceptions import RedisError

from src.events.founded_guild import guild_record
from src.events.outbox_entry import Record, join_lines
from src.player_store.connection import OneLife, connect
from src.player_store.keys import Keys
from src.player_store.scripts import script
from src.services.ports import StoreUnreachable

#: Entries removed by one command; more would keep other clients waiting.
_TRIM_CHUNK = 2_000


#: The field of a stream entry that counts bytes (`commit.lua`); all the others hold events.
_WRITTEN = b"written"


class OutboxEntry(Struct, frozen=True):
    """The events of commits that were made at once; `last_seq` is the number of the last event."""

    last_seq: int
    payload: bytes


class Outbox:
    """The outbox of one realm, in one life of Redis.

    A relay stands on what it has checked, so this never connects to a Redis that was restarted:
    from then on everything here raises `StoreUnreachable`.
    """

    def __init__(self, host: str, port: int, keys: Keys) -> None:
        """Read the outbox of the realm of `keys`; nothing is connected yet."""
        self._life = OneLife()
        self._redis: redis.Redis = connect(host, port, self._life)
        self._keys = keys

    def last_seq(self) -> int:
        """Return the number of the last event that was committed, 0 before the first.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        return int(self._ask("GET", self._keys.seq) or 0)

    def length(self) -> int:
        """Count the entries.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        return int(self._ask("XLEN", self._keys.outbox))

    def read(self, after_seq: int, count: int, wait_ms: int) -> list[OutboxEntry]:
        """Return up to `count` entries past `after_seq`, waiting up to `wait_ms` for the first.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        answer = self._ask(
            *("XREAD", "COUNT", count, "BLOCK", wait_ms),
            *("STREAMS", self._keys.outbox, f"{after_seq}-0"),
        )
        entries = answer[0][1] if answer else []
        return [OutboxEntry(_seq_of(entry_id), _lines(fields)) for entry_id, fields in entries]

    def founded_guilds(self, known: Collection[bytes]) -> list[Record]:
        """Return the records of the founded guilds whose keys are not among `known`.

        Args:
            known: keys of guilds of this realm that were returned before, and no others.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        # A guild is never removed, so their number tells whether there is a new one.
        if int(self._ask("HLEN", self._keys.guilds)) == len(known):
            return []
        stored: dict[bytes, bytes] = self._ask("HGETALL", self._keys.guilds)
        found = (guild_record(self._keys.realm, name, guild) for name, guild in stored.items())
        return [record for record in found if record.key not in known]

    def trim(self, up_to_seq: int) -> None:
        """Remove all entries up to and with `up_to_seq`, some at a time.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        chunk = ("XTRIM", self._keys.outbox, "MINID", "~", f"{up_to_seq + 1}-0")
        # `~` removes whole nodes of the stream, and only that takes a limit; what then is left
        # to remove is less than one node.
        while self._ask(*chunk, "LIMIT", _TRIM_CHUNK):
            pass
        keys = (self._keys.outbox, self._keys.outbox_bytes)
        self._ask("EVAL", script("trim"), len(keys), *keys, up_to_seq)

    def open_for_writers(self) -> None:
        """Declare this life of Redis checked: commits are taken from now on.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        self._ask("PING")
        # Should Redis restart just here, it is opened for a life that is over: for nobody.
        self._ask("SET", self._keys.checked_run_id, self._life.current)

    def shut_for_writers(self) -> None:
        """Take back that this life of Redis was checked: no commit is taken any more.

        Raises:
            StoreUnreachable: no answer, or another server than before.
        """
        self._ask("DEL", self._keys.checked_run_id)

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()

    def _ask(self, *command: str | int) -> Any:  # noqa: ANN401 - Redis answers by command
        try:
            return self._redis.execute_command(*command)  # type: ignore[no-untyped-call]  # by redis-py
        except RedisError as error:
            raise StoreUnreachable(str(error)) from error


def _lines(fields: dict[bytes, bytes]) -> bytes:
    return join_lines([lines for name, lines in fields.items() if name != _WRITTEN])


def _seq_of(entry_id: bytes) -> int:
    return int(entry_id.split(b"-", 1)[0])
