"""Relays on the real outbox and the real log, and a reader that sees what was committed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext

import pytest
from kafka import KafkaConsumer, TopicPartition
from msgspec.structs import replace

from src.bootstrap import build_log, build_outbox
from src.config import Settings, as_environment
from src.event_log.log import EventLog
from src.event_log.relay import Pace, Relay
from src.event_log.topics import ensure_topics
from src.events.outbox_entry import Record
from src.player_store.outbox import Outbox
from src.stack.layout import ROOT
from tests.support.books import EventDict, events_of
from tests.support.realm import Realm, open_realm

TOPICS = ("trade", "player_state")
PARTITIONS = 2
_POLL_MS = 1_000


@pytest.fixture(scope="session")
def event_topics(kafka_broker: str) -> str:
    """Give the broker's `host:port`, with every topic that a deployment has."""
    ensure_topics(kafka_broker, PARTITIONS)
    return kafka_broker


def with_kafka(settings: Settings, bootstrap: str) -> Settings:
    """Return the settings with the log of the test run."""
    host, _, port = bootstrap.partition(":")
    return replace(settings, kafka_host=host, kafka_port=int(port), kafka_partitions=PARTITIONS)


@pytest.fixture
def logged_realm(settings: Settings, event_topics: str) -> Iterator[Realm]:
    """Give a realm of the test's own that takes commits, on a Redis and a Kafka."""
    with open_realm(with_kafka(settings, event_topics)) as found:
        yield found


@contextmanager
def event_log(settings: Settings) -> Iterator[EventLog]:
    """Give a log that is closed at the end."""
    with closing(build_log(settings)) as log:
        yield log


@contextmanager
def relay_of(
    settings: Settings,
    *,
    log: EventLog | None = None,
    outbox: Outbox | None = None,
    entries_max: int = 5,
) -> Iterator[Relay]:
    """Give a relay of a realm; what is not given is made, and all is closed at the end."""
    with (
        closing(log or build_log(settings)) as its_log,
        closing(outbox or build_outbox(settings)) as its_outbox,
    ):
        yield Relay(its_outbox, its_log, Pace(entries_max, gather_s=0), nullcontext)


def relay_process(settings: Settings) -> subprocess.Popen[bytes]:
    """Start the relay as the stack does; it logs to its stderr."""
    return subprocess.Popen(
        [sys.executable, "-m", "src.event_log.relay"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **as_environment(settings)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def drained(relay: Relay, position: int) -> int:
    """Publish until the outbox has nothing past `position`; return the position reached."""
    while (moved := relay.step(position)) != position:
        position = moved
    return position


def committed(bootstrap: str, topic: str) -> list[list[Record]]:
    """Return what a read_committed reader sees of a topic: for each partition, in its order.

    The records' `seq` is their offset.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        group_id=None,
    )
    with closing(consumer):
        found = []
        for partition in sorted(consumer.partitions_for_topic(topic)):
            at = TopicPartition(topic, partition)
            consumer.assign([at])
            consumer.seek_to_beginning(at)
            end = consumer.end_offsets([at])[at]
            records: list[Record] = []
            while consumer.position(at) < end:
                for batch in consumer.poll(timeout_ms=_POLL_MS).values():
                    records += [Record(topic, r.key, r.value, r.offset) for r in batch]
            found.append(records)
    return found


def logged_events(settings: Settings) -> list[EventDict]:
    """Return a realm's events in the log by their number; checks topics, keys and order."""
    events: list[EventDict] = []
    for topic in TOPICS:
        for records in committed(settings.kafka_bootstrap, topic):
            # Other tests send what is no event at all to the same topics.
            ours = [r for r in records if r.value and settings.realm.encode() in r.value]
            mine = [e for e in events_of(ours) if e["realm"] == settings.realm]
            assert all(event["event_type"] == topic for event in mine)
            numbers = [event["seq"] for event in mine]
            assert numbers == sorted(numbers), "out of order within a partition"
            events += mine
    return sorted(events, key=lambda event: int(event["seq"]))
