"""The log on Kafka, by kafka-python."""

from __future__ import annotations

from collections.abc import Sequence

from kafka import KafkaProducer
from kafka.errors import KafkaError

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


class KafkaEventLog:
    """Implements `src.event_log.log.EventLog`."""

    def __init__(self, bootstrap: str, realm: str) -> None:
        """Write the events of `realm`; nothing is connected yet."""
        self._bootstrap = bootstrap
        self._realm = realm.encode()
        self._producer: KafkaProducer | None = None

    def fence(self) -> None:
        """Shut out every earlier writer of this realm."""
        try:
            self._producer = KafkaProducer(
                bootstrap_servers=self._bootstrap,
                bootstrap_timeout_ms=int(BOOTSTRAP_S * 1_000),
                reconnect_backoff_max_ms=RECONNECT_MS_MAX,
                transactional_id=f"relay-{self._realm.decode()}",
                acks="all",
                linger_ms=20,
                batch_size=BATCH_BYTES,
                max_request_size=REQUEST_BYTES_MAX,
                delivery_timeout_ms=int(DELIVERY_S * 1_000),
            )
            self._producer.init_transactions()
        except KafkaError as error:
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
            sent = [producer.send(r.topic, key=r.key, value=r.value) for r in records]
            sent.append(
                producer.send(TOPIC_RELAY_POSITION, key=self._realm, value=b"%d" % position)
            )
            # flush first: committing with records still lingering switches lingering off.
            producer.flush()
            for future in sent:
                # After a delivery time-out the commit would still succeed without the record.
                future.get(timeout=0)
            producer.commit_transaction()
        except KafkaError as error:
            raise LogError(f"publishing failed: {error!r}") from error

    def close(self) -> None:
        """Let go of the log without waiting for what is under way."""
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None
