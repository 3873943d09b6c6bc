"""Stores between threads and event loops: each driven as the other is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from src.player_store.store import RedisPlayerStore
from src.services.ports import Commit, CommitReply, PlayerStore, Reading
from tests.support.realm import Realm


class AtOnce:
    """A store of threads as a `LoopPlayerStore`: the loop stands still while it works."""

    def __init__(self, store: PlayerStore) -> None:
        self._store = store

    async def read(self, player_ids: Sequence[int]) -> Reading:
        """Read from the store."""
        return self._store.read(player_ids)

    async def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Commit to the store."""
        return self._store.commit(commits, epoch)

    def close(self) -> None:
        """Leave the store to its owner."""


class OnLoop:
    """A store of which players are read and written from an event loop, driven from a thread."""

    def __init__(self, store: RedisPlayerStore) -> None:
        self._store = store
        self._on_loop = store.for_loop()
        self._runner = asyncio.Runner()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read(self, player_ids: Sequence[int]) -> Reading:
        """Read from the store."""
        return self._runner.run(self._on_loop.read(player_ids))

    def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Commit to the store."""
        return self._runner.run(self._on_loop.commit(commits, epoch))

    def close(self) -> None:
        """Close its connections, and let the loop see them end."""
        self._on_loop.close()
        self._runner.run(asyncio.sleep(0))
        self._runner.close()


@pytest.fixture(params=["threads", "loop"])
def store(request: pytest.FixtureRequest, realm: Realm) -> Iterator[Any]:
    """The store of a realm, as threads use it and as an event loop does."""
    if request.param == "threads":
        yield realm.services.store
        return
    with closing(OnLoop(realm.services.store)) as found:
        yield found
