"""The relay between the real outbox and the real log, and what becomes of it when it dies."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from src.bootstrap import build_log_reader, build_outbox
from src.config import Settings
from src.event_log.kafka_log import KafkaEventLog
from src.event_log.librdkafka_log import LibrdkafkaEventLog
from src.event_log.log import LogError
from src.event_log.relay import EXIT_FAILED, EXIT_REDIS_FORGOT, OutboxGap, RedisForgot, watchdog
from src.player_store.keys import Keys
from src.player_store.outbox import Outbox
from src.services.answers import Asked
from src.services.orders import BatchOrder, FoundGuildOrder
from src.services.ports import StoreUnreachable, Unchecked
from src.stack.layout import ROOT
from tests.support.books import EventDict, audit
from tests.support.commits import player, writes
from tests.support.realm import Realm, gives, open_realm, swap
from tests.support.redis import RunningRedis
from tests.support.relays import drained, logged_events, relay_of, relay_process, with_kafka

pytestmark = pytest.mark.kafka


class Killed(BaseException):
    """Stands for a kill -9: nothing of the relay catches it."""


class DiesBeforeTrim(Outbox):
    """An outbox whose reader is killed when it would remove what it has published."""

    def trim(self, up_to_seq: int) -> None:
        """Remove at the start, where nothing is published yet; later die."""
        if up_to_seq:
            raise Killed
        super().trim(up_to_seq)


class DiesInTransaction:
    """A client of Kafka whose process is killed when all records are sent and not committed."""

    def __init__(self, producer: object) -> None:
        self._producer = producer

    def __getattr__(self, name: str) -> Any:
        """Do what the client does, as long as it lives."""
        return getattr(self._producer, name)

    def commit_transaction(self, *_timeout: float) -> None:
        """Die."""
        raise Killed


class StopsAtAPause(threading.Event):
    """A stop that is asked for when the relay first gathers; says what it had left by then."""

    def __init__(self, realm: Realm) -> None:
        super().__init__()
        self._realm = realm
        self.left: list[int] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Wait no time at all."""
        del timeout
        self.left.append(len(self._realm.entries()))
        self.set()
        return True


def play(realm: Realm, trades: int) -> None:
    """Make some trades between two players."""
    one, two = realm.create("farmer"), realm.create("hunter")
    for number in range(trades):
        giver, receiver = (one, two) if number % 3 else (two, one)
        realm.services.trades.trade(swap(gives(giver, 1), gives(receiver)), Asked())


def expect_exactly(settings: Settings, expected: list[EventDict]) -> None:
    assert logged_events(settings) == expected


def test_a_reader_sees_each_event_once_and_in_order(logged_realm: Realm) -> None:
    realm = logged_realm
    play(realm, 40)
    pairs = [swap(gives(1, 1), gives(2)), swap(gives(2, 1), gives(1))]
    realm.services.trades.batch(BatchOrder((*pairs, *pairs)), Asked())
    waiting = realm.events()
    with relay_of(realm.settings) as relay:
        assert drained(relay, relay.start()) == len(waiting)
        assert realm.events() == []
        expect_exactly(realm.settings, waiting)
        # What comes later is found by the same relay and by the next one.
        realm.create()
        waiting += realm.events()
        drained(relay, len(waiting) - 2)
    with relay_of(realm.settings) as relay:
        assert drained(relay, relay.start()) == len(waiting)
    expect_exactly(realm.settings, waiting)
    audit(waiting, realm.services.store.all_players(), realm.services.catalogue)


def test_a_relay_that_is_told_to_stop_empties_the_outbox_first(logged_realm: Realm) -> None:
    play(logged_realm, 20)
    waiting = logged_realm.events()
    stop = threading.Event()
    stop.set()
    with relay_of(logged_realm.settings) as relay:
        relay.run(stop)
    assert logged_realm.events() == []
    expect_exactly(logged_realm.settings, waiting)


def test_a_relay_that_is_behind_does_not_gather(logged_realm: Realm) -> None:
    play(logged_realm, 20)
    assert len(logged_realm.entries()) == 4 * 5 + 2
    stop = StopsAtAPause(logged_realm)
    with relay_of(logged_realm.settings, entries_max=5) as relay:
        relay.run(stop)
    assert stop.left == [0], "only when it took fewer than it may"


