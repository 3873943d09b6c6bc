"""What `./guildhall down` waits for, and what it says about that which it could not wait for.

Nothing is lost either way: the outbox lies in Redis and what is published in Kafka, and the next
`up` goes on with both. It is for whoever stops a stack to read its tables.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import redis
from kafka.errors import KafkaError

from src.config import Settings
from src.events.definitions import EVENTS
from src.player_store.connection import connect
from src.player_store.keys import Keys
from src.stack.lag import landing_lag

_POLL_S = 0.5
_NEXT_UP = "after the next ./guildhall up"

#: Told of what takes time or was left.
Note = Callable[[str], None]


def tell_unpublished(settings: Settings, note: Note) -> None:
    """Say how many commits the relay has left in the outbox; nothing when it is empty."""
    with connect(settings.redis_host, settings.redis_port) as client:
        try:
            waiting = int(client.xlen(Keys(settings.realm).outbox))
        except redis.RedisError as error:
            note(f"Redis does not tell what waits for Kafka ({error})")
            return
    if waiting:
        note(f"{waiting:,} commits are not in Kafka yet: they are published {_NEXT_UP}")


def await_landed(settings: Settings, note: Note) -> None:
    """Wait until all that is in Kafka has landed, at most `stop_drain_s` seconds; say what has not.

    The landing jobs must run, and the relay must not.
    """
    deadline = time.monotonic() + settings.stop_drain_s
    is_told = False
    while True:
        try:
            lag = landing_lag(settings.kafka_bootstrap, tuple(EVENTS))
        except KafkaError as error:
            note(f"Kafka does not tell what has landed ({error}): the rest lands {_NEXT_UP}")
            return
        behind = sum(count or 0 for count in lag.values())
        if not behind:
            return
        if time.monotonic() >= deadline:
            note(f"{behind:,} records of Kafka have not landed: they land {_NEXT_UP}")
            return
        if not is_told:
            note("waiting for what is published to land ...")
            is_told = True
        time.sleep(_POLL_S)
