"""A Kafka that stands still, is slower than a send may take, or has no room: nothing is lost."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kafka.errors import KafkaError
from msgspec.structs import replace

from src.config import Settings
from src.event_log.kafka_log import KafkaEventLog
from src.event_log.librdkafka_log import LibrdkafkaEventLog
from src.event_log.log import LogError
from src.event_log.relay import EXIT_FAILED
from src.event_log.topics import ensure_topics
from src.services.answers import Asked
from tests.support.kafka import READY_S_MAX, RunningBroker, running_broker
from tests.support.realm import Realm, gives, open_realm, swap
from tests.support.redis import RunningRedis
from tests.support.relays import (
    PARTITIONS,
    drained,
    logged_events,
    relay_of,
    relay_process,
    with_kafka,
)

pytestmark = pytest.mark.kafka

#: Time enough for a relay to begin on a busy machine; two tests wait for it to pass.
RELAY_TIMEOUT_S = 15
_ENDS_S_MAX = 120.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    """A broker of this file's own, to pause and to fill."""
    with running_broker(tmp_path_factory.mktemp("kafka-faults")) as running:
        ensure_topics(running.bootstrap, PARTITIONS)
        yield running


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[RunningBroker]:
    """A broker of the test's own, that may end and be started again."""
    with running_broker(tmp_path / "kafka") as running:
        ensure_topics(running.bootstrap, PARTITIONS)
        yield running


@contextmanager
def realm_on(broker: RunningBroker, server: RunningRedis, var: Path) -> Iterator[Realm]:
    """Give a realm with some events in its outbox."""
    settings = replace(
        with_kafka(server.settings, broker.bootstrap),
        realm=f"t{secrets.token_hex(6)}",
        var_dir=str(var),
        relay_timeout_s=RELAY_TIMEOUT_S,
    )
    with open_realm(settings) as realm:
        play(realm, 20)
        yield realm
        for key in realm.redis.scan_iter(match=f"{{{settings.realm}}}:*"):
            realm.redis.delete(key)


@pytest.fixture
def waiting(broker: RunningBroker, redis_server: RunningRedis, tmp_path: Path) -> Iterator[Realm]:
    """A realm whose log is the broker of this file."""
    with realm_on(broker, redis_server, tmp_path / "var") as realm:
        yield realm


def play(realm: Realm, trades: int) -> None:
    one, two = realm.create("farmer"), realm.create("hunter")
    for _ in range(trades):
        realm.services.trades.trade(swap(gives(one, 1), gives(two)), Asked())


@contextmanager
def paused(broker: RunningBroker) -> Iterator[None]:
    """Let the broker stand still, its connections open."""
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)
        # Its controller may have given the broker up meanwhile, and takes it in again first.
        serving(broker)


def serving(broker: RunningBroker) -> None:
    """Wait until a broker leads its topics."""
    deadline = time.monotonic() + READY_S_MAX
    while True:
        try:
            ensure_topics(broker.bootstrap, PARTITIONS)
        except KafkaError:
            assert time.monotonic() < deadline, "the broker is not back"
        else:
            return


def expect_all_once(realm: Realm) -> None:
    """Let a relay publish what waits; check that the log has each event once."""
    waiting = realm.events()
    with relay_of(realm.settings, entries_max=100) as relay:
        drained(relay, relay.start())
    assert realm.events() == []
    events = logged_events(realm.settings)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert len(events) == realm.services.store.last_seq()
    assert events[-len(waiting) :] == waiting


@pytest.mark.parametrize("client", ["librdkafka", "kafka-python"])
def test_a_send_that_failed_fails_the_transaction_that_would_have_been_committed(
    broker: RunningBroker, waiting: Realm, client: str
) -> None:
    """After a delivery time-out kafka-python commits the transaction without the record."""
    assert broker.pid is not None
    waits = waiting.events()
    with (
        closing(impatient_log(waiting.settings, client)) as log,
        relay_of(waiting.settings, log=log) as relay,
    ):
        position = relay.step(relay.start())
        if isinstance(log, KafkaEventLog):
            time_out_after(log, 1_000)
        # The broker is back before the commit is sent, and long before that times out.
        back = threading.Timer(3, os.kill, (broker.pid, signal.SIGCONT))
        os.kill(broker.pid, signal.SIGSTOP)
        back.start()
        with pytest.raises(LogError):
            relay.step(position)
        back.join()
    assert waiting.events() == waits[position:]
    expect_all_once(waiting)


def impatient_log(settings: Settings, client: str) -> LibrdkafkaEventLog | KafkaEventLog:
    """Give a log whose transactions fail after a second; kafka-python's by `time_out_after`."""
    if client == "kafka-python":
        return KafkaEventLog(settings.kafka_bootstrap, settings.realm)
    return LibrdkafkaEventLog(settings.kafka_bootstrap, settings.realm, transaction_s=1)


def time_out_after(log: KafkaEventLog, delivery_ms: int) -> None:
    """Shorten what a send may take; as a setting it must be longer than a request may."""
    producer = log._producer  # noqa: SLF001 - the client has no way to change it later
    assert producer is not None
    producer._accumulator.config["delivery_timeout_ms"] = delivery_ms  # noqa: SLF001 - as above


def test_a_relay_whose_kafka_stands_still_ends_itself_and_nothing_is_lost(
    broker: RunningBroker, waiting: Realm
) -> None:
    relay = relay_process(waiting.settings)
    wait_until_open(relay)
    with paused(broker):
        play(waiting, 5)
        _, told = relay.communicate(timeout=_ENDS_S_MAX)
    assert relay.returncode == EXIT_FAILED
    assert b"Kafka did not answer for %d s" % RELAY_TIMEOUT_S in told
    expect_all_once(waiting)


def test_a_kafka_whose_disk_is_full_stops_and_what_waited_is_published_once_it_has_room(
    own_broker: RunningBroker, redis_server: RunningRedis, tmp_path: Path
) -> None:
    with realm_on(own_broker, redis_server, tmp_path / "var") as waiting:
        relay = relay_process(waiting.settings)
        wait_until_open(relay)
        own_broker.fill_disk(room_bytes=10_000)
        while relay.poll() is None:
            play(waiting, 5)
        relay.communicate()
        assert relay.returncode == EXIT_FAILED
        assert waiting.events()
        assert own_broker.ended() != 0
        own_broker.start()
        serving(own_broker)
        expect_all_once(waiting)


def wait_until_open(relay: subprocess.Popen[bytes]) -> None:
    """Wait until a relay says that writers may come."""
    assert relay.stderr is not None
    assert any(b"open for writers" in line for line in relay.stderr), relay.wait()