def test_killed_between_publishing_and_trimming_nothing_is_doubled(logged_realm: Realm) -> None:
    realm = logged_realm
    play(realm, 5)
    waiting = realm.events()
    settings = realm.settings
    dying = DiesBeforeTrim(settings.redis_host, settings.redis_port, realm.keys)
    with relay_of(settings, outbox=dying) as relay:
        position = relay.start()
        with pytest.raises(Killed):
            relay.step(position)
    assert realm.events() == waiting
    with relay_of(settings) as relay:
        assert relay.start() > 0
        assert drained(relay, relay.start()) == len(waiting)
    expect_exactly(settings, waiting)


@pytest.mark.parametrize("kind", [LibrdkafkaEventLog, KafkaEventLog])
def test_killed_in_mid_transaction_nothing_is_lost_or_doubled(
    logged_realm: Realm, kind: type[LibrdkafkaEventLog | KafkaEventLog]
) -> None:
    realm = logged_realm
    play(realm, 5)
    waiting = realm.events()
    settings = realm.settings
    log = kind(settings.kafka_bootstrap, settings.realm)
    with relay_of(settings, log=log) as relay:
        position = relay.start()
        log._producer = DiesInTransaction(log._producer)  # noqa: SLF001 - dies in its place
        with pytest.raises(Killed):
            relay.step(position)
    assert realm.events() == waiting
    with relay_of(settings) as relay:
        assert relay.start() == 0
        drained(relay, 0)
    expect_exactly(settings, waiting)


def test_of_two_relays_the_first_is_fenced_and_nothing_is_doubled(logged_realm: Realm) -> None:
    realm = logged_realm
    play(realm, 5)
    waiting = realm.events()
    with relay_of(realm.settings) as first, relay_of(realm.settings) as second:
        position = first.step(first.start())
        assert second.start() == position
        with pytest.raises(LogError):
            first.step(position)
        drained(second, position)
    expect_exactly(realm.settings, waiting)


@pytest.fixture
def forgetful(
    own_redis: RunningRedis, event_topics: str, settings: Settings
) -> tuple[RunningRedis, Settings]:
    """Give a Redis of its own, and a realm in it whose name no other test has in the log."""
    own = with_kafka(own_redis.settings, event_topics)
    return (
        own_redis,
        Settings(
            realm=settings.realm,
            redis_port=own.redis_port,
            kafka_port=own.kafka_port,
            var_dir=settings.var_dir,
        ),
    )


def test_a_redis_that_forgot_what_the_log_has_takes_no_writer(
    forgetful: tuple[RunningRedis, Settings],
) -> None:
    server, settings = forgetful
    with open_realm(settings) as realm, relay_of(settings) as relay:
        play(realm, 3)
        waiting = realm.events()
        drained(relay, relay.start())
    server.kill()
    shutil.rmtree(Path(server.settings.var_dir) / "redis" / "appendonlydir")
    server.start()
    with relay_of(settings) as relay, pytest.raises(RedisForgot, match="Redis forgot"):
        relay.start()
    store = realm.services.store
    try:
        assert not store.is_checked()
        assert store.commit([writes(player(1))], store.read([]).epoch) == [Unchecked()]
    finally:
        realm.close()
    expect_exactly(settings, waiting)


def test_a_relay_ends_when_redis_was_restarted_and_the_next_one_lets_writers_in(
    forgetful: tuple[RunningRedis, Settings],
) -> None:
    server, settings = forgetful
    with open_realm(settings) as realm:
        with relay_of(settings) as relay:
            play(realm, 3)
            waiting = realm.events()
            position = relay.step(relay.start())
            server.restart()
            with pytest.raises(StoreUnreachable):
                drained(relay, position)
        assert not realm.services.store.is_checked()
        with relay_of(settings) as relay:
            drained(relay, relay.start())
        assert realm.services.store.is_checked()
        realm.create()
        assert [event["seq"] for event in realm.events()] == [len(waiting) + 1, len(waiting) + 2]
    expect_exactly(settings, waiting)


