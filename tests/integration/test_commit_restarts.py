"""A store whose server dies, restarts or forgets its scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from src.bootstrap import build_outbox
from src.player_store.store import RedisPlayerStore
from src.services.ports import Commit, Committed, Conflict, StoreUnreachable, Unchecked
from tests.support.commits import player, seen_soon, writes
from tests.support.realm import Realm, open_realm
from tests.support.redis import RunningRedis


@pytest.fixture
def realm(own_redis: RunningRedis, tmp_path: Path) -> Iterator[Realm]:
    with open_realm(replace(own_redis.settings, var_dir=str(tmp_path / "var"))) as found:
        yield found


def commit(store: RedisPlayerStore, *commits: Commit) -> list[object]:
    return list(store.commit(commits, store.read(()).epoch))


def reconnected(store: RedisPlayerStore) -> None:
    """Let a store notice that its server was restarted."""
    try:
        store.last_seq()
    except StoreUnreachable:
        store.last_seq()


def test_a_restarted_server_has_all_that_was_acknowledged_and_takes_nothing_before_it_is_checked(
    own_redis: RunningRedis, realm: Realm, store: RedisPlayerStore
) -> None:
    assert commit(store, writes(player(1, gold=5))) == [Committed(1)]
    own_redis.restart()
    reconnected(store)
    assert commit(store, writes(player(1, 2))) == [Unchecked()]
    assert not store.is_checked()
    assert store.read([1]).players == {1: player(1, gold=5)}
    realm.open()
    assert store.is_checked()
    assert commit(store, writes(player(1, 2))) == [Committed(2)]


def test_a_reading_from_before_a_restart_cannot_be_committed_after_it(
    own_redis: RunningRedis, realm: Realm, store: RedisPlayerStore
) -> None:
    commit(store, writes(player(1)))
    reading = store.read([1])
    own_redis.restart()
    realm.open()
    reconnected(store)
    assert store.commit([writes(player(1, 2))], reading.epoch) == [Unchecked()]
    assert commit(store, writes(player(1, 2))) == [Committed(2)]


def test_a_dead_server_is_unreachable_and_found_again(
    own_redis: RunningRedis, realm: Realm, store: RedisPlayerStore
) -> None:
    epoch = store.read([]).epoch
    own_redis.kill()
    with pytest.raises(StoreUnreachable):
        store.read([1])
    with pytest.raises(StoreUnreachable):
        store.commit([writes(player(1))], epoch)
    with pytest.raises(StoreUnreachable):
        list(store.all_players())
    own_redis.start()
    realm.open()
    assert commit(store, writes(player(1))) == [Committed(1)]


def test_the_first_reading_after_a_restart_can_be_committed(
    own_redis: RunningRedis, realm: Realm, store: RedisPlayerStore
) -> None:
    commit(store, writes(player(1)))
    own_redis.restart()
    realm.open()
    reading = store.read([1])
    assert store.commit([writes(player(1, 2))], reading.epoch) == [Committed(2)]


def test_flushed_scripts_are_loaded_again(realm: Realm, store: RedisPlayerStore) -> None:
    commit(store, writes(player(1)))
    realm.redis.script_flush()
    assert commit(store, writes(player(1, 2))) == [Committed(2)]
    realm.redis.script_flush()
    assert commit(store, writes(player(1, 3)), writes(player(2))) == [Committed(3), Committed(4)]


def test_scripts_flushed_between_the_calls_of_a_round_trip_repeat_none_of_them(
    realm: Realm,
) -> None:
    store = realm.services.store
    commit(store, writes(player(9)))

    def making() -> Iterator[Commit]:
        # More events than one call takes: the first is on its way when the third is asked for.
        yield from (writes(player(number), events=60) for number in (1, 2))
        assert seen_soon(store, 1)
        realm.redis.script_flush()
        yield writes(player(3), events=60)

    assert store.commit(making(), store.read(()).epoch) == [
        Committed(61),
        Committed(121),
        Committed(181),
    ]


def test_a_script_that_only_conflicts_after_a_flush_tells_the_conflict(
    realm: Realm, store: RedisPlayerStore
) -> None:
    commit(store, writes(player(1)))
    realm.redis.script_flush()
    (reply,) = commit(store, writes(player(1)))
    assert isinstance(reply, Conflict)


def test_an_outbox_reader_ends_when_its_server_is_another_life(
    own_redis: RunningRedis, realm: Realm
) -> None:
    with closing(build_outbox(realm.settings)) as outbox:
        commit(realm.services.store, writes(player(1)))
        assert outbox.last_seq() == 1
        own_redis.restart()
        # A lost connection is not mended behind the relay's back: what it checked is gone.
        for _ in range(2):
            with pytest.raises(StoreUnreachable):
                outbox.read(0, 10, 1)
            with pytest.raises(StoreUnreachable):
                outbox.trim(1)
            with pytest.raises(StoreUnreachable):
                outbox.open_for_writers()
    assert not realm.services.store.is_checked()
