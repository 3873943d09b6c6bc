"""Redis without its client, for the two commands that every trade sends.

redis-py takes 50-60 us of processor time a command, hiredis on a plain socket 10: two of them are a
fifth of what a whole trade costs. Everything else goes through redis-py (`connection.py`).
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Iterable
from typing import Any

import hiredis
import redis

from src.player_store.connection import TIMEOUT_S, Epoch, run_id_in

#: The words of a command.
Command = tuple[bytes | str | int, ...]

#: Most answers come in one piece: a few player states.
_PIECE_BYTES = 16_384
_MORE = object()


class DirectConnections:
    """Connections to one Redis, shared by threads: each call has one to itself.

    Its errors are redis-py's own. As `connect` says, a command is never repeated unless the caller
    declares that repeating it changes nothing.
    """

    def __init__(self, host: str, port: int, epoch: Epoch) -> None:
        """Speak to this Redis; nothing is connected yet. `epoch` is told of each connection."""
        self._address = (host, port)
        self._epoch = epoch
        # Threads take from and give back to the same end, without a lock.
        self._idle: deque[_Connection] = deque()

    def ask(self, commands: Iterable[Command], *, repeatable: bool = False) -> list[Any]:
        """Send each command as soon as it is there, then return Redis' answer to each.

        Args:
            commands: the words of each.
            repeatable: send them again when an idle connection turns out to have been closed;
                they must be a sequence then.

        Returns:
            The answers in order; an error that Redis answered is one of them, not raised.

        Raises:
            redis.RedisError: not all have been answered.
        """
        connection = self._taken()
        if connection is not None:
            try:
                return self._asked(connection, commands)
            except redis.ConnectionError:
                if not repeatable:
                    raise
        return self._asked(self._connected(), commands)

    def close(self) -> None:
        """Close all idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _taken(self) -> _Connection | None:
        """Take an idle connection to the newest life of Redis; those to an older one are dead."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                return None
            if connection.run_id == self._epoch.current:
                return connection
            connection.close()
        return None

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
        self._idle.append(connection)
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
        self._reader = hiredis.Reader(replyError=_reply_error, notEnoughData=_MORE)
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
        while (answer := self._reader.gets()) is _MORE:
            piece = self._socket.recv(_PIECE_BYTES)
            if not piece:
                raise ConnectionResetError("Redis closed the connection")
            self._reader.feed(piece)
        return answer

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _reply_error(text: str) -> redis.RedisError:
    if text.startswith("NOSCRIPT"):
        return redis.exceptions.NoScriptError(text)
    return redis.ResponseError(text)
