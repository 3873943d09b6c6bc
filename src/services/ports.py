"""What the use cases need from the outside, as Protocols. `src/player_store` is the adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

from src.classes.guild import Guild
from src.classes.player import Player


class Reading(Struct, frozen=True):
    """Players as they were at one moment. Those that do not exist are absent.

    `epoch` names the life of the store in which they were read: a commit that is decided on them
    holds only in that life.
    """

    players: Mapping[int, Player]
    epoch: str


class Change(Struct, frozen=True):
    """A player's next state, and the version that it replaces (0 for a new player)."""

    player: Player
    expected_version: int


class Membership(Struct, frozen=True):
    """A player that joined or left a guild."""

    guild: str
    player_id: int
    joined: bool


class StoredAnswer(Struct, frozen=True):
    """The answer to keep under an idempotency key, for `ttl_s` seconds."""

    scope: str
    key: str
    value: bytes
    ttl_s: int


class RecentTrade(Struct, frozen=True):
    """A trade for these players' lists of recent trades: bytes `start` to `stop` of the lines."""

    start: int
    stop: int
    player_ids: tuple[int, ...]


class Commit(Struct, frozen=True, kw_only=True):
    """What is written at once, or not at all.

    `lines` are its `events` events for the outbox, as `src.events.outbox_entry` writes them.
    """

    changes: tuple[Change, ...]
    lines: bytes
    events: int
    recent: tuple[RecentTrade, ...] = ()
    memberships: tuple[Membership, ...] = ()
    answer: StoredAnswer | None = None


class Committed(Struct, frozen=True):
    """All was written; `last_seq` is the number of the commit's last event."""

    last_seq: int


class Replayed(Struct, frozen=True):
    """Nothing was written: the key has an answer already."""

    value: bytes


class Conflict(Struct, frozen=True):
    """Nothing was written: a player has another version."""


class OutboxFull(Struct, frozen=True):
    """Nothing was written: too many events wait for Kafka."""


class Unchecked(Struct, frozen=True):
    """Nothing was written: this life of the store has not been checked against the log yet."""


CommitReply = Committed | Replayed | Conflict | OutboxFull | Unchecked


class Claim(Enum):
    """Whose an idempotency key was: nobody's, this very request's, or another's."""

    NEW = "new"
    SAME = "same"
    OTHER = "other"


class StoreUnreachable(Exception):
    """The store did not answer. Whether a commit under way was written is not known."""


class LoopPlayerStore(Protocol):
    """Reads players and commits as `PlayerStore` does, while its event loop serves others."""

    async def read(self, player_ids: Sequence[int]) -> Reading:
        """Return these players as they are now.

        Raises:
            StoreUnreachable: no answer.
        """

    async def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Write each commit whole or not at all, in order.

        Raises:
            StoreUnreachable: no answer; each commit may or may not have been written.
        """

    def close(self) -> None:
        """Let go of what it holds; its loop has nothing to wait for any more."""


class PlayerStore(Protocol):
    """Players, their guilds and what they did lately."""

    def read(self, player_ids: Sequence[int]) -> Reading:
        """Return these players as they are now.

        Raises:
            StoreUnreachable: no answer.
        """

    def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Write each commit whole or not at all, in order.

        Args:
            commits: no two of them touch the same player. The first are written while later ones
                are still being made; when making one raises, those before it may be written.
            epoch: of the reading that they were decided on.

        Raises:
            StoreUnreachable: no answer; each commit may or may not have been written.
        """

    def claim(self, scope: str, key: str, fingerprint: str, ttl_s: int) -> Claim:
        """Tie an idempotency key to a request, and say whose it was before.

        Raises:
            StoreUnreachable: no answer.
        """

    def next_player_id(self) -> int:
        """Return a player id that was never given out before."""

    def guest(self, name: str) -> int | None:
        """Return the player id that is set aside for the guest of this name, or None."""

    def set_guest(self, name: str, player_id: int) -> int:
        """Set a player id aside for the guest of this name; return the one that was first."""

    def recent_trades(self, player_id: int) -> list[bytes]:
        """Return the lines that are kept of the player's recent trades, newest first."""

    def guild(self, name: str) -> Guild | None:
        """Return the guild with this name, or None."""

    def guilds(self) -> list[Guild]:
        """Return all guilds by name."""

    def found_guild(self, guild: Guild) -> bool:
        """Add a guild; return False when its name is taken."""

    def guild_members(self, name: str, after: int, count: int) -> list[int]:
        """Return the ids of members with an id above `after`, rising."""

    def guild_size(self, name: str) -> int:
        """Count the members of a guild."""
