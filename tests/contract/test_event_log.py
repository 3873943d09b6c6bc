"""What every event log must do: `src.event_log.log.EventLog`, on each adapter."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from msgspec.structs import replace

from src.config import Settings
from src.event_log.kafka_log import KafkaEventLog
from src.event_log.log import EventLog, LogError
from src.event_log.topics import TOPIC_RELAY_POSITION
from src.events.outbox_entry import Record
from tests.support.relays import committed, event_log, with_kafka

pytestmark = pytest.mark.kafka


@pytest.fixture(params=["librdkafka", "kafka-python"])
def settings(request: pytest.FixtureRequest, event_topics: str) -> Settings:
    own = Settings(realm=f"t{secrets.token_hex(6)}", relay_client=request.param)
    return with_kafka(own, event_topics)


@pytest.fixture
def log(settings: Settings) -> Iterator[EventLog]:
    with event_log(settings) as found:
        found.fence()
        yield found


@pytest.fixture
def topic(settings: Settings) -> str:
    """Give a topic of the test's own that takes records of up to 2 kB."""
    name = f"small-{settings.realm}"
    with closing(KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)) as admin:
        admin.create_topics(
            {
                name: {
                    "num_partitions": 1,
                    "replication_factor": 1,
                    "configs": {"max.message.bytes": "2000"},
                }
            }
        )
        admin.wait_for_topics([name])
    return name


def numbered(topic: str, *numbers: int) -> list[Record]:
    return [Record(topic, b"key", b"%d" % number, number) for number in numbers]


def values(settings: Settings, topic: str) -> list[bytes]:
    return [
        record.value for records in committed(settings.kafka_bootstrap, topic) for record in records
    ]


def position_after(settings: Settings) -> int:
    """Return the position as the next writer finds it."""
    with event_log(settings) as successor:
        successor.fence()
        return successor.position()


def test_a_new_realm_begins_at_zero(log: EventLog) -> None:
    assert log.position() == 0


def test_records_and_position_are_there_together(
    settings: Settings, log: EventLog, topic: str
) -> None:
    log.publish(numbered(topic, 1, 2, 3), 3)
    log.publish(numbered(topic, 4), 4)
    assert values(settings, topic) == [b"1", b"2", b"3", b"4"]
    assert log.position() == position_after(settings) == 4


def test_a_writer_that_has_not_fenced_cannot_publish(settings: Settings, topic: str) -> None:
    with event_log(settings) as unfenced, pytest.raises(LogError):
        unfenced.publish(numbered(topic, 1), 1)
    assert values(settings, topic) == []


def test_a_fenced_writer_publishes_nothing_any_more(
    settings: Settings, log: EventLog, topic: str
) -> None:
    log.publish(numbered(topic, 1), 1)
    with event_log(settings) as successor:
        successor.fence()
        with pytest.raises(LogError):
            log.publish(numbered(topic, 2), 2)
        assert successor.position() == 1
        successor.publish(numbered(topic, 2), 2)
    assert values(settings, topic) == [b"1", b"2"]


def test_realms_have_positions_of_their_own(settings: Settings, log: EventLog, topic: str) -> None:
    log.publish(numbered(topic, 7), 7)
    assert position_after(replace(settings, realm=f"{settings.realm}2")) == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_record_that_the_log_refuses_takes_the_whole_transaction_with_it(
    settings: Settings, log: EventLog, topic: str, place: int
) -> None:
    log.publish(numbered(topic, 1), 1)
    records = numbered(topic, 2, 3)
    records.insert(place, Record(topic, b"key", bytes(4_000), 4))
    with pytest.raises(LogError):
        log.publish(records, 4)
    assert position_after(settings) == 1
    assert values(settings, topic) == [b"1"]


def test_a_record_that_is_larger_than_any_request_is_a_fault_of_the_log(
    settings: Settings, log: EventLog, topic: str
) -> None:
    with pytest.raises(LogError):
        log.publish([Record(topic, b"key", bytes(9_000_000), 1)], 1)
    assert position_after(settings) == 0


def test_a_topic_that_is_not_there_is_a_fault_of_the_log(log: EventLog) -> None:
    if isinstance(log, KafkaEventLog):
        log._producer.config["max_block_ms"] = 500  # type: ignore[union-attr]  # noqa: SLF001 - else a minute
    with pytest.raises(LogError):
        log.publish(numbered("no-such-topic", 1), 1)


def test_the_transaction_of_another_realm_does_not_hide_the_position(
    settings: Settings, log: EventLog, topic: str
) -> None:
    other = KafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, transactional_id=f"other-{settings.realm}"
    )
    with closing(other), ThreadPoolExecutor(1) as pool:
        other.init_transactions()
        other.begin_transaction()
        other.send(TOPIC_RELAY_POSITION, key=b"other", value=b"1")
        other.flush()
        # Ours is committed, but a reader sees it only when the other has ended.
        log.publish(numbered(topic, 1, 2), 2)
        found = pool.submit(position_after, settings)
        wait([found], timeout=3)
        other.abort_transaction()
        assert found.result() == 2