@pytest.mark.parametrize("lost", ["first", "middle", "all"])
def test_a_gap_in_the_outbox_is_told_and_nothing_past_it_is_published(
    logged_realm: Realm, lost: str
) -> None:
    realm = logged_realm
    play(realm, 8)
    waiting = realm.events()
    ids = [entry_id for entry_id, _ in realm.entries()]
    realm.redis.xdel(realm.keys.outbox, *{"first": ids[:1], "middle": ids[4:5], "all": ids}[lost])
    with relay_of(realm.settings, entries_max=3) as relay, pytest.raises((OutboxGap, RedisForgot)):
        drained(relay, relay.start())
    # The next start is sure, and lets nobody write any more.
    with relay_of(realm.settings, entries_max=3) as relay, pytest.raises(RedisForgot):
        relay.start()
    assert not realm.services.store.is_checked()
    kept = logged_events(realm.settings)
    assert kept == waiting[: len(kept)]
    assert len(kept) < len(waiting)


def test_founded_guilds_are_in_the_log_again_and_again_and_each_with_its_realm(
    logged_realm: Realm,
) -> None:
    realm = logged_realm
    reader = build_log_reader(realm.settings)

    def found(name: str, fee: int) -> None:
        realm.services.guilds.found(FoundGuildOrder(name, fee, None), Asked())

    found("Night Watch", 5)
    with relay_of(realm.settings) as relay:
        position = relay.step(relay.start())
        assert list(reader.guilds()) == [b"Night Watch"]
        found("Day Watch", 7)
        play(realm, 1)
        drained(relay, position)
    with relay_of(realm.settings) as relay:
        relay.step(relay.start())
    assert reader.guilds() == realm.redis.hgetall(realm.keys.guilds)
    elsewhere = replace(realm.settings, realm=f"{realm.settings.realm}2")
    assert build_log_reader(elsewhere).guilds() == {}
    assert len(logged_events(realm.settings)) == realm.services.store.last_seq()


def test_positions_are_trimmed_in_chunks_and_to_the_entry(logged_realm: Realm) -> None:
    realm = logged_realm
    with realm.redis.pipeline() as pipeline:
        for seq in range(1, 5_001):
            pipeline.xadd(realm.keys.outbox, {"events": b"trade k {}"}, id=f"{seq}-0")
        pipeline.execute()
    with closing(build_outbox(realm.settings)) as outbox:
        outbox.trim(4_321)
        assert [entry.last_seq for entry in outbox.read(0, 1, 1)] == [4_322]
        assert outbox.length() == 679
        outbox.trim(0)
        assert outbox.length() == 679
        outbox.trim(5_000)
        assert outbox.length() == 0


# The real process


def open_for_writers(relay: subprocess.Popen[bytes]) -> None:
    """Wait until a relay says that writers may come."""
    assert relay.stderr is not None
    for line in relay.stderr:
        if b"open for writers" in line:
            return
    raise AssertionError(f"the relay ended with {relay.wait()}")


def ended(relay: subprocess.Popen[bytes]) -> int:
    """Wait for a relay's end; return its exit code."""
    _, told = relay.communicate(timeout=90)
    sys.stderr.write(told.decode())
    return relay.returncode


def test_a_relay_killed_again_and_again_publishes_each_event_once(logged_realm: Realm) -> None:
    realm = logged_realm
    expected: list[EventDict] = []
    for _ in range(3):
        relay = relay_process(realm.settings)
        open_for_writers(relay)
        killer = threading.Timer(0.2, relay.kill)
        killer.start()
        # The events are read from the players' side: from the outbox the relay removes them.
        play(realm, 60)
        killer.join()
        ended(relay)
    relay = relay_process(realm.settings)
    open_for_writers(relay)
    relay.send_signal(signal.SIGTERM)
    assert ended(relay) == 0
    assert realm.events() == []
    expected = logged_events(realm.settings)
    assert len(expected) == realm.services.store.last_seq()
    audit(expected, realm.services.store.all_players(), realm.services.catalogue)


def test_a_relay_says_by_its_exit_code_what_must_be_done(
    forgetful: tuple[RunningRedis, Settings],
) -> None:
    server, settings = forgetful
    with open_realm(settings) as realm:
        realm.redis.set(Keys(settings.realm).seq, 5)
    assert ended(relay_process(settings)) == EXIT_REDIS_FORGOT
    server.kill()
    assert ended(relay_process(settings)) == EXIT_FAILED


def test_a_relay_that_hangs_ends_itself() -> None:
    program = (
        "import time\nfrom src.event_log.relay import watchdog\n"
        "with watchdog(0.1)():\n    time.sleep(60)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 1


def test_a_watchdog_of_something_that_ends_does_nothing() -> None:
    with watchdog(60)():
        assert threading.active_count() > 1
