"""Connections to Redis for an event loop: whoever asks waits, and the loop serves others.

Without handing each round to a thread and its answers back (docs/decisions/0043).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, TypeVar, cast

import hiredis
import redis

from src.player_store.connection import TIMEOUT_S, Epoch, run_id_in
from src.player_store.conversation import Ask, Command, Conversation
from src.player_store.idle import IdleConnections
from src.player_store.replies import MORE, new_reader

R = TypeVar("R")


class LoopConnections:
    """Connections to one Redis, for one event loop: each conversation has one to itself at a time.

    Its errors and its care for what must not be repeated are those of `DirectConnections`.
    """

    def __init__(self, host: str, port: int, epoch: Epoch) -> None:
        """Speak to this Redis; nothing is connected yet. `epoch` is told of each connection."""
        self._address = (host, port)
        self._epoch = epoch
        self._idle = IdleConnections[_Connection](epoch)

    async def hold(self, conversation: Conversation[R]) -> R:
        """Carry a conversation to its end, and return what came of it.

        Raises:
            redis.RedisError: not all has been answered, or the conversation gave up.
        """
        try:
            ask = next(conversation)
            while True:
                ask = conversation.send(await self._ask(ask))
        except StopIteration as end:
            result: R = end.value
            return result

    def close(self) -> None:
        """Close all idle connections, from their loop while it is there."""
        self._idle.close()

    async def _ask(self, ask: Ask) -> list[Any]:
        connection = self._idle.take()
        if connection is not None:
            try:
                return await self._asked(connection, ask.commands)
            except redis.ConnectionError:
                if not ask.repeatable:
                    raise
        return await self._asked(await self._connected(), ask.commands)

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                _, connection = await loop.create_connection(_Connection, *self._address)
        except OSError as error:  # TimeoutError is one
            raise redis.ConnectionError(str(error)) from error
        try:
            (told,) = await connection.ask([("INFO", "server")])
            connection.run_id = run_id_in(told)
            self._epoch.meet(connection.run_id)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _asked(self, connection: _Connection, commands: Iterable[Command]) -> list[Any]:
        try:
            answers = await connection.ask(commands)
        except BaseException:
            # What is still to come belongs to nobody: this connection is of no use any more.
            connection.close()
            raise
        self._idle.give(connection)
        return answers


class _Connection(asyncio.Protocol):
    """One connection, on which one at a time asks."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self.run_id = ""
        self._reader = new_reader()
        self._answers: list[Any] = []
        self._wanted = 0
        self._answered: asyncio.Future[list[Any]] | None = None
        self._broken: str | None = None

    async def ask(self, commands: Iterable[Command]) -> list[Any]:
        """Send commands and return their answers; errors of Redis are returned, not raised.

        Raises:
            redis.ConnectionError: the connection broke.
            redis.TimeoutError: Redis did not answer in time.
        """
        if self._broken is not None:
            raise redis.ConnectionError(self._broken)
        self._answers, sent = [], 0
        for command in commands:
            self._transport.write(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub asks for a 1-tuple
            sent += 1
        loop = asyncio.get_running_loop()
        self._wanted, self._answered = sent, loop.create_future()
        limit = loop.call_later(TIMEOUT_S, self._give_up)
        try:
            self._tell()
            return await self._answered
        finally:
            limit.cancel()
            self._answered = None

    def close(self) -> None:
        """Close it."""
        self.run_id = ""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin (asyncio calls this)."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take in a piece of the answers (asyncio calls this)."""
        self._reader.feed(data)
        while (answer := self._reader.gets()) is not MORE:
            self._answers.append(answer)
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that nothing more will come (asyncio calls this)."""
        self.run_id = ""
        self._broken = str(exc) if exc else "Redis closed the connection"
        self._fail(redis.ConnectionError(self._broken))

    def _tell(self) -> None:
        waiting = self._answered
        if waiting is not None and len(self._answers) >= self._wanted and not waiting.done():
            waiting.set_result(self._answers)

    def _give_up(self) -> None:
        self._fail(redis.TimeoutError("Redis did not answer in time"))

    def _fail(self, error: redis.RedisError) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error)
