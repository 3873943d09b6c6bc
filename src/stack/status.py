"""What `./guildhall status` shows: the processes, and how far the events are behind."""

from __future__ import annotations

from collections.abc import Callable

import redis
from kafka.errors import KafkaError
from msgspec import Struct

from src.config import Settings
from src.events.definitions import EVENTS
from src.player_store.connection import connect
from src.player_store.keys import Keys
from src.stack import proc
from src.stack.errors import NotRunningError
from src.stack.freshness import Landed, newest_landed, worst
from src.stack.lag import landing_lag
from src.stack.layout import Layout
from src.stack.order import names_of
from src.stack.parts.freshness import newest_landings
from src.stack.supervisor_client import ProcessState, SupervisorClient


class ProcessStatus(Struct, frozen=True):
    """One process. `resident_mib` counts its children too; null when it does not run."""

    name: str
    pid: int | None
    state: str
    restarts: int
    resident_mib: float | None


class Status(Struct, frozen=True):
    """The stack at one moment. What cannot be known is null.

    Attributes:
        profile: the setting.
        api: the API's base address.
        processes: empty when no stack runs.
        outbox_length: entries that wait for Kafka, each of commits made at once.
        lag: Kafka records that each landing job has yet to land, transaction markers counted.
        freshness_s: seconds from the commit in Redis of the newest landed event to the snapshot
            that made it visible; the slower of the two jobs.
    """

    profile: str
    api: str
    processes: tuple[ProcessStatus, ...]
    outbox_length: int | None
    lag: dict[str, int | None]
    freshness_s: float | None


def read_status(settings: Settings) -> Status:
    """Look at everything once."""
    states = _states(settings)
    running = {state.name for state in states if state.pid is not None}
    return Status(
        profile=settings.profile,
        api=settings.api_url,
        processes=tuple(_process(state) for state in states),
        outbox_length=_outbox_length(settings) if "redis" in running else None,
        lag=_lag(settings) if "kafka" in running else dict.fromkeys(EVENTS),
        freshness_s=worst(_landings(settings, running)),
    )


def _states(settings: Settings) -> tuple[ProcessState, ...]:
    try:
        states = SupervisorClient(Layout.of(settings)).states()
    except NotRunningError:
        return ()
    return tuple(states[name] for name in names_of(settings) if name in states)


def _process(state: ProcessState) -> ProcessStatus:
    resident = None if state.pid is None else proc.resident_mib(state.pid)
    return ProcessStatus(state.name, state.pid, state.state, state.restarts, resident)


def _landings(settings: Settings, running: set[str]) -> list[Landed | None]:
    if settings.profile == "full":
        return [*newest_landings(settings)] if "presto" in running else []
    return [newest_landed(settings.warehouse, topic) for topic in EVENTS]


def _outbox_length(settings: Settings) -> int | None:
    with connect(settings.redis_host, settings.redis_port) as client:
        return _known(lambda: int(client.xlen(Keys(settings.realm).outbox)), redis.RedisError)


def _lag(settings: Settings) -> dict[str, int | None]:
    try:
        return landing_lag(settings.kafka_bootstrap, tuple(EVENTS))
    except KafkaError:
        return dict.fromkeys(EVENTS)


def _known(read: Callable[[], int], unknown: type[Exception]) -> int | None:
    try:
        return read()
    except unknown:
        return None
