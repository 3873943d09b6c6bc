"""Every Redis key of a realm, built here and nowhere else.

All keys of a realm share the hash tag `{realm}`: a realm lives on one shard of a Redis Cluster,
so that the commit script can touch all of them at once. `docs/reference/redis.md` lists them.
"""

from __future__ import annotations


class Keys:
    """The keys of one realm."""

    def __init__(self, realm: str) -> None:
        """Build keys for `realm`."""
        self._prefix = f"{{{realm}}}:"
        #: The Redis `run_id` for which the relay has checked `seq` against the log.
        self.checked_run_id = f"{self._prefix}checked_run_id"
        #: The number of the last event (string of an integer).
        self.seq = f"{self._prefix}seq"
        #: Events committed but not yet in Kafka (stream; an entry's id is its last seq).
        self.outbox = f"{self._prefix}outbox"
        #: Bytes of events ever `written` to the outbox and `removed` from it (hash of integers).
        self.outbox_bytes = f"{self._prefix}outbox_bytes"
        #: The last player id given out (string of an integer).
        self.player_ids = f"{self._prefix}player_ids"
        #: The player ids of guests by name (hash of integers).
        self.guests = f"{self._prefix}guests"
        #: Guilds by name (hash of JSON).
        self.guilds = f"{self._prefix}guilds"
        #: API tokens: SHA-256 of the token to role and player (hash of JSON).
        self.tokens = f"{self._prefix}tokens"

    @property
    def realm(self) -> str:
        """The realm whose keys these are."""
        return self._prefix[1:-2]

    @property
    def players(self) -> str:
        """The pattern of all player keys."""
        return f"{self._prefix}player:*"

    @property
    def derived(self) -> tuple[str, ...]:
        """The patterns of what follows from the players and their trades."""
        return self.players, f"{self._prefix}recent:*", f"{self._prefix}members:*"

    def player(self, player_id: int) -> str:
        """A player's state: the version, a line feed, and the state as JSON (string)."""
        return f"{self._prefix}player:{player_id}"

    def recent_trades(self, player_id: int) -> str:
        """A player's latest trades, newest first (list of JSON, bounded)."""
        return f"{self._prefix}recent:{player_id}"

    def idempotency(self, scope: str, key: str) -> str:
        """The answer to a request that named an idempotency key (string, expires)."""
        return f"{self._prefix}answer:{scope}:{key}"

    def guild_members(self, guild: str) -> str:
        """The player ids of a guild's members (sorted set, the id is the score)."""
        return f"{self._prefix}members:{guild}"
