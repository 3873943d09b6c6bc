"""The processes of a stack, by profile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from src.config import Settings
from src.event_log import broker, broker_books
from src.stack.errors import NotReadyError
from src.stack.layout import ROOT, Layout
from src.stack.order import names_of
from src.stack.parts.hdfs import datanode, namenode
from src.stack.parts.java import HDFS_WRITER
from src.stack.parts.metastore import metastore
from src.stack.parts.postgres import postgres
from src.stack.parts.presto import presto
from src.stack.process import Process, run_preparation
from src.stack.redis_command import redis_command

#: The processes of the embedded profile.
NAMES = names_of(Settings(profile="embedded"))

#: Landing yields the cores to trading: it can catch up, and a player cannot wait.
_YIELDING = ("nice", "-n", "10")


def processes(settings: Settings) -> tuple[Process, ...]:
    """Return the processes of a stack, writing the configuration files that they read."""
    return tuple(process_of(settings, name) for name in names_of(settings))


def process_of(settings: Settings, name: str) -> Process:
    """Return one process of a stack, writing the configuration files that it reads.

    Raises:
        KeyError: no profile has a process of this name.
    """
    return _PROCESSES[name](settings, Layout.of(settings))


def _redis(settings: Settings, layout: Layout) -> Process:
    return Process("redis", redis_command(settings, layout), 60, 120)


def _relay(_settings: Settings, _layout: Layout) -> Process:
    return Process("relay", (sys.executable, "-m", "src.event_log.relay"), 60, 180)


def _api(_settings: Settings, _layout: Layout) -> Process:
    return Process("api", (sys.executable, str(ROOT / "app.py")), 30, 120)


def _kafka(settings: Settings, layout: Layout) -> Process:
    config = broker.render_config(settings, layout.kafka)

    def prepare() -> None:
        try:
            broker_books.make_readable(layout.kafka)
        except broker_books.UnreadableBooks as error:
            raise NotReadyError(
                "Kafka's data was written by a newer Kafka.",
                cause=f"in {layout.kafka}: {error}",
                remedy="docs/guides/recover.md, 'Kafka's data of a newer Kafka'",
            ) from error
        run_preparation(
            broker.format_command(config),
            fact="Kafka's data folder could not be prepared.",
            remedy=f"look at {layout.kafka}; what the log holds is there",
        )

    return Process("kafka", tuple(broker.run_command(config)), 60, 180, prepare=prepare)


def _landing(
    name: str, job: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Callable[[Settings, Layout], Process]:
    module = f"src.streaming.jobs.{job}"
    process = Process(name, (*_YIELDING, sys.executable, "-m", module), 90, 600, environment)
    return lambda _settings, _layout: process


_PROCESSES: Mapping[str, Callable[[Settings, Layout], Process]] = {
    "redis": _redis,
    "kafka": _kafka,
    "relay": _relay,
    "api": _api,
    "streaming": _landing("streaming", "embedded"),
    "streaming_trade": _landing("streaming_trade", "trade", HDFS_WRITER),
    "streaming_player_state": _landing("streaming_player_state", "player_state", HDFS_WRITER),
    "namenode": namenode,
    "datanode": lambda _settings, layout: datanode(layout),
    "postgres": postgres,
    "metastore": metastore,
    "presto": presto,
}
