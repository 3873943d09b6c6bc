"""Redis is rebuilt from the tables and Kafka: to the very states, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from kafka import KafkaProducer
from msgspec.structs import replace

from src.audit.rebuild import RebuildRefused, Rebuilt
from src.audit.reconcile import reconcile
from src.bootstrap import build_log_reader, build_restoration, build_store
from src.config import Settings
from src.economy.engines import open_engine
from src.event_log.reader import LogForgot
from src.event_log.relay import RedisForgot
from src.player_store.restoration import Restoration
from src.services.answers import Asked
from src.services.orders import BatchOrder, FoundGuildOrder, PlayerOrder, ShopOrder
from src.services.ports import StoreUnreachable, Unchecked
from tests.support.commits import player, writes
from tests.support.forgetting import (
    contents,
    lose_everything,
    open_again,
    published,
    rebuilt,
)
from tests.support.landing_by_hand import Rows, land
from tests.support.realm import Realm, gives, open_realm, swap
from tests.support.redis import RunningRedis
from tests.support.relays import relay_of, with_kafka

pytestmark = pytest.mark.kafka

FARMER, HUNTER, BANKER, LATE = 1, 2, 3, 4
MILK, PLAIN_SWORD = 6, 101


@dataclass
class Played:
    """A realm with a past, in a Redis that can lose it."""

    server: RunningRedis
    settings: Settings
    realm: Realm

    def publish_and_forget(self) -> tuple[int, dict[str, Any]]:
        """Publish all, lose Redis' data; return the last event and what Redis held."""
        position = published(self.settings)
        before = contents(self.settings)
        lose_everything(self.server)
        return position, before

    def trades_on(self, position: int) -> None:
        """Check that the next trade has the next number."""
        open_again(self.settings)
        self.realm.services.trades.trade(swap(gives(HUNTER, 1), gives(BANKER)), Asked())
        assert [event["seq"] for event in self.realm.events()] == [
            position + 1,
            position + 2,
            position + 3,
        ]


@pytest.fixture
def played(own_redis: RunningRedis, event_topics: str, settings: Settings) -> Iterator[Played]:
    """A realm with settled, refused, batched and bought trades, guilds, and lists that are cut."""
    found = replace(
        with_kafka(own_redis.settings, event_topics),
        realm=settings.realm,
        var_dir=settings.var_dir,
        recent_trades_kept=4,
    )
    with open_realm(found) as realm:
        play(realm)
        yield Played(own_redis, found, realm)


def play(realm: Realm) -> None:
    services = realm.services
    for player_class in ("farmer", "hunter", "banker"):
        realm.create(player_class)
    services.guilds.found(FoundGuildOrder("Night Watch", 5, "north"), Asked())
    services.guilds.found(FoundGuildOrder("Nobody's", 0, None), Asked())
    food = swap(gives(FARMER, 20, (MILK, 3)), gives(HUNTER))
    # Refused, and the player that it names is made later: the trade is in one list only.
    services.trades.trade(swap(gives(FARMER, 1), gives(LATE)), Asked())
    services.players.create(PlayerOrder("Nansa of the Low Hills", "tailor"), Asked())
    services.trades.trade(food, Asked(request_id="r-1"))
    services.trades.trade(swap(gives(FARMER, 9_999), gives(BANKER)), Asked())
    services.trades.batch(BatchOrder((food, swap(gives(HUNTER, 1), gives(FARMER)), food)), Asked())
    services.shop.buy(BANKER, ShopOrder(PLAIN_SWORD, 2), Asked(key="k"))
    services.guilds.join(BANKER, "Night Watch", Asked())
    services.guilds.join(LATE, "Wayfarers", Asked())
    services.guilds.join(HUNTER, "Wayfarers", Asked())
    services.guilds.leave(HUNTER, None, Asked())


def up_to(seq: int) -> Callable[[Rows], None]:
    """Return what leaves the rows of events past `seq` out."""

    def cut(rows: Rows) -> None:
        for found in rows.values():
            found[:] = [row for row in found if row["seq"] <= seq]

    return cut


def nothing(rows: Rows) -> None:
    for found in rows.values():
        found.clear()


