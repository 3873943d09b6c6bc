"""What is said to Redis to read players and to commit, whoever carries it there.

A conversation is a generator: it yields what it asks and is sent the answers. `direct.py` carries
it from a thread, `loop_connections.py` from an event loop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from msgspec import Struct
from redis.exceptions import NoScriptError, RedisError

from src.player_store.codec import read_state
from src.player_store.commit_call import Arguments, Call, calls_of, reply_of
from src.player_store.connection import Epoch
from src.player_store.keys import Keys
from src.services.ports import Commit, CommitReply, Reading

R = TypeVar("R")

#: The words of a command.
Command = tuple[bytes | str | int, ...]


class Ask(Struct, frozen=True):
    """Commands to send, each as soon as it is there.

    `repeatable` says that sending them again changes nothing; they are a sequence then. The
    answers come in order; an error that Redis answered is one of them, not raised.
    """

    commands: Iterable[Command]
    repeatable: bool = False


Conversation = Generator[Ask, list[Any], R]

_GREETING = Ask([("PING",)], repeatable=True)


class Conversations:
    """Reads players of one realm, and commits."""

    def __init__(self, keys: Keys, epoch: Epoch, arguments: Arguments, script: str) -> None:
        """Speak of the realm of `keys`.

        Args:
            keys: of the realm.
            epoch: is told of every connection.
            arguments: writes the calls of `script`.
            script: the text of the commit script.
        """
        self._keys = keys
        self._epoch = epoch
        self._arguments = arguments
        self._script = script
        # Redis names a script by its SHA-1.
        self._sha = hashlib.sha1(self._script.encode(), usedforsecurity=False).hexdigest()

    def reading(self, player_ids: Sequence[int]) -> Conversation[Reading]:
        """Ask for players as they are now."""
        keys = [self._keys.player(player_id) for player_id in player_ids]
        while True:
            if not keys or not self._epoch.current:
                yield _GREETING
            # The epoch is taken before the read: if Redis restarts after that, the commit
            # carries the old one and is turned away.
            epoch = self._epoch.current
            if not keys:
                return Reading({}, epoch)
            (states,) = yield Ask([("MGET", *keys)], repeatable=True)
            if isinstance(states, RedisError):
                raise states
            # Else the read itself met another Redis, and every commit on it would be turned away.
            if epoch == self._epoch.current:
                found = zip(player_ids, states, strict=True)
                return Reading({p: read_state(state) for p, state in found if state}, epoch)

    def committing(self, commits: Iterable[Commit], epoch: str) -> Conversation[list[CommitReply]]:
        """Have each commit written whole or not at all; Redis works while more are made."""
        calls = list[Call]()

        def making() -> Iterator[Command]:
            for some in calls_of(commits):
                calls.append(self._arguments.of(some, epoch))
                yield self._evaluation(calls[-1])

        replies = yield Ask(making())
        # A Redis that was restarted or flushed has no scripts. Others' commands come between
        # ours, so some of the calls may have run: those must not run again.
        missed = [place for place, r in enumerate(replies) if isinstance(r, NoScriptError)]
        if missed:
            yield Ask([("SCRIPT", "LOAD", self._script)])
            again = yield Ask([self._evaluation(calls[place]) for place in missed])
            for place, reply in zip(missed, again, strict=True):
                replies[place] = reply
        if failed := next((r for r in replies if isinstance(r, RedisError)), None):
            raise failed
        return [reply_of(reply) for reply in chain.from_iterable(replies)]

    def _evaluation(self, call: Call) -> Command:
        keys, args = call
        return ("EVALSHA", self._sha, len(keys), *keys, *args)
