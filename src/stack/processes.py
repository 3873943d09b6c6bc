"""The processes of the embedded profile: what they run, and the order of start and stop."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from src.config import Settings
from src.event_log import broker
from src.stack.layout import ROOT, Layout
from src.stack.redis_config import render_redis_config


@dataclass(frozen=True)
class Process:
    """One process under the supervisor.

    Attributes:
        name: also of its log.
        command: the program and its arguments.
        stop_wait_s: seconds from SIGTERM to SIGKILL.
        ready_wait_s: seconds after which a start has failed. Generous: on a busy machine a broker
            that was killed reads its log for 40 s.
    """

    name: str
    command: tuple[str, ...]
    stop_wait_s: int
    ready_wait_s: int


#: Each wave starts when the one before it is ready.
START_WAVES = (("redis", "kafka"), ("relay",), ("api", "streaming"))

#: First no more trades, then what is under way lands, then what holds it stops.
STOP_ORDER = ("api", "relay", "streaming", "kafka", "redis")

#: Landing yields the cores to trading: it can catch up, and a player cannot wait.
_YIELDING = ("nice", "-n", "10")

NAMES = tuple(name for wave in START_WAVES for name in wave)


def processes(settings: Settings) -> tuple[Process, ...]:
    """Return the processes of a stack, writing the configuration files that they read."""
    layout = Layout.of(settings)
    redis_config = render_redis_config(settings, layout)
    kafka_config = broker.render_config(settings, layout.kafka)
    python = sys.executable
    return (
        Process("redis", ("redis-server", str(redis_config)), 60, 120),
        Process("kafka", tuple(broker.run_command(kafka_config)), 60, 180),
        Process("relay", (python, "-m", "src.event_log.relay"), 60, 180),
        Process("api", (python, str(ROOT / "app.py")), 30, 120),
        Process("streaming", (*_YIELDING, python, "-m", "src.streaming.jobs.embedded"), 90, 240),
    )


def kafka_format_command(settings: Settings) -> list[str]:
    """Return the command that prepares Kafka's data folder; again, it changes nothing."""
    config: Path = broker.render_config(settings, Layout.of(settings).kafka)
    return broker.format_command(config)
