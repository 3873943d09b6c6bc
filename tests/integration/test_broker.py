"""The broker: that it ends a transaction everywhere or nowhere, and whose data it reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Producer
from kafka import KafkaConsumer, TopicPartition
from msgspec.structs import replace

from src.config import Settings
from src.event_log import broker
from src.event_log.librdkafka_log import LibrdkafkaEventLog
from src.event_log.topics import TOPIC_RELAY_POSITION, ensure_topics
from src.stack.errors import NotReadyError
from src.stack.layout import Layout
from src.stack.processes import process_of
from tests.support.kafka import READY_S_MAX, RunningBroker, running_broker
from tests.support.relays import PARTITIONS, TOPICS, committed

pytestmark = pytest.mark.kafka

#: A broker that was killed comes back when its session has ended.
SESSION_MS = 2_000
REALM = "realm"
#: Of each event topic: each partition gets some.
RECORDS = 100


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RunningBroker]:
    """A broker of the test's own, soon back when it is killed."""
    with running_broker(tmp_path / "kafka", SESSION_MS) as running:
        ensure_topics(running.bootstrap, PARTITIONS)
        yield running


def test_a_broker_that_dies_while_it_aborts_a_transaction_aborts_it_in_every_partition(
    mortal: RunningBroker,
) -> None:
    """Else the end of the successor's transaction would be that of the abandoned one too (0047)."""
    with an_open_transaction(mortal.bootstrap):
        pass
    with closing(LibrdkafkaEventLog(mortal.bootstrap, REALM)) as successor:
        kill_when_the_end_is_written_down(mortal, successor.fence)
    assert partitions_with_an_open_transaction(mortal.bootstrap) == []
    assert visible(mortal) == dict.fromkeys(TOPICS, 0)


def test_a_broker_that_dies_while_it_commits_a_transaction_commits_it_in_every_partition(
    mortal: RunningBroker,
) -> None:
    with an_open_transaction(mortal.bootstrap) as producer:
        kill_when_the_end_is_written_down(mortal, producer.commit_transaction)
    assert partitions_with_an_open_transaction(mortal.bootstrap) == []
    assert visible(mortal) == dict.fromkeys(TOPICS, RECORDS)


@contextmanager
def an_open_transaction(bootstrap: str) -> Iterator[Producer]:
    """Give a relay's client when all records are written; at the end it dies."""
    log = LibrdkafkaEventLog(bootstrap, REALM)
    log.fence()
    producer = log._producer  # noqa: SLF001 - a log has no way to leave a transaction open
    assert producer is not None
    producer.begin_transaction()
    for number in range(RECORDS):
        for topic in TOPICS:
            producer.produce(topic, b"an event", b"%d" % number)
    producer.produce(TOPIC_RELAY_POSITION, b"%d" % RECORDS, REALM.encode())
    assert producer.flush(READY_S_MAX) == 0
    yield producer
    log.close()


def kill_when_the_end_is_written_down(mortal: RunningBroker, end: Callable[[], object]) -> None:
    """End a transaction; kill the broker when it knows how, and has not told the partitions."""
    before = mortal.bytes_of("__transaction_state")
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(end)
        while mortal.bytes_of("__transaction_state") == before:
            assert not ended.done(), ended.result()
        mortal.kill()
        mortal.start()
        ended.result()


def visible(mortal: RunningBroker) -> dict[str, int]:
    """Return how many records of each topic a read_committed reader sees."""
    return {topic: sum(map(len, committed(mortal.bootstrap, topic))) for topic in TOPICS}


def partitions_with_an_open_transaction(bootstrap: str) -> list[TopicPartition]:
    """Return where a read_committed reader is held up; waits, since an end is told bit by bit."""
    deadline = time.monotonic() + READY_S_MAX
    while (held_up := _held_up(bootstrap)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return held_up


def _held_up(bootstrap: str) -> list[TopicPartition]:
    ends = [_ends(bootstrap, level) for level in ("read_committed", "read_uncommitted")]
    return [partition for partition, end in ends[1].items() if ends[0][partition] < end]


def _ends(bootstrap: str, isolation_level: str) -> dict[TopicPartition, int]:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level=isolation_level, group_id=None
    )
    with closing(consumer):
        partitions = [
            TopicPartition(topic, number)
            for topic in (*TOPICS, TOPIC_RELAY_POSITION)
            for number in consumer.partitions_for_topic(topic)
        ]
        ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
    return ends


def test_a_folder_that_this_broker_has_formatted_is_one_that_it_reads(tmp_path: Path) -> None:
    assert broker.metadata_level(tmp_path) is None
    RunningBroker(tmp_path)
    assert broker.metadata_level(tmp_path) == broker.METADATA_LEVEL_MAX


def test_data_of_a_newer_kafka_is_refused_before_the_broker_starts(
    settings: Settings, tmp_path: Path
) -> None:
    stack = replace(settings, var_dir=str(tmp_path))
    folder = Layout.of(stack).kafka
    RunningBroker(folder)
    books = folder / "data" / "bootstrap.checkpoint"
    newer = broker.METADATA_LEVEL_MAX + 1
    books.write_bytes(
        books.read_bytes().replace(
            b"metadata.version\0%c" % broker.METADATA_LEVEL_MAX, b"metadata.version\0%c" % newer
        )
    )
    with pytest.raises(NotReadyError, match="newer Kafka") as refused:
        process_of(stack, "kafka").prepare()
    assert f"level {newer}" in refused.value.cause
    assert str(folder) in refused.value.cause
    assert "recover.md" in refused.value.remedy
