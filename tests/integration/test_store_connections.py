"""A store that is closed leaves no connection to Redis behind.

The garbage collector would close a forgotten one some time, and the tests' warnings cannot tell it
from what py4j and kafka-python leave to the collector.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from src.services.answers import Asked
from src.services.errors import StoreSilent
from tests.support.realm import Realm, gives, open_realm, swap
from tests.support.redis import RunningRedis

#: As many as an API worker has, and more.
_THREADS = 8


#: Redis learns of a connection's end when it next looks.
_NOTICED_S_MAX = 10.0


@pytest.fixture(autouse=True)
def _nothing_is_collected() -> Iterator[None]:
    """Leave cycles where they are: what is closed has to be closed by us."""
    gc.disable()
    yield
    gc.enable()


def clients(server: RunningRedis) -> int:
    """Count who is connected to a server, the one who asks not counted."""
    with closing(server.client()) as client:
        listed: Any = client.client_list()
        return len(listed) - 1


def expect_none(server: RunningRedis) -> None:
    """Wait until nobody is connected any more."""
    deadline = time.monotonic() + _NOTICED_S_MAX
    while left := clients(server):
        assert time.monotonic() < deadline, f"{left} connections are open"
        time.sleep(0.02)


def test_connections_of_many_threads_are_closed(own_redis: RunningRedis) -> None:
    with open_realm(own_redis.settings) as realm:
        # Threads that need the same players would wait for each other.
        pairs = [(realm.create(), realm.create()) for _ in range(_THREADS)]
        with ThreadPoolExecutor(_THREADS) as pool:
            for one, two in 20 * pairs:
                pool.submit(realm.services.trades.trade, swap(gives(one, 1), gives(two)), Asked())
        assert clients(own_redis) > _THREADS // 2
    expect_none(own_redis)


def test_connections_that_met_a_restart_are_closed(own_redis: RunningRedis) -> None:
    with open_realm(own_redis.settings) as realm:
        one, two = realm.create(), realm.create()
        own_redis.kill()
        with pytest.raises(StoreSilent):
            play(realm, one, two)
        own_redis.start()
        realm.open()
        play(realm, one, two)
        assert clients(own_redis) > 0
    expect_none(own_redis)


def play(realm: Realm, one: int, two: int) -> None:
    """Let one player give the other a coin."""
    realm.services.trades.trade(swap(gives(one, 1), gives(two)), Asked())
