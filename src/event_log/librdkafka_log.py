"""The log on Kafka, by librdkafka: a sixth of kafka-python's processor time a record."""

from __future__ import annotations

from collections.abc import Sequence

from confluent_kafka import KafkaException, Producer

from src.event_log.limits import (
    BATCH_BYTES,
    BOOTSTRAP_S,
    DELIVERY_S,
    RECONNECT_MS_MAX,
    REQUEST_BYTES_MAX,
)
from src.event_log.log import LogError
from src.event_log.position import read_position
from src.event_log.topics import TOPIC_RELAY_POSITION
from src.events.outbox_entry import Record

#: The topics are made before a relay starts; one that a new broker does not know yet comes soon.
_TOPIC_MS_MAX = 5_000
#: syslog's number; without it the client tells of each connection that it tries.
_LOG_ERRORS = 3
#: While librdkafka's own queue is full: how long to let it send before more is added.
_FULL_S = 0.1


class LibrdkafkaEventLog:
    """Implements `src.event_log.log.EventLog`."""

    def __init__(self, bootstrap: str, realm: str, *, transaction_s: float = DELIVERY_S) -> None:
        """Write the events of `realm`; nothing is connected yet.

        Args:
            bootstrap: host and port of a broker.
            realm: whose events are written.
            transaction_s: after which a transaction has failed, and any record of it.
        """
        self._bootstrap = bootstrap
        self._transaction_s = transaction_s
        self._realm = realm.encode()
        self._producer: Producer | None = None

    def fence(self) -> None:
        """Shut out every earlier writer of this realm."""
        try:
            self._producer = Producer(
                {
                    "bootstrap.servers": self._bootstrap,
                    "transactional.id": f"relay-{self._realm.decode()}",
                    "transaction.timeout.ms": int(self._transaction_s * 1_000),
                    "reconnect.backoff.max.ms": RECONNECT_MS_MAX,
                    "linger.ms": 20,
                    "batch.size": BATCH_BYTES,
                    "message.max.bytes": REQUEST_BYTES_MAX,
                    # As kafka-python and Java: a player's states stay in their partition.
                    "partitioner": "murmur2_random",
                    "topic.metadata.propagation.max.ms": _TOPIC_MS_MAX,
                    "log_level": _LOG_ERRORS,
                }
            )
            self._producer.init_transactions(BOOTSTRAP_S)
        except KafkaException as error:
            raise LogError(f"fencing failed: {error!r}") from error

    def position(self) -> int:
        """Return the seq of the last record ever committed, 0 when there is none."""
        return read_position(self._bootstrap, self._realm)

    def publish(self, records: Sequence[Record], position: int) -> None:
        """Commit all records and the new position, or none of them."""
        producer = self._producer
        if producer is None:
            raise LogError("publishing before fencing")
        try:
            producer.begin_transaction()
            for record in records:
                _produce(producer, record.topic, record.key, record.value)
            _produce(producer, TOPIC_RELAY_POSITION, self._realm, b"%d" % position)
            # Flushes first; fails when any of the records could not be delivered.
            producer.commit_transaction(self._transaction_s)
        except KafkaException as error:
            raise LogError(f"publishing failed: {error!r}") from error

    def close(self) -> None:
        """Let go of the log without waiting for what is under way."""
        if self._producer is not None:
            self._producer.purge(in_flight=True)
            self._producer = None


def _produce(producer: Producer, topic: str, key: bytes, value: bytes) -> None:
    while True:
        try:
            producer.produce(topic, value, key)
        except BufferError:
            producer.poll(_FULL_S)
        else:
            return
