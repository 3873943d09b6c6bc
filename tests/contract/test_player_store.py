"""What every player store must do: `src.services.ports.PlayerStore`, on each adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from src.bootstrap import build_outbox
from src.classes.guild import Guild
from src.events.outbox_entry import join_lines
from src.player_store.store import RedisPlayerStore
from src.services.ports import (
    Claim,
    Commit,
    Committed,
    Conflict,
    Membership,
    OutboxFull,
    PlayerStore,
    Replayed,
    Unchecked,
)
from tests.support.commits import TTL_S, answered, player, seen_soon, writes
from tests.support.realm import Realm

BEYOND_DOUBLES = 2**53 + 1


def commit(store: PlayerStore, *commits: Commit) -> list[object]:
    return list(store.commit(commits, store.read(()).epoch))


def test_a_player_is_read_back_as_it_was_committed(store: PlayerStore) -> None:
    born = player(1, gold=2**53 - 1, _5=1, _6=2**53 - 1)
    assert commit(store, writes(born)) == [Committed(1)]
    assert store.read([1, 2]).players == {1: born}


def test_events_are_numbered_without_gaps_however_many_a_commit_has(store: PlayerStore) -> None:
    replies = commit(store, writes(player(1), events=3), writes(player(2)))
    replies += commit(store, writes(player(1, 2), events=2))
    assert replies == [Committed(3), Committed(4), Committed(6)]


def test_an_entry_waits_in_the_outbox_byte_for_byte_under_its_last_number(realm: Realm) -> None:
    lines = bytes(range(256)) + b" 9007199254740993 1e400 \xff"
    commit(realm.services.store, writes(player(1), lines=lines, events=7))
    size = b"%d" % len(lines)
    assert realm.entries() == [(b"7-0", {b"written": size, b"1": lines})]


def test_versions_beyond_what_a_double_keeps_are_told_apart(store: PlayerStore) -> None:
    commit(store, writes(player(1, BEYOND_DOUBLES), replacing=0))
    # As doubles, 2**53 and 2**53 + 1 are equal.
    for stale in (2**53, BEYOND_DOUBLES + 1):
        (reply,) = commit(store, writes(player(1, stale + 1), replacing=stale))
        assert isinstance(reply, Conflict)
    assert commit(store, writes(player(1, BEYOND_DOUBLES + 1))) == [Committed(2)]


def test_numbers_of_events_stay_exact_as_far_as_json_keeps_them(realm: Realm) -> None:
    most = 2**53 - 1
    realm.redis.set(realm.keys.seq, most - 5)
    assert commit(
        realm.services.store, writes(player(1), events=2), writes(player(2), events=3)
    ) == [Committed(most - 3), Committed(most)]
    (entry,) = realm.entries()
    assert entry[0] == b"%d-0" % most


def test_a_new_player_must_not_be_there_yet(store: PlayerStore) -> None:
    commit(store, writes(player(1, gold=5)))
    assert commit(store, writes(player(1, gold=7))) == [Conflict()]
    assert store.read([1]).players == {1: player(1, gold=5)}


def test_a_commit_is_whole_or_not_at_all_whichever_player_has_another_version(
    store: PlayerStore,
) -> None:
    commit(store, writes(player(1), player(2)))
    commit(store, writes(player(2, 2, gold=9)))
    assert commit(store, writes(player(1, 2), player(2, 2), player(3, 2))) == [Conflict()]
    assert store.read([1, 2, 3]).players == {1: player(1), 2: player(2, 2, gold=9)}


def test_a_commit_of_a_thousand_players_is_one_commit(store: PlayerStore) -> None:
    many = [player(player_id) for player_id in range(1, 2_001)]
    assert commit(store, writes(*many, events=2_000)) == [Committed(2_000)]
    assert commit(store, writes(*many)) == [Conflict()]
    assert len(store.read(range(1, 2_001)).players) == 2_000


def test_each_commit_of_a_round_trip_stands_alone(store: PlayerStore) -> None:
    commit(store, writes(player(1)))
    replies = commit(store, writes(player(2)), writes(player(1)), writes(player(3)))
    assert [type(reply) for reply in replies] == [Committed, Conflict, Committed]
    assert store.read([1, 2, 3]).players.keys() == {1, 2, 3}


def test_an_answer_is_replayed_as_it_was_kept(store: PlayerStore) -> None:
    value = b"print\n" + bytes(range(256))
    commit(store, writes(player(1), answer=answered("a", value)))
    assert commit(store, writes(player(2), answer=answered("a", b"other"))) == [Replayed(value)]
    assert store.read([2]).players == {}


def test_a_replay_comes_before_a_conflict(store: PlayerStore) -> None:
    first = writes(player(1), answer=answered("a"))
    commit(store, first)
    assert commit(store, first) == [Replayed(b"print\n[]")]


def test_an_answer_lives_as_long_as_it_was_told_to(realm: Realm) -> None:
    commit(realm.services.store, writes(player(1), answer=answered("a")))
    assert TTL_S - 60 <= realm.ttl_s(realm.keys.idempotency("holder", "a")) <= TTL_S


def test_a_guest_keeps_the_id_that_was_set_aside_first(store: PlayerStore) -> None:
    assert store.guest("user1.comcast.com") is None
    assert store.set_guest("user1.comcast.com", 7) == 7
    assert store.set_guest("user1.comcast.com", 8) == 7
    assert store.set_guest("é\x00\n", 9) == 9
    assert [store.guest(name) for name in ("user1.comcast.com", "é\x00\n", "")] == [7, 9, None]


def refused_by_conflict(_realm: Realm) -> Commit:
    return writes(player(1, 3), player(2), answer=answered("new"), recent=((1, b"line"),))


def refused_by_replay(_realm: Realm) -> Commit:
    return writes(player(2), answer=answered("kept"), recent=((1, b"line"),))


def refused_as_unchecked(realm: Realm) -> Commit:
    realm.redis.set(realm.keys.checked_run_id, "another life")
    return writes(player(2), answer=answered("new"), memberships=(Membership("g", 2, True),))  # noqa: FBT003 - a record


def refused_as_full(realm: Realm) -> Commit:
    realm.services.store.close()
    realm.services.store.__init__(  # type: ignore[misc]  # the same store with no room
        realm.settings.redis_host,
        realm.settings.redis_port,
        realm.keys,
        outbox_entries_max=1,
        outbox_bytes_max=1_000,
        recent_trades_kept=50,
    )
    return writes(player(2), answer=answered("new"), recent=((1, b"line"),))


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (refused_by_conflict, Conflict),
        (refused_by_replay, Replayed),
        (refused_as_unchecked, Unchecked),
        (refused_as_full, OutboxFull),
    ],
)
def test_what_is_not_committed_writes_nothing(
    realm: Realm, refused: Callable[[Realm], Commit], kind: type[object]
) -> None:
    commit(realm.services.store, writes(player(1), answer=answered("kept")))
    given = refused(realm)
    before = realm.dump()
    (reply,) = commit(realm.services.store, given)
    assert isinstance(reply, kind)
    assert realm.dump() == before


def test_a_full_outbox_still_replays(realm: Realm) -> None:
    commit(realm.services.store, writes(player(1), answer=answered("kept")))
    refused_as_full(realm)
    assert commit(realm.services.store, writes(player(2), answer=answered("kept"))) == [
        Replayed(b"print\n[]")
    ]


def test_each_of_commits_made_at_once_is_written_whole_or_not_at_all(realm: Realm) -> None:
    store = realm.services.store
    commit(store, writes(player(1), player(2), answer=answered("kept")))
    joined = (Membership("g", 9, joined=True),)
    replies = commit(
        store,
        writes(player(1, 2), answer=answered("a"), lines=b"one", recent=((1, b"first"),)),
        writes(player(2, 3), player(3), lines=b"two", recent=((2, b"lost"),), memberships=joined),
        writes(player(4), answer=answered("kept"), lines=b"three", recent=((4, b"lost"),)),
        writes(player(5), player(6), lines=b"four", events=3, recent=((5, b"5"), (6, b"6"))),
        writes(player(7), answer=answered("a"), lines=b"five"),
        writes(player(8), lines=b"six", memberships=(Membership("g", 8, joined=True),)),
    )
    assert replies == [
        Committed(2),
        Conflict(),
        Replayed(b"print\n[]"),
        Committed(5),
        Replayed(b"print\n[]"),
        Committed(6),
    ]
    left = store.read(range(1, 10)).players
    assert left == {
        1: player(1, 2),
        2: player(2),
        **{number: player(number) for number in (5, 6, 8)},
    }
    recent = {number: store.recent_trades(number) for number in range(1, 9)}
    assert {number: lines for number, lines in recent.items() if lines} == {
        1: [b"first"],
        5: [b"5"],
        6: [b"6"],
    }
    assert store.guild_members("g", 0, 10) == [8]
    _, (last, fields) = realm.entries()
    assert (last, fields.pop(b"written")) == (b"6-0", b"%d" % store.outbox_bytes())
    assert list(fields.values()) == [b"onefirst", b"four56", b"six"]


def test_more_commits_than_one_call_takes_are_numbered_in_order(realm: Realm) -> None:
    store = realm.services.store
    lines = [b"line %d" % number for number in range(1, 1_001)]
    replies = commit(
        store, *(writes(player(number), lines=line) for number, line in enumerate(lines, 1))
    )
    assert replies == [Committed(number) for number in range(1, 1_001)]
    with closing(build_outbox(realm.settings)) as outbox:
        entries = outbox.read(0, 1_001, 1)
    assert 1 < len(entries) < 100
    assert join_lines([entry.payload for entry in entries]) == join_lines(lines)
    assert [len(entry.payload.split(b"\n")) for entry in entries] == [
        entry.last_seq - before
        for entry, before in zip(entries, [0, *(e.last_seq for e in entries)], strict=False)
    ]


def test_commits_are_written_while_later_ones_are_made(realm: Realm) -> None:
    store = realm.services.store
    commit(store, writes(player(9)))
    made = [writes(player(number), events=60) for number in (1, 2, 3)]
    seen: list[bool] = []

    def making() -> Iterator[Commit]:
        yield from made[:2]  # more events than one call takes: the first is on its way
        seen.append(seen_soon(store, 1))
        yield made[2]

    assert store.commit(making(), store.read(()).epoch) == [
        Committed(61),
        Committed(121),
        Committed(181),
    ]
    assert seen == [True]


def test_when_a_commit_cannot_be_made_those_before_it_may_be_written_and_the_store_goes_on(
    store: PlayerStore,
) -> None:
    def making() -> Iterator[Commit]:
        yield from (writes(player(number), events=60) for number in (1, 2))
        raise ZeroDivisionError

    epoch = store.read(()).epoch
    with pytest.raises(ZeroDivisionError):
        store.commit(making(), epoch)
    assert seen_soon(store, 1)
    assert store.read([2]).players == {}
    assert commit(store, writes(player(2))) == [Committed(61)]


def test_a_commit_of_any_size_is_one(store: PlayerStore) -> None:
    players = [player(number) for number in range(1, 1_001)]
    assert commit(store, writes(player(2_000)), writes(*players, events=2_001)) == [
        Committed(1),
        Committed(2_002),
    ]
    assert commit(store, writes(*players, events=5)) == [Conflict()]


def test_recent_lines_are_kept_newest_first_and_bounded(realm: Realm) -> None:
    kept = realm.settings.recent_trades_kept
    lines = tuple((1, b"line %d" % number) for number in range(kept + 10))
    commit(realm.services.store, writes(player(1), recent=lines))
    found = realm.services.store.recent_trades(1)
    assert found == [line for _, line in reversed(lines)][:kept]
    assert realm.services.store.recent_trades(2) == []


def test_members_are_listed_by_rising_id_and_paged(store: PlayerStore) -> None:
    joined = tuple(Membership("g", player_id, joined=True) for player_id in (10, 9, 100, 2**53 - 1))
    commit(store, writes(player(1), memberships=joined))
    assert store.guild_members("g", 0, 10) == [9, 10, 100, 2**53 - 1]
    assert store.guild_members("g", 9, 2) == [10, 100]
    commit(store, writes(player(1, 2), memberships=(Membership("g", 10, joined=False),)))
    assert store.guild_members("g", 0, 10) == [9, 100, 2**53 - 1]
    assert store.guild_size("g") == 3
    assert store.guild_size("nobody's") == 0


def test_a_key_belongs_to_the_request_that_claimed_it_first(store: PlayerStore) -> None:
    assert store.claim("holder", "a", "print", TTL_S) is Claim.NEW
    assert store.claim("holder", "a", "print", TTL_S) is Claim.SAME
    assert store.claim("holder", "a", "other", TTL_S) is Claim.OTHER
    assert store.claim("another holder", "a", "other", TTL_S) is Claim.NEW


def test_a_key_with_an_answer_is_claimed_by_its_request_only(store: PlayerStore) -> None:
    commit(store, writes(player(1), answer=answered("a", b"print\n[]")))
    assert store.claim("holder", "a", "other", TTL_S) is Claim.OTHER


def test_a_claim_lives_on_from_when_it_was_last_made(realm: Realm) -> None:
    store, key = realm.services.store, realm.keys.idempotency("holder", "a")
    store.claim("holder", "a", "print", TTL_S)
    realm.redis.expire(key, 10)
    store.claim("holder", "a", "other", TTL_S)
    assert realm.ttl_s(key) <= 10
    # The parts of a request that is sent again late are kept for as long from then on.
    store.claim("holder", "a", "print", TTL_S)
    assert TTL_S - 60 <= realm.ttl_s(key) <= TTL_S


def test_player_ids_are_never_given_twice(store: PlayerStore) -> None:
    assert [store.next_player_id() for _ in range(3)] == [1, 2, 3]


def test_a_guild_is_founded_once(store: PlayerStore) -> None:
    guild = Guild(name="Night Watch", fee=2**53 - 1, region="north")
    assert store.found_guild(guild)
    assert not store.found_guild(Guild(name="Night Watch"))
    assert store.guild("Night Watch") == guild
    assert store.guild("Day Watch") is None
    assert guild in store.guilds()


def test_a_guild_that_every_realm_has_cannot_be_founded(store: PlayerStore) -> None:
    built_in = store.guilds()
    assert built_in
    assert not store.found_guild(Guild(name=built_in[0].name))
    assert store.guilds() == sorted(built_in, key=lambda guild: guild.name)


def test_all_players_are_found_and_nothing_else(realm: Realm) -> None:
    store = realm.services.store
    commit(
        store, writes(*(player(player_id) for player_id in range(1, 1_503)), recent=((1, b"l"),))
    )
    store.next_player_id()
    assert sorted(each.player_id for each in store.all_players()) == list(range(1, 1_503))


def with_room(realm: Realm, entries_max: int, bytes_max: int) -> RedisPlayerStore:
    settings = realm.settings
    return RedisPlayerStore(
        settings.redis_host,
        settings.redis_port,
        realm.keys,
        outbox_entries_max=entries_max,
        outbox_bytes_max=bytes_max,
        recent_trades_kept=50,
    )


def test_the_outbox_takes_no_more_bytes_than_it_may_hold(realm: Realm) -> None:
    with closing(with_room(realm, 100, 1_000)) as store:
        assert commit(store, writes(player(1), lines=bytes(300))) == [Committed(1)]
        assert commit(store, writes(player(2), lines=bytes(300))) == [Committed(2)]
        replies = commit(store, *(writes(player(n), lines=bytes(300)) for n in range(3, 6)))
        assert replies == [Committed(3), OutboxFull(), OutboxFull()]
        assert (store.outbox_bytes(), store.outbox_has_room()) == (900, True)
        assert commit(store, writes(player(4), lines=bytes(100))) == [Committed(4)]
        assert (store.outbox_bytes(), store.outbox_has_room()) == (1_000, False)
        with closing(build_outbox(realm.settings)) as outbox:
            outbox.trim(2)
        assert (store.outbox_bytes(), store.outbox_has_room()) == (400, True)
        assert commit(store, writes(player(5), lines=bytes(600))) == [Committed(5)]


def test_an_empty_outbox_takes_an_entry_of_any_size(realm: Realm) -> None:
    with closing(with_room(realm, 100, 10)) as store:
        assert commit(store, writes(player(1), lines=bytes(500))) == [Committed(1)]
        assert commit(store, writes(player(2), lines=b"x")) == [OutboxFull()]
        with closing(build_outbox(realm.settings)) as outbox:
            outbox.trim(1)
        assert store.outbox_bytes() == 0
        assert commit(store, writes(player(2), lines=b"x")) == [Committed(2)]


def test_bytes_are_counted_right_again_when_a_reader_died_while_it_trimmed(realm: Realm) -> None:
    store = realm.services.store
    for number in range(1, 6):
        commit(store, writes(player(number), lines=bytes(10 * number)))
    # Entries are gone, and nobody came to count.
    realm.redis.xtrim(realm.keys.outbox, minid="3-0", approximate=False)
    assert store.outbox_bytes() == 150
    with closing(build_outbox(realm.settings)) as outbox:
        outbox.trim(2)
        assert store.outbox_bytes() == 120
        outbox.trim(9)
    assert store.outbox_bytes() == 0


def test_bytes_stay_exact_past_1e14(realm: Realm) -> None:
    realm.redis.hset(realm.keys.outbox_bytes, mapping={"written": 10**15 + 1, "removed": 10**15})
    store = realm.services.store
    commit(store, writes(player(1), lines=bytes(7)))
    commit(store, writes(player(2), lines=bytes(5)))
    assert realm.entries()[0][1][b"written"] == b"%d" % (10**15 + 8)
    with closing(build_outbox(realm.settings)) as outbox:
        outbox.trim(1)
    assert store.outbox_bytes() == 5


def test_entries_of_an_earlier_release_are_read(realm: Realm) -> None:
    realm.redis.xadd(realm.keys.outbox, {"events": b"trade k {}", "written": 10}, id="1-0")
    realm.redis.set(realm.keys.seq, 1)
    commit(realm.services.store, writes(player(1)), writes(player(2)))
    assert [(record.seq, record.value) for record in realm.records()] == [
        (seq, b'{"seq":%d,}' % seq) for seq in (1, 2, 3)
    ]


def test_entries_of_an_earlier_release_are_trimmed_and_then_counted_no_more(realm: Realm) -> None:
    realm.redis.xadd(realm.keys.outbox, {"events": b"trade k {}"}, id="1-0")
    realm.redis.xadd(realm.keys.outbox, {"events": b"trade k {}"}, id="2-0")
    realm.redis.set(realm.keys.seq, 2)
    store = realm.services.store
    commit(store, writes(player(1), lines=bytes(7)))
    with closing(build_outbox(realm.settings)) as outbox:
        outbox.trim(1)
        assert store.outbox_bytes() == 7
        outbox.trim(2)
    assert store.outbox_bytes() == 7
