"""The player store for an event loop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from redis.exceptions import RedisError

from src.player_store.connection import Epoch
from src.player_store.conversation import Conversation, Conversations
from src.player_store.loop_connections import LoopConnections
from src.services.ports import Commit, CommitReply, Reading, StoreUnreachable

R = TypeVar("R")


class LoopPlayerStore:
    """Implements `src.services.ports.LoopPlayerStore`. It belongs to one event loop."""

    def __init__(self, host: str, port: int, epoch: Epoch, conversations: Conversations) -> None:
        """Have `conversations` with this Redis; `epoch` is theirs. Nothing is connected yet."""
        self._connections = LoopConnections(host, port, epoch)
        self._conversations = conversations

    async def read(self, player_ids: Sequence[int]) -> Reading:
        """Return these players as they are now."""
        return await self._held(self._conversations.reading(player_ids))

    async def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Write each commit whole or not at all, in order."""
        return await self._held(self._conversations.committing(commits, epoch))

    def close(self) -> None:
        """Close all idle connections."""
        self._connections.close()

    async def _held(self, conversation: Conversation[R]) -> R:
        try:
            return await self._connections.hold(conversation)
        except RedisError as error:
            raise StoreUnreachable(str(error)) from error
