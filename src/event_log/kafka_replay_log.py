"""The log of replays on Kafka: a compacted topic whose records lie in the records' transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata

from src.decoding import json_decoded
from src.event_log.log import LogError
from src.event_log.topics import TOPIC_QUARANTINE_REPLAY
from src.quarantine.replays import Replay, Resend

#: Longer than a killed broker needs to be back on a busy machine (16-43 s were seen).
_DELIVERY_TIMEOUT_MS = 90_000
_BOOTSTRAP_TIMEOUT_MS = 30_000
#: Landing reads no further than the first open transaction: a replay that was killed holds it up
#: this long, unless another one fences it sooner.
_TRANSACTION_TIMEOUT_MS = 20_000
#: What the topics take: a record of 8 MiB, and the room around it.
_REQUEST_BYTES_MAX = 9 * 1024 * 1024
_POLL_MS = 1_000


class KafkaReplayLog:
    """Implements `src.quarantine.replays.ReplayLog`."""

    def __init__(self, bootstrap: str, realm: str) -> None:
        """Replay into the log of `realm`; nothing is connected yet."""
        self._bootstrap = bootstrap
        self._realm = realm
        self._producer: KafkaProducer | None = None

    def replays(self) -> dict[str, Replay]:
        """Return the last replay of each record, by its place."""
        try:
            return {replay.place: replay for replay in self._read()}
        except KafkaError as error:
            raise LogError(f"reading what was replayed failed: {error!r}") from error

    def fence(self) -> None:
        """Shut out every other replay of this realm; what it had not committed is void."""
        try:
            self._producer = KafkaProducer(
                bootstrap_servers=self._bootstrap,
                bootstrap_timeout_ms=_BOOTSTRAP_TIMEOUT_MS,
                transactional_id=f"quarantine-{self._realm}",
                acks="all",
                max_request_size=_REQUEST_BYTES_MAX,
                delivery_timeout_ms=_DELIVERY_TIMEOUT_MS,
                transaction_timeout_ms=_TRANSACTION_TIMEOUT_MS,
            )
            self._producer.init_transactions()
        except KafkaError as error:
            raise LogError(f"fencing failed: {error!r}") from error

    def publish(self, resends: Sequence[Resend], kept: Sequence[Replay]) -> Sequence[Replay]:
        """Commit records and all notes, or nothing; return the notes as they are remembered."""
        producer = self._producer
        if producer is None:
            raise LogError("publishing before fencing")
        try:
            # 1 The records. Dies here, or anywhere before 3: the transaction is void, nothing of
            #   it is ever read, and the next replay begins anew.
            producer.begin_transaction()
            sent = [producer.send(each.topic, key=each.key, value=each.value) for each in resends]
            producer.flush()
            # 2 What is remembered of them, with the places that they have only now.
            placed = [
                msgspec.structs.replace(each.note, replayed_as=_place(future))
                for each, future in zip(resends, sent, strict=True)
            ]
            notes = [*placed, *kept]
            noted = [
                producer.send(
                    TOPIC_QUARANTINE_REPLAY,
                    key=f"{self._realm}/{note.place}".encode(),
                    value=msgspec.json.encode(note),
                )
                for note in notes
            ]
            producer.flush()
            for future in noted:
                # After a delivery time-out the commit would still succeed without the note.
                future.get(timeout=0)
            # 3 Both at once. Dies after this: the notes tell that it was done.
            producer.commit_transaction()
        except KafkaError as error:
            raise LogError(f"replaying failed: {error!r}") from error
        return notes

    def close(self) -> None:
        """Let go of the log without waiting for what is under way."""
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None

    def _read(self) -> Iterator[Replay]:
        """Read all notes of the realm, oldest first, up to the end of the topic."""
        of_realm = f"{self._realm}/".encode()
        partition = TopicPartition(TOPIC_QUARANTINE_REPLAY, 0)
        # The end of all that is written: a read_committed reader's end lies before the first open
        # transaction, and notes that were committed may lie behind that.
        with closing(self._consumer("read_uncommitted")) as consumer:
            end = consumer.end_offsets([partition])[partition]
        with closing(self._consumer("read_committed")) as consumer:
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            while consumer.position(partition) < end:
                for batch in consumer.poll(timeout_ms=_POLL_MS).values():
                    for record in batch:
                        if record.key.startswith(of_realm):
                            yield json_decoded(record.value, Replay)

    def _consumer(self, isolation_level: str) -> KafkaConsumer:
        return KafkaConsumer(
            bootstrap_servers=self._bootstrap,
            bootstrap_timeout_ms=_BOOTSTRAP_TIMEOUT_MS,
            isolation_level=isolation_level,
            enable_auto_commit=False,
            group_id=None,
        )


def _place(future: FutureRecordMetadata) -> str:
    metadata = future.get(timeout=0)
    return f"{metadata.topic}-{metadata.partition}-{metadata.offset}"
