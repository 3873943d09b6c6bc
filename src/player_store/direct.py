"""Redis without its client, for the two commands that every trade sends, from a thread.

redis-py takes 50-60 us of processor time a command, hiredis on a plain socket 10: two of them are a
fifth of what a whole trade costs. Everything else goes through redis-py (`connection.py`).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from typing import Any, TypeVar

import hiredis
import redis

from src.player_store.connection import TIMEOUT_S, Epoch, run_id_in
from src.player_store.conversation import Ask, Command, Conversation
from src.player_store.idle import IdleConnections
from src.player_store.replies import MORE, new_reader

R = TypeVar("R")

#: Most answers come in one piece: a few player states.
_PIECE_BYTES = 16_384


class DirectConnections:
    """Connections to one Redis, shared by threads: each call has one to itself.

    Its errors are redis-py's own. As `connect` says, a command is never repeated unless the caller
    declares that repeating it changes nothing.
    """

    def __init__(self, host: str, port: int, epoch: Epoch) -> None:
        """Speak to this Redis; nothing is connected yet. `epoch` is told of each connection."""
        self._address = (host, port)
        self._epoch = epoch
        self._idle = IdleConnections[_Connection](epoch)

    def hold(self, conversation: Conversation[R]) -> R:
        """Carry a conversation to its end, and return what came of it.

        Raises:
            redis.RedisError: not all has been answered, or the conversation gave up.
        """
        try:
            ask = next(conversation)
            while True:
                ask = conversation.send(self._ask(ask))
        except StopIteration as end:
            result: R = end.value
            return result

    def close(self) -> None:
        """Close all idle connections."""
        self._idle.close()

    def _ask(self, ask: Ask) -> list[Any]:
        connection = self._idle.take()
        if connection is not None:
            try:
                return self._asked(connection, ask.commands)
            except redis.ConnectionError:
                if not ask.repeatable:
                    raise
        return self._asked(self._connected(), ask.commands)

    def _connected(self) -> _Connection:
        try:
            connection = _Connection(self._address)
        except OSError as error:
            raise redis.ConnectionError(str(error)) from error
        self._epoch.meet(connection.run_id)
        return connection

    def _asked(self, connection: _Connection, commands: Iterable[Command]) -> list[Any]:
        try:
            answers = connection.ask(commands)
        except BlockingIOError as error:  # what SO_RCVTIMEO makes of a silent server
            connection.close()
            raise redis.TimeoutError("Redis did not answer in time") from error
        except OSError as error:
            connection.close()
            raise redis.ConnectionError(str(error)) from error
        except BaseException:
            # What is still to come belongs to nobody: this connection is of no use any more.
            connection.close()
            raise
        self._idle.give(connection)
        return answers


class _Connection:
    """One connection; `run_id` is the life of Redis that it reached."""

    __slots__ = ("_reader", "_socket", "run_id")

    def __init__(self, address: tuple[str, int]) -> None:
        """Connect.

        Raises:
            OSError, redis.RedisError: it cannot be reached, or does not say who it is.
        """
        self._socket = socket.create_connection(address, timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel's time-out instead of Python's, which polls before each read.
        limit = struct.pack("@ll", int(TIMEOUT_S), 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._socket.settimeout(None)
        self._reader = new_reader()
        try:
            (told,) = self.ask([("INFO", "server")])
            self.run_id = run_id_in(told)
        except BaseException:
            self.close()
            raise

    def ask(self, commands: Iterable[Command]) -> list[Any]:
        """Send commands and return their answers; errors of Redis are returned, not raised."""
        sent = 0
        for command in commands:
            self._socket.sendall(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub asks for a 1-tuple
            sent += 1
        return [self._next() for _ in range(sent)]

    def _next(self) -> Any:  # noqa: ANN401 - Redis answers by command
        while (answer := self._reader.gets()) is MORE:
            piece = self._socket.recv(_PIECE_BYTES)
            if not piece:
                raise ConnectionResetError("Redis closed the connection")
            self._reader.feed(piece)
        return answer

    def close(self) -> None:
        """Close it."""
        self._socket.close()
