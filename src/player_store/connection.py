"""Connections to Redis that know which life of the server they speak to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionPool
from redis.exceptions import RedisError
from redis.retry import Retry

from src.services.ports import StoreUnreachable

P = ParamSpec("P")
R = TypeVar("R")

#: Longer than a Redis that rewrites its log pauses; shorter than a client waits.
TIMEOUT_S = 10.0


class Epoch:
    """The `run_id` of the Redis that the newest connection reached; empty before the first."""

    def __init__(self) -> None:
        """Start before the first connection."""
        self._lock = threading.Lock()
        self._run_id = ""

    @property
    def current(self) -> str:
        """The run_id."""
        return self._run_id

    def meet(self, run_id: str) -> None:
        """Note the run_id that a new connection found."""
        with self._lock:
            self._run_id = run_id


class OneLife(Epoch):
    """An epoch that does not change: no connection is made to a Redis that was restarted."""

    def meet(self, run_id: str) -> None:
        """Note the run_id of the first connection, and refuse every other one.

        Raises:
            redis.ConnectionError: the server is another one than at first.
        """
        with self._lock:
            if self._run_id not in {"", run_id}:
                raise redis.ConnectionError(
                    "Redis was restarted; what it holds must be checked again"
                )
            self._run_id = run_id


def connect(host: str, port: int, epoch: Epoch | None = None) -> redis.Redis:
    """Return a client; nothing is connected yet.

    It never repeats a command by itself: a commit whose answer was lost may have been made, and
    made again it would move the assets twice.

    Args:
        host: of Redis.
        port: of Redis.
        epoch: told the server's run_id at each new connection.
    """

    def on_connect(connection: Any) -> None:  # noqa: ANN401 - redis-py leaves it untyped
        connection.on_connect()
        if epoch is not None:
            connection.send_command("INFO", "server")
            epoch.meet(run_id_in(connection.read_response()))

    pool = ConnectionPool(
        connection_class=Connection,
        host=host,
        port=port,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        redis_connect_func=on_connect,
        protocol=2,
    )
    # Not by the constructor: a client made there leaves the pool open when it is closed.
    return redis.Redis.from_pool(pool)


def reachable(method: Callable[P, R]) -> Callable[P, R]:
    """Turn Redis' own errors into the port's."""

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except RedisError as error:
            raise StoreUnreachable(str(error)) from error

    call.__doc__ = method.__doc__
    call.__name__ = method.__name__
    return call


def run_id_of(client: redis.Redis) -> str:
    """Return the run_id of the server that a client speaks to."""
    info: Any = client.info("server")
    return str(info["run_id"])


def run_id_in(info: bytes | str | Exception) -> str:
    """Return the run_id that the answer to `INFO server` tells.

    Raises:
        redis.ConnectionError: it tells none, or is an error.
    """
    text = info.decode() if isinstance(info, bytes) else str(info)
    for line in text.splitlines():
        if line.startswith("run_id:"):
            return line.removeprefix("run_id:")
    raise redis.ConnectionError("the server tells no run_id: is it Redis?")
