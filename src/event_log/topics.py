"""The Kafka topics: their names, partitions and configurations.

`python -m src.event_log.topics` makes those that are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from src.config import load_settings
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.events.founded_guild import TOPIC_GUILD

#: Where the relay keeps how far it is: one marker record a realm, in the events' transaction.
TOPIC_RELAY_POSITION = "relay_position"

#: What was replayed out of the quarantine: one note a record, in the replayed events' transaction.
TOPIC_QUARANTINE_REPLAY = "quarantine_replay"

_HOUR_MS = 3_600_000

#: The largest record in bytes. A state that holds every item of a large catalogue fits many times.
_RECORD_BYTES_MAX = 8 * 1024 * 1024


class TopicPlan(NamedTuple):
    """A topic that must exist: `configs` are Kafka's own topic settings."""

    name: str
    partitions: int
    configs: Mapping[str, str]


def planned_topics(partitions: int, retention_h: int) -> tuple[TopicPlan, ...]:
    """Return every topic of a deployment.

    Args:
        partitions: of each event topic.
        retention_h: how long events are kept, in hours.
    """
    events = {
        "cleanup.policy": "delete",
        "retention.ms": str(retention_h * _HOUR_MS),
        "max.message.bytes": str(_RECORD_BYTES_MAX),
    }
    return (
        TopicPlan(TOPIC_TRADE, partitions, events),
        TopicPlan(TOPIC_PLAYER_STATE, partitions, events),
        # Compacted, and so kept for ever: a rebuild has founded guilds from nowhere else.
        TopicPlan(TOPIC_GUILD, 1, {"cleanup.policy": "compact"}),
        # One partition: markers of a realm must be read in the order in which they were written.
        TopicPlan(TOPIC_RELAY_POSITION, 1, {"cleanup.policy": "compact"}),
        TopicPlan(TOPIC_QUARANTINE_REPLAY, 1, {"cleanup.policy": "compact"}),
    )


def landing_group(topic: str) -> str:
    """Return the consumer group whose committed offsets say how far a topic has landed."""
    return f"guildhall-landing-{topic}"


def ensure_topics(
    bootstrap: str, partitions: int, retention_h: int = 168, *, timeout_ms: int = 60_000
) -> tuple[str, ...]:
    """Create the topics that are not there, wait until all can be used, return those created.

    An existing topic is left as it is: more partitions would send a player's later states to
    another partition than its earlier ones.

    Args:
        bootstrap: Kafka's `host:port`.
        partitions: of each event topic that is created.
        retention_h: how long events are kept, in hours.
        timeout_ms: how long an unreachable broker is waited for.

    Raises:
        kafka.errors.KafkaError: the broker is not reachable in time, or refuses a topic.
    """
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=timeout_ms)
    try:
        present = set(admin.list_topics())
        plans = planned_topics(partitions, retention_h)
        created = tuple(plan for plan in plans if plan.name not in present)
        for plan in created:
            _create(admin, plan)
        admin.wait_for_topics([plan.name for plan in plans])
    finally:
        admin.close()
    return tuple(plan.name for plan in created)


def _create(admin: KafkaAdminClient, plan: TopicPlan) -> None:
    topic = {
        "num_partitions": plan.partitions,
        "replication_factor": 1,
        "configs": dict(plan.configs),
    }
    try:
        admin.create_topics({plan.name: topic})
    except TopicAlreadyExistsError:
        # Two processes started at once; the other one was faster, and both wanted the same.
        return


def _main() -> None:
    settings = load_settings()
    ensure_topics(settings.kafka_bootstrap, settings.kafka_partitions, settings.kafka_retention_h)


if __name__ == "__main__":
    _main()
