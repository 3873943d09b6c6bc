"""A Redis whose disk is full, and one whose log is damaged: what was acknowledged is there."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from src.config import Settings
from src.event_log.relay import RedisForgot
from src.services.answers import Asked
from src.services.orders import PlayerOrder
from tests.support.api import Answer, Api, api_of
from tests.support.forgetting import contents, open_again, published, rebuilt
from tests.support.realm import Realm, gives, open_realm, swap
from tests.support.redis import RunningRedis, running_redis
from tests.support.relays import relay_of, with_kafka

FARMER, HUNTER = 1, 2
#: Some commits fit; none of these tests needs to know how many.
ROOM_BYTES = 20_000
_WAIT_S_MAX = 60.0


@contextmanager
def traded(server: RunningRedis, var: Path) -> Iterator[tuple[Realm, Api]]:
    """Give a realm of two players, and its API."""
    with open_realm(replace(server.settings, var_dir=str(var))) as realm, api_of(realm) as api:
        realm.create("farmer")
        realm.create("hunter")
        yield realm, api


def pay(api: Api, number: int) -> Answer:
    """Let the farmer give the hunter a coin, under a key of its own."""
    one = {"player_id": FARMER, "gold": 1}
    return api.post(
        "/v1/trades", {"player_1": one, "player_2": {"player_id": HUNTER}}, key=f"{number}"
    )


def pay_until_refused(api: Api) -> tuple[int, Answer]:
    """Pay until the API does not take it; return how often it did, and its last answer."""
    for number in range(300):
        answer = pay(api, number)
        if answer.status != 201:
            return number, answer
    raise AssertionError("the disk was never full")


def expect_paid(realm: Realm, coins: int) -> None:
    """Check that so many coins have changed hands, each with its events."""
    payments = [e for e in realm.events() if e.get("kind") == "player_trade"]
    assert len(payments) == coins
    realm.audit()


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_S_MAX
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)


def test_with_always_a_full_disk_ends_redis_and_loses_no_acknowledged_trade(
    own_redis: RunningRedis, tmp_path: Path
) -> None:
    with traded(own_redis, tmp_path / "var") as (realm, api):
        own_redis.fill_disk(ROOM_BYTES)
        acknowledged, answer = pay_until_refused(api)
        assert (answer.status, answer.reason) == (503, "store_unreachable")
        assert answer.headers["retry-after"] == "1"
        assert acknowledged > 0
        assert own_redis.ended() == 1
        own_redis.start()
        realm.open()
        # The one that got no answer was carried out or was not; its key tells, and it is once.
        eventually(lambda: pay(api, acknowledged).status == 201)
        expect_paid(realm, acknowledged + 1)


def test_with_everysec_a_full_disk_is_refused_until_there_is_room(tmp_path: Path) -> None:
    with (
        running_redis(tmp_path / "redis", "everysec") as server,
        traded(server, tmp_path / "var") as (realm, api),
    ):
        server.fill_disk(ROOM_BYTES)
        acknowledged, answer = pay_until_refused(api)
        assert (answer.status, answer.reason) == (503, "store_unreachable")
        assert api.get("/v1/players/1").body["gold"] == 500 - acknowledged
        server.make_room()
        eventually(lambda: pay(api, acknowledged).status == 201)
        expect_paid(realm, acknowledged + 1)


def test_a_torn_end_of_the_log_is_cut_off_and_nothing_acknowledged_is(
    own_redis: RunningRedis, tmp_path: Path
) -> None:
    with traded(own_redis, tmp_path / "var") as (realm, api):
        assert [pay(api, number).status for number in range(5)] == [201] * 5
        before = contents(realm.settings)
        own_redis.kill()
        # What a power loss leaves of a write that was under way.
        with own_redis.written.open("ab") as log:
            log.write(b"*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$400\r\nhalf of it")
        own_redis.start()
        assert contents(realm.settings) == before
        realm.open()
        eventually(lambda: pay(api, 5).status == 201)
        expect_paid(realm, 6)


def test_rubbish_at_the_end_of_the_log_stops_redis_and_is_cut_off_by_its_own_tool(
    own_redis: RunningRedis, tmp_path: Path
) -> None:
    with traded(own_redis, tmp_path / "var") as (realm, api):
        assert [pay(api, number).status for number in range(5)] == [201] * 5
        before = contents(realm.settings)
        own_redis.kill()
        with own_redis.written.open("ab") as log:
            log.write(bytes(100))
        with pytest.raises(RuntimeError, match="Bad file format"):
            own_redis.start()
        assert own_redis.ended() == 1
        mend(own_redis)
        own_redis.start()
        assert contents(realm.settings) == before
        realm.open()
        eventually(lambda: pay(api, 5).status == 201)
        expect_paid(realm, 6)


@pytest.mark.kafka
def test_damage_in_the_midst_of_the_log_is_cut_off_noticed_and_rebuilt(
    own_redis: RunningRedis, event_topics: str, settings: Settings, tmp_path: Path
) -> None:
    # The realm's name is one that no other test has in the log.
    settings = replace(
        with_kafka(own_redis.settings, event_topics),
        realm=settings.realm,
        var_dir=str(tmp_path / "var"),
    )
    with open_realm(settings) as realm:
        for player_class in ("farmer", "hunter"):
            realm.services.players.create(PlayerOrder(None, player_class), Asked())
        half = own_redis.written.stat().st_size
        for _ in range(5):
            realm.services.trades.trade(swap(gives(FARMER, 1), gives(HUNTER)), Asked())
        position = published(settings)
        before = contents(settings)
        own_redis.kill()
        with own_redis.written.open("r+b") as log:
            log.seek(half + 10)
            log.write(bytes(50))
        mend(own_redis)
        own_redis.start()
        assert contents(settings) != before
        with relay_of(settings) as relay, pytest.raises(RedisForgot, match="guildhall rebuild"):
            relay.start()
        assert rebuilt(settings).is_done
        assert contents(settings) == before
        open_again(settings)
        realm.create()
        assert [event["seq"] for event in realm.events()] == [position + 1, position + 2]


def mend(server: RunningRedis) -> None:
    """Do what docs/guides/recover.md says."""
    manifest = server.log_folder / "appendonly.aof.manifest"
    subprocess.run(
        ["redis-check-aof", "--fix", str(manifest)], input=b"y\n", check=True, capture_output=True
    )
