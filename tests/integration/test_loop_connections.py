"""Connections of an event loop: what breaks is told, what is silent is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import redis
import uvloop

from src.player_store import loop_connections
from src.player_store.connection import Epoch
from src.player_store.conversation import Ask, Conversation
from src.player_store.loop_connections import LoopConnections
from tests.support.redis import RunningRedis

#: Longer than any test waits for anything else.
_SILENT = Ask([("BLPOP", "never", 0)])


def asking(*asked: Ask) -> Conversation[list[Any]]:
    """Ask for things in turn, and return the last answers."""
    answers: list[Any] = []
    for each in asked:
        answers = yield each
    return answers


def held(
    server: RunningRedis, speak: Callable[[LoopConnections], Any], epoch: Epoch | None = None
) -> Any:
    """Return what comes of connections to a server on a loop of their own."""
    settings = server.settings

    async def spoken() -> Any:
        connections = LoopConnections(settings.redis_host, settings.redis_port, epoch or Epoch())
        with closing(connections):
            found = await speak(connections)
        await asyncio.sleep(0)
        return found

    # On each kind of loop: that of the server, and Python's own.
    for factory in (uvloop.new_event_loop, asyncio.new_event_loop):
        with asyncio.Runner(loop_factory=factory) as runner:
            found = runner.run(spoken())
    return found


def test_many_conversations_at_once_each_get_their_own_answers(own_redis: RunningRedis) -> None:
    async def speak(connections: LoopConnections) -> list[Any]:
        texts = [b"%d" % number * (1 + 997 * (number % 7)) for number in range(200)]
        asked = [connections.hold(asking(Ask([("ECHO", text), ("PING",)]))) for text in texts]
        found = await asyncio.gather(*asked)
        assert found == [[text, b"PONG"] for text in texts]
        again = await connections.hold(asking(Ask([]), Ask([("ECHO", b"last")])))
        return list(again)

    assert held(own_redis, speak) == [b"last"]


def test_a_server_that_says_nothing_is_given_up_and_its_answer_is_nobodys(
    own_redis: RunningRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_connections, "TIMEOUT_S", 0.2)

    async def speak(connections: LoopConnections) -> Any:
        with pytest.raises(redis.TimeoutError):
            await connections.hold(asking(_SILENT))
        # What comes too late is not taken for the answer to something else.
        await connections.hold(asking(Ask([("LPUSH", "never", "late"), ("DEL", "never")])))
        return await connections.hold(asking(Ask([("ECHO", b"mine")])))

    assert held(own_redis, speak) == [b"mine"]


def test_a_server_that_dies_is_told_to_who_waits_and_found_again(own_redis: RunningRedis) -> None:
    async def speak(connections: LoopConnections) -> Any:
        waiting = asyncio.ensure_future(connections.hold(asking(_SILENT)))
        await asyncio.sleep(0.1)
        own_redis.kill()
        with pytest.raises(redis.ConnectionError):
            await waiting
        with pytest.raises(redis.ConnectionError):
            await connections.hold(asking(Ask([("PING",)])))
        own_redis.start()
        return await connections.hold(asking(Ask([("PING",)])))

    assert held(own_redis, speak) == [b"PONG"]


def test_what_may_be_repeated_survives_an_idle_connection_that_was_closed(
    own_redis: RunningRedis,
) -> None:
    epoch = Epoch()

    async def speak(connections: LoopConnections) -> list[Any]:
        found: list[Any] = []
        for repeatable in (True, False):
            await connections.hold(asking(Ask([("PING",)])))
            # Closed behind the loop's back: it has not been told when it asks again.
            with closing(own_redis.client()) as client:
                client.client_kill_filter(_type="normal", skipme=True)
            try:
                found += await connections.hold(asking(Ask([("PING",)], repeatable=repeatable)))
            except redis.ConnectionError as error:
                found.append(type(error))
        return found

    assert held(own_redis, speak, epoch) == [b"PONG", redis.ConnectionError]


def test_errors_of_redis_are_answers(own_redis: RunningRedis) -> None:
    async def speak(connections: LoopConnections) -> Any:
        asked = Ask([("EVALSHA", "0" * 40, 0), ("GET",), ("PING",)])
        return await connections.hold(asking(asked))

    unknown, malformed, pong = held(own_redis, speak)
    assert isinstance(unknown, redis.exceptions.NoScriptError)
    assert isinstance(malformed, redis.ResponseError)
    assert pong == b"PONG"


def test_who_cannot_be_reached_is_told(own_redis: RunningRedis) -> None:
    async def speak(connections: LoopConnections) -> None:
        if own_redis.pid is not None:
            own_redis.kill()
        with pytest.raises(redis.ConnectionError):
            await connections.hold(asking(Ask([("PING",)])))

    held(own_redis, speak)
