"""The order in which the processes of a stack start and stop."""

from __future__ import annotations

from src.config import Settings

#: By profile: each wave starts when the one before it is ready.
START_WAVES = {
    "embedded": (("redis", "kafka"), ("relay",), ("api", "streaming")),
    "full": (
        ("redis", "kafka", "postgres", "namenode", "datanode"),
        ("relay", "metastore"),
        ("api", "presto", "streaming_trade", "streaming_player_state"),
    ),
}

#: First no more trades, then what is under way lands, then what holds it stops.
STOP_ORDER = (
    *("api", "relay", "streaming", "streaming_trade", "streaming_player_state", "presto"),
    *("metastore", "postgres", "datanode", "namenode", "kafka", "redis"),
)


def names_of(settings: Settings) -> tuple[str, ...]:
    """Return the names of a stack's processes, in the order in which they start."""
    return tuple(name for wave in START_WAVES[settings.profile] for name in wave)