@pytest.mark.parametrize("landed", [None, nothing, up_to(7), up_to(12), lambda _rows: None])
def test_everything_comes_back_however_much_has_landed(
    played: Played, landed: Callable[[Rows], None] | None
) -> None:
    if landed is not None:
        land(played.settings, landed)
    position, before = played.publish_and_forget()
    with relay_of(played.settings) as relay, pytest.raises(RedisForgot, match="guildhall rebuild"):
        relay.start()
    found = rebuilt(played.settings)
    assert (found.is_done, found.redis_seq, found.log_seq) == (True, 0, position)
    assert (found.players, found.guilds) == (4, 2)
    assert contents(played.settings) == before
    assert before[f"recent:{LATE}"][-1].count(b"starter_grant") == 1
    played.trades_on(position)


def test_what_kafka_no_longer_keeps_comes_from_the_tables(played: Played) -> None:
    land(played.settings)

    class Emptied:
        """Kafka after its retention: no event is left, but founded guilds are kept."""

        def events(self, _starts: object) -> Iterator[Any]:
            return iter(())

        def guilds(self) -> dict[bytes, bytes]:
            return build_log_reader(played.settings).guilds()

    position, before = played.publish_and_forget()
    found = rebuilt(played.settings, reader=Emptied())
    assert (found.events_from_tables, found.events_from_kafka) == (position, 0)
    assert contents(played.settings) == before


def test_what_is_in_neither_is_told_and_redis_stays_as_it_is(played: Played) -> None:
    land(played.settings, up_to(7))

    class Emptied:
        """Kafka after its retention."""

        def events(self, _starts: object) -> Iterator[Any]:
            return iter(())

    position, _ = played.publish_and_forget()
    with pytest.raises(RebuildRefused, match=f"{position - 7} of {position} events .* first .* 8"):
        rebuilt(played.settings, reader=Emptied())
    assert contents(played.settings) == {}


def test_tables_of_another_history_are_refused(played: Played) -> None:
    def number_one_higher(rows: Rows) -> None:
        rows["player_state"][-1]["seq"] += 100

    land(played.settings, number_one_higher)
    played.publish_and_forget()
    with pytest.raises(RebuildRefused, match="not of the same history"):
        rebuilt(played.settings)


def test_a_log_that_begins_after_what_is_needed_is_refused(played: Played) -> None:
    played.publish_and_forget()
    with pytest.raises(LogForgot):
        rebuilt(played.settings, positions=lambda: {"trade": {0: -5}})


def test_a_redis_that_lost_only_its_end_keeps_tokens_and_answers(played: Played) -> None:
    realm = played.realm
    token = realm.services.tokens.issue("operator")  # type: ignore[arg-type]  # its word
    kept = {key: value for key, value in realm.dump().items() if b"answer" in key}
    assert kept
    position = published(played.settings)
    before = contents(played.settings)
    # What everysec leaves after a crash: the last events are gone, those before them are not.
    realm.redis.set(realm.keys.seq, position - 3)
    realm.redis.delete(realm.keys.player(BANKER))
    realm.redis.set(realm.keys.player(99), b"1\n{}")
    found = rebuilt(played.settings)
    assert (found.is_done, found.redis_seq) == (True, position - 3)
    assert contents(played.settings) == before
    assert {key: value for key, value in realm.dump().items() if b"answer" in key} == kept
    assert realm.services.tokens.find(token) is not None


def test_a_redis_that_has_everything_is_left_alone(played: Played) -> None:
    position = published(played.settings)
    before = played.realm.dump()
    assert rebuilt(played.settings) == Rebuilt(
        is_needed=False, redis_seq=position, log_seq=position
    )
    assert played.realm.dump() == before


def test_a_redis_that_is_ahead_is_refused_and_left_alone(played: Played) -> None:
    published(played.settings)
    played.realm.create()
    before = played.realm.dump()
    with pytest.raises(RebuildRefused, match="would lose trades"):
        rebuilt(played.settings)
    assert played.realm.dump() == before


def test_a_dry_run_says_the_same_and_changes_nothing(played: Played) -> None:
    land(played.settings, up_to(7))
    played.publish_and_forget()
    before = played.realm.dump()
    told = rebuilt(played.settings, is_dry_run=True)
    assert played.realm.dump() == before
    done = rebuilt(played.settings)
    assert replace(told, is_done=True) == done
    assert done.recent_trades == 4 + 4 + 4 + 2


class Killed(BaseException):
    """Stands for a kill -9."""


STEPS = ("begin", "write_guilds", "write_players", "write_recent_trades", "end")


def dying(played: Played, step: str, *, before_it: bool) -> Restoration:
    """Return what is killed right before or right after a step."""

    def die(self: Restoration, *args: Any) -> None:
        if not before_it:
            getattr(Restoration, step)(self, *args)
        raise Killed

    kind = type("Dying", (Restoration,), {step: die})
    settings = played.settings
    made: Restoration = kind(settings.redis_host, settings.redis_port, played.realm.keys)
    return made


