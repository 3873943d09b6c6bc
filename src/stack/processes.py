"""The processes of a stack, by profile."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType

from src.config import Settings
from src.event_log import broker
from src.stack.layout import ROOT, Layout
from src.stack.order import names_of
from src.stack.parts.hdfs import datanode, namenode
from src.stack.parts.java import HDFS_WRITER
from src.stack.parts.metastore import metastore
from src.stack.parts.postgres import postgres
from src.stack.parts.presto import presto
from src.stack.process import Process, run_preparation
from src.stack.redis_config import render_redis_config

#: The processes of the embedded profile.
NAMES = names_of(Settings(profile="embedded"))

#: Landing yields the cores to trading: it can catch up, and a player cannot wait.
_YIELDING = ("nice", "-n", "10")


def processes(settings: Settings) -> tuple[Process, ...]:
    """Return the processes of a stack, writing the configuration files that they read."""
    layout = Layout.of(settings)
    python = sys.executable
    shared = (
        Process("redis", ("redis-server", str(render_redis_config(settings, layout))), 60, 120),
        _kafka(settings, layout),
        Process("relay", (python, "-m", "src.event_log.relay"), 60, 180),
        Process("api", (python, str(ROOT / "app.py")), 30, 120),
    )
    if settings.profile == "embedded":
        return (*shared, _landing("streaming", "embedded"))
    return (
        *shared,
        _landing("streaming_trade", "trade", HDFS_WRITER),
        _landing("streaming_player_state", "player_state", HDFS_WRITER),
        namenode(settings, layout),
        datanode(layout),
        postgres(settings, layout),
        metastore(settings, layout),
        presto(settings, layout),
    )


def _kafka(settings: Settings, layout: Layout) -> Process:
    config = broker.render_config(settings, layout.kafka)
    return Process(
        "kafka",
        tuple(broker.run_command(config)),
        60,
        180,
        prepare=lambda: run_preparation(
            broker.format_command(config),
            fact="Kafka's data folder could not be prepared.",
            remedy=f"look at {layout.kafka}; what the log holds is there",
        ),
    )


def _landing(name: str, job: str, environment: Mapping[str, str] = MappingProxyType({})) -> Process:
    module = f"src.streaming.jobs.{job}"
    return Process(name, (*_YIELDING, sys.executable, "-m", module), 90, 600, environment)
