"""How many Kafka records the landing jobs have yet to land."""

from __future__ import annotations

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from src.event_log.topics import landing_group

#: `status` is a look, not a wait.
_TIMEOUT_MS = 3_000


def landing_lag(bootstrap: str, topics: tuple[str, ...]) -> dict[str, int | None]:
    """Return, for each topic, its end offsets less what its job has landed.

    Transaction markers have offsets too, so this is an upper bound while a job is behind, and
    exactly 0 when it is not. None for a topic that does not exist.

    Args:
        bootstrap: Kafka's `host:port`.
        topics: the event topics.

    Raises:
        kafka.errors.KafkaError: the broker does not answer.
    """
    admin = KafkaAdminClient(
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_TIMEOUT_MS,
        request_timeout_ms=_TIMEOUT_MS,
    )
    try:
        present = set(admin.list_topics())
        return {topic: _lag(admin, topic) if topic in present else None for topic in topics}
    finally:
        admin.close()


def _lag(admin: KafkaAdminClient, topic: str) -> int:
    described = admin.describe_topics([topic])
    partitions = [
        TopicPartition(topic, part["partition_index"]) for part in described[0]["partitions"]
    ]
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    starts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    group = landing_group(topic)
    landed = admin.list_group_offsets({group: partitions}).get(group, {})
    return sum(
        max(0, ends[part].offset - _position(landed.get(part), starts[part].offset))
        for part in partitions
    )


def _position(committed: object, start: int) -> int:
    # A job that has landed nothing has no position, or -1, in each of its partitions.
    offset = getattr(committed, "offset", -1)
    return offset if offset >= 0 else start