def test_interrupted_anywhere_it_stays_shut_and_is_done_by_the_next_run(played: Played) -> None:
    position, before = played.publish_and_forget()
    # As if Redis had lost its end only: it is not the missing number alone that keeps it shut.
    played.realm.redis.set(played.realm.keys.seq, position - 1)
    store = played.realm.services.store
    for step in STEPS:
        for before_it in (True, False):
            with (
                closing(dying(played, step, before_it=before_it)) as target,
                pytest.raises(Killed),
            ):
                rebuilt(played.settings, target=target)
            if (step, before_it) != ("end", False):
                assert store.last_seq() < position
                assert store.commit([writes(player(1))], store.read([]).epoch) == [Unchecked()]
            if (step, before_it) == ("write_players", False):
                with relay_of(played.settings) as relay, pytest.raises(RedisForgot):
                    relay.start()
    # Killed after its very last step it has nothing left to do.
    assert not rebuilt(played.settings).is_needed
    assert contents(played.settings) == before
    played.trades_on(position)


def test_a_relay_that_was_in_mid_transaction_cannot_move_the_log_any_more(played: Played) -> None:
    with relay_of(played.settings, entries_max=3) as relay:
        relay.step(relay.start())
        lose_everything(played.server)
        rebuilt(played.settings)
        # Its outbox is gone with the old life of Redis; what it had read it could still publish.
        with pytest.raises(Exception, match="publishing failed"):
            relay._log.publish([], 1_000)  # noqa: SLF001 - what a zombie would do


def test_a_redis_that_restarts_meanwhile_ends_the_rebuild(played: Played) -> None:
    played.publish_and_forget()
    settings = played.settings

    class Restarting(Restoration):
        """Its server restarts right before the end."""

        def end(self, last_seq: int, last_player_id: int) -> None:
            """Restart, then go on."""
            played.server.restart()
            super().end(last_seq, last_player_id)

    target = Restarting(settings.redis_host, settings.redis_port, played.realm.keys)
    with closing(target), pytest.raises(StoreUnreachable):
        rebuilt(settings, target=target)
    assert rebuilt(settings).is_done


def test_what_was_written_is_read_back_and_compared(played: Played) -> None:
    played.publish_and_forget()

    class Meddling(Restoration):
        """Someone else writes into this Redis."""

        def write_recent_trades(self, lines: Any) -> None:
            """Add a player that nobody made."""
            super().write_recent_trades(lines)
            self.write_players([player(77)])

    settings = played.settings
    with (
        closing(Meddling(settings.redis_host, settings.redis_port, played.realm.keys)) as target,
        pytest.raises(RebuildRefused, match="player 77"),
    ):
        rebuilt(settings, target=target)
    with relay_of(settings) as relay, pytest.raises(RedisForgot):
        relay.start()


def test_records_that_are_no_events_are_passed_over(played: Played) -> None:
    with closing(KafkaProducer(bootstrap_servers=played.settings.kafka_bootstrap)) as producer:
        for value in (b"no event", b'{"realm":"another","seq":3}', None, b"\xff"):
            producer.send("trade", key=b"x", value=value).get(timeout=30)
    position, before = played.publish_and_forget()
    assert rebuilt(played.settings).log_seq == position
    assert contents(played.settings) == before


def test_the_books_balance_after_a_rebuild_of_thousands_of_trades(played: Played) -> None:
    trades = played.realm.services.trades
    pairs = [swap(gives(FARMER, 1), gives(HUNTER)), swap(gives(HUNTER, 1), gives(FARMER))]
    for _ in range(25):
        trades.batch(BatchOrder(tuple(pairs * 50)), Asked())
    land(played.settings)
    position, before = played.publish_and_forget()
    assert position > 2_500
    assert rebuilt(played.settings).is_done
    assert contents(played.settings) == before
    with closing(build_store(played.settings)) as store:
        found = reconcile(store, lambda: open_engine(played.settings), lambda *_: None)
    assert (found.differences, found.events) == ([], position)
    played.trades_on(position)


def test_a_guild_that_was_founded_after_the_loss_does_not_hide_the_old_one(played: Played) -> None:
    _, before = played.publish_and_forget()
    with closing(build_restoration(played.settings)) as target:
        target.write_guilds({b"New": b'{"name":"New","fee":0,"region":null}'})
    rebuilt(played.settings)
    after = contents(played.settings)
    assert after["guilds"].items() > before["guilds"].items()
