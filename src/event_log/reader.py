"""Reading the log back: events from given offsets on, and the founded guilds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from src.decoding import json_decoder
from src.event_log.log import LogError
from src.events.definitions import EVENTS
from src.events.founded_guild import TOPIC_GUILD, guild_name
from src.events.outbox_entry import Record

#: The next offset to read by partition; partitions that are not named are read from their first.
Offsets = Mapping[int, int]

_BOOTSTRAP_TIMEOUT_MS = 60_000
_POLL_MS = 1_000
_FETCH_BYTES = 8_388_608


class LogForgot(LogError):
    """The log no longer has records from an offset that was asked for."""


class _Numbered(Struct):
    """What of an event tells whether it is ours, and which."""

    realm: str
    seq: int


class LogReader:
    """Reads what is committed of one realm, up to where the log ends when a topic is begun."""

    def __init__(self, bootstrap: str, realm: str) -> None:
        """Read the events of `realm`; nothing is connected yet."""
        self._bootstrap = bootstrap
        self._realm = realm

    def events(self, starts: Mapping[str, Offsets]) -> Iterator[Record]:
        """Iterate over the events of all topics, in order within a partition.

        What is no event, or another realm's, is passed over.

        Args:
            starts: where reading begins, by topic; a topic that is not named is read from its
                first record that is still there.

        Raises:
            LogForgot: the log begins after a start.
            LogError: Kafka does not answer.
        """
        for topic in EVENTS:
            for record in self._records(topic, starts.get(topic, {})):
                numbered = _numbered(record.value)
                if numbered is not None and numbered.realm == self._realm:
                    yield Record(topic, record.key, record.value, numbered.seq)

    def guilds(self) -> dict[bytes, bytes]:
        """Return the founded guilds as JSON by name.

        Raises:
            LogError: Kafka does not answer.
        """
        named = ((guild_name(record, self._realm), record) for record in self._records(TOPIC_GUILD))
        return {name: record.value for name, record in named if name is not None}

    def _records(self, topic: str, start: Offsets | None = None) -> Iterator[Record]:
        try:
            yield from self._read(topic, start or {})
        except KafkaError as error:
            raise LogError(f"reading {topic} failed: {error!r}") from error

    def _read(self, topic: str, start: Offsets) -> Iterator[Record]:
        # As for the relay's position: a committed record may lie behind another's open transaction,
        # so the end is that of all that is written.
        with closing(self._consumer("read_uncommitted")) as consumer:
            parts = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
            firsts, ends = consumer.beginning_offsets(parts), consumer.end_offsets(parts)
        with closing(self._consumer("read_committed")) as consumer:
            for part in parts:
                begin = start.get(part.partition, firsts[part])
                if begin < firsts[part]:
                    raise LogForgot(
                        f"Kafka has {topic}-{part.partition} from offset {firsts[part]} on, and "
                        f"{begin} is needed"
                    )
                consumer.assign([part])
                consumer.seek(part, begin)
                while consumer.position(part) < ends[part]:
                    for batch in consumer.poll(timeout_ms=_POLL_MS).values():
                        for record in batch:
                            if record.value is not None:
                                yield Record(topic, record.key or b"", record.value, 0)

    def _consumer(self, isolation_level: str) -> KafkaConsumer:
        return KafkaConsumer(
            bootstrap_servers=self._bootstrap,
            bootstrap_timeout_ms=_BOOTSTRAP_TIMEOUT_MS,
            isolation_level=isolation_level,
            enable_auto_commit=False,
            group_id=None,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )


_DECODER = json_decoder(_Numbered)


def _numbered(value: bytes) -> _Numbered | None:
    try:
        return _DECODER.decode(value)
    except msgspec.DecodeError:
        return None
