"""A realm's position in the log: how far its events have been committed."""

from __future__ import annotations

from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from src.event_log.limits import BOOTSTRAP_S, RECONNECT_MS_MAX
from src.event_log.log import LogError
from src.event_log.topics import TOPIC_RELAY_POSITION

_POLL_MS = 1_000


def read_position(bootstrap: str, realm: bytes) -> int:
    """Return the seq of the last record ever committed, 0 when there is none.

    Raises:
        LogError: the log is not reachable.
    """
    try:
        return _last_marker(bootstrap, realm)
    except KafkaError as error:
        raise LogError(f"reading the position failed: {error!r}") from error


def _last_marker(bootstrap: str, realm: bytes) -> int:
    """Read the markers up to the end of the topic; the last of this realm holds."""
    partition = TopicPartition(TOPIC_RELAY_POSITION, 0)
    # A read_committed reader's end lies before the first open transaction, be it another
    # realm's, and our marker may lie behind that: so the end is that of all that is written.
    with closing(_consumer(bootstrap, "read_uncommitted")) as consumer:
        end = consumer.end_offsets([partition])[partition]
    with closing(_consumer(bootstrap, "read_committed")) as consumer:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        found = 0
        while consumer.position(partition) < end:
            for batch in consumer.poll(timeout_ms=_POLL_MS).values():
                for record in batch:
                    if record.key == realm:
                        found = int(record.value)
        return found


def _consumer(bootstrap: str, isolation_level: str) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=int(BOOTSTRAP_S * 1_000),
        reconnect_backoff_max_ms=RECONNECT_MS_MAX,
        isolation_level=isolation_level,
        enable_auto_commit=False,
        group_id=None,
    )
