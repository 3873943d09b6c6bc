"""The broker: that it ends a transaction everywhere or nowhere, and whose data it reads."""

from __future__ import annotations

import shutil
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
from src.event_log import broker_books
from src.event_log.librdkafka_log import LibrdkafkaEventLog
from src.event_log.topics import TOPIC_RELAY_POSITION, ensure_topics
from src.events.outbox_entry import Record
from src.stack.errors import NotReadyError
from src.stack.layout import Layout
from src.stack.processes import process_of
from tests.support.kafka import READY_S_MAX, RunningBroker, running_broker
from tests.support.relays import PARTITIONS, TOPICS, committed

pytestmark = pytest.mark.kafka

#: A broker that was killed comes back when its session has ended.
SESSION_MS = 2_000
REALM = "realm"
DATA_OF_4_3 = Path(__file__).parents[1] / "support" / "kafka_4_3_1_data.zip"
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
    with closing(relay_log(mortal.bootstrap)) as successor:
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
    log = relay_log(bootstrap)
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


def test_a_folder_that_this_broker_has_formatted_is_of_the_newest_form_that_it_reads(
    tmp_path: Path,
) -> None:
    assert broker_books.level_of(tmp_path) is None
    RunningBroker(tmp_path)
    assert broker_books.level_of(tmp_path) == broker_books.LEVEL_MAX


def test_a_realm_goes_on_with_the_data_of_kafka_4_3(stack: Settings) -> None:
    """The folder is one that Kafka 4.3.1 left: three events by one relay, and a kill."""
    folder = of_4_3(stack)
    before = {path: path.read_bytes() for path in books_of(folder)}
    process_of(stack, "kafka").prepare()
    assert broker_books.level_of(folder) == broker_books.LEVEL_MAX
    kept = folder / "books-of-kafka-4.3"
    assert {(kept / path.name).read_bytes() for path in before} == set(before.values())
    with running_broker(folder) as running, closing(relay_log(running.bootstrap)) as log:
        ensure_topics(running.bootstrap, PARTITIONS)
        assert visible(running) == {"trade": 1, "player_state": 2}
        log.fence()
        assert log.position() == 3
        log.publish([Record("trade", b"1", b"event 4", 4)], 4)
        assert log.position() == 4
        assert visible(running) == {"trade": 2, "player_state": 2}


def test_a_change_of_form_that_was_cut_off_is_brought_to_its_end(stack: Settings) -> None:
    folder = of_4_3(stack)
    before = {path: path.read_bytes() for path in books_of(folder)}
    broker_books.make_readable(folder)
    done = {path: path.read_bytes() for path in books_of(folder)}
    # The last one was not written when it died.
    *_, last = before
    last.chmod(0o600)
    last.write_bytes(before[last])
    process_of(stack, "kafka").prepare()
    assert {path: path.read_bytes() for path in books_of(folder)} == done
    kept = folder / "books-of-kafka-4.3"
    assert {(kept / path.name).read_bytes() for path in before} == set(before.values())


def test_books_that_end_in_the_middle_of_a_batch_are_changed_up_to_it(stack: Settings) -> None:
    folder = of_4_3(stack)
    books = max((path.read_bytes() for path in books_of(folder)), key=len)
    whole = broker_books.taken_back(books)
    assert whole != books
    for torn in (books[:50], bytes(100)):
        assert broker_books.taken_back(books + torn) == whole + torn
    assert broker_books.taken_back(whole) == whole


def test_data_of_a_newer_kafka_is_refused_before_the_broker_starts(stack: Settings) -> None:
    folder = Layout.of(stack).kafka
    RunningBroker(folder)
    bootstrap = folder / "data" / "bootstrap.checkpoint"
    level = b"metadata.version\0%c"
    bootstrap.write_bytes(
        bootstrap.read_bytes().replace(level % broker_books.LEVEL_MAX, level % 31)
    )
    with pytest.raises(NotReadyError, match="newer Kafka") as refused:
        process_of(stack, "kafka").prepare()
    assert "metadata.version is 31" in refused.value.cause
    assert str(folder) in refused.value.cause
    assert "recover.md" in refused.value.remedy


@pytest.fixture
def stack(settings: Settings, tmp_path: Path) -> Settings:
    """The settings of a stack that has nothing yet."""
    return replace(settings, var_dir=str(tmp_path))


def of_4_3(stack: Settings) -> Path:
    """Give Kafka's folder of a stack as Kafka 4.3.1 left it."""
    folder = Layout.of(stack).kafka
    shutil.unpack_archive(DATA_OF_4_3, folder)
    return folder


def books_of(folder: Path) -> list[Path]:
    """Return the files of a broker's own books."""
    log = folder / "data" / "__cluster_metadata-0"
    return [*log.glob("*.log"), *log.glob("*.checkpoint"), folder / "data" / "bootstrap.checkpoint"]


def relay_log(bootstrap: str) -> LibrdkafkaEventLog:
    """Give a relay's log."""
    return LibrdkafkaEventLog(bootstrap, REALM)
