"""The same key happens once; batches commit in parts that share no player."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from msgspec.structs import replace

from src.services.answers import Asked, Told
from src.services.errors import Busy, KeyReused, NotAccepting, StoreSilent
from src.services.ledger import Limits
from src.services.orders import BatchOrder, FoundGuildOrder, PlayerOrder, TradeOrder
from src.services.ports import Commit
from tests.support.faults import (
    FaultyStore,
    dies_after_committing,
    dies_after_the_first,
    faulty_store,
    trades_on,
)
from tests.support.realm import Realm, gives, swap

#: Two trades a commit, so that four trades of eight players are two parts.
LIMITS = Limits(attempts_max=4, commit_trades=2, answer_ttl_s=3_600)
ASKED = Asked("request", "holder", "key", "print")
OTHER_BODY = replace(ASKED, fingerprint="another print")


@pytest.fixture
def store(realm: Realm) -> Iterator[FaultyStore]:
    with closing(faulty_store(realm)) as found:
        yield found


@pytest.fixture
def players(realm: Realm) -> list[int]:
    return [realm.create("farmer") for _ in range(8)]


def pays(giver: int, receiver: int, gold: int = 1) -> TradeOrder:
    return swap(gives(giver, gold), gives(receiver))


def in_pairs(players: Sequence[int]) -> BatchOrder:
    """Return four trades that share no player."""
    return BatchOrder(tuple(pays(players[i], players[i + 1], 5) for i in range(0, 8, 2)))


def trade_ids(told: Sequence[Told | Busy | NotAccepting]) -> list[str]:
    assert all(isinstance(each, Told) for each in told)
    return [each.outcome.trade_id for each in told if isinstance(each, Told)]


def replayed(told: Sequence[Told | Busy | NotAccepting]) -> list[bool]:
    return [each.replayed for each in told if isinstance(each, Told)]


def gold_of(realm: Realm, players: Sequence[int]) -> list[int]:
    books = realm.audit()
    return [books.gold(player) for player in players]


def test_a_commit_whose_answer_was_lost_is_told_when_it_is_sent_again(
    realm: Realm, store: FaultyStore, players: list[int]
) -> None:
    trades = trades_on(realm, store, LIMITS)
    store.after = dies_after_committing
    with pytest.raises(StoreSilent):
        trades.trade(pays(1, 2, 5), ASKED)
    store.after = lambda _commits: None
    again = trades.trade(pays(1, 2, 5), ASKED)
    assert again.replayed
    assert gold_of(realm, players[:2]) == [495, 505]
    assert again.outcome.trade_id == realm.events()[-3]["trade_id"]


def test_a_batch_repeated_by_its_key_replays_each_part(
    realm: Realm, store: FaultyStore, players: list[int]
) -> None:
    trades = trades_on(realm, store, LIMITS)
    first = trades.batch(in_pairs(players), ASKED)
    after_first = realm.dump()
    again = trades.batch(in_pairs(players), ASKED)
    assert trade_ids(again) == trade_ids(first)
    assert replayed(first) == [False] * 4
    assert replayed(again) == [True] * 4
    assert realm.dump().keys() == after_first.keys()
    assert gold_of(realm, players) == [495, 505] * 4


def test_a_batch_whose_client_died_midway_happens_once_when_it_is_sent_again(
    realm: Realm, store: FaultyStore, players: list[int]
) -> None:
    trades = trades_on(realm, store, LIMITS)
    store.before = dies_after_the_first(store)
    with pytest.raises(StoreSilent):
        trades.batch(in_pairs(players), ASKED)
    assert gold_of(realm, players) == [495, 505] * 2 + [500] * 4
    store.before, store.after = (lambda commits: commits), (lambda _commits: None)
    again = trades.batch(in_pairs(players), ASKED)
    assert replayed(again) == [True, True, False, False]
    assert gold_of(realm, players) == [495, 505] * 4


@pytest.mark.parametrize("batched_first", [True, False])
def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    realm: Realm,
    store: FaultyStore,
    players: list[int],
    batched_first: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    trades = trades_on(realm, store, LIMITS)
    if batched_first:
        trades.batch(in_pairs(players), ASKED)
    else:
        trades.trade(pays(1, 2), ASKED)
    before = realm.dump()
    with pytest.raises(KeyReused):
        trades.batch(in_pairs(players), OTHER_BODY)
    with pytest.raises(KeyReused):
        trades.trade(pays(1, 2), OTHER_BODY)
    with pytest.raises(KeyReused):
        realm.services.players.create(PlayerOrder(), OTHER_BODY)
    with pytest.raises(KeyReused):
        realm.services.guilds.found(FoundGuildOrder("Night Watch"), OTHER_BODY)
    before.pop(realm.keys.player_ids.encode())
    after = realm.dump()
    after.pop(realm.keys.player_ids.encode())
    assert after == before


@pytest.mark.parametrize("part", ["key:0", "key:1", "key/1"])
def test_a_key_cannot_be_that_of_another_batchs_part(
    realm: Realm, store: FaultyStore, players: list[int], part: str
) -> None:
    trades = trades_on(realm, store, LIMITS)
    trades.trade(pays(1, 2, 100), replace(OTHER_BODY, key=part))
    told = trades.batch(in_pairs(players), ASKED)
    assert replayed(told) == [False] * 4
    assert gold_of(realm, players)[2:] == [495, 505] * 3


@pytest.mark.parametrize(("first", "then"), [(2, 1), (2, 4), (4, 2), (1, 2)])
def test_a_batch_sent_again_after_the_parts_were_resized_does_not_happen_twice(
    realm: Realm, store: FaultyStore, players: list[int], first: int, then: int
) -> None:
    trades_on(realm, store, replace(LIMITS, commit_trades=first)).batch(in_pairs(players), ASKED)
    resized = trades_on(realm, store, replace(LIMITS, commit_trades=then))
    with pytest.raises(KeyReused):
        resized.batch(in_pairs(players), ASKED)
    assert gold_of(realm, players) == [495, 505] * 4


def test_the_same_key_of_another_holder_is_another_key(
    realm: Realm, store: FaultyStore, players: list[int]
) -> None:
    trades = trades_on(realm, store, LIMITS)
    trades.trade(pays(1, 2), ASKED)
    assert not trades.trade(pays(1, 2), replace(OTHER_BODY, scope="another holder")).replayed
    assert gold_of(realm, players[:2]) == [498, 502]


def test_trades_of_one_player_keep_their_order_within_a_batch(realm: Realm) -> None:
    poor, two, three = (realm.create("farmer") for _ in range(3))
    realm.services.trades.trade(pays(poor, two, 500), Asked())
    told = realm.services.trades.batch(
        BatchOrder(
            (
                pays(poor, three, 1),  # it has nothing yet
                pays(two, poor, 10),
                pays(poor, three, 10),  # now it has
                pays(poor, three, 1),  # and now no more
            )
        ),
        Asked(),
    )
    statuses = [each.outcome.status for each in told if isinstance(each, Told)]
    assert statuses == ["rejected", "settled", "settled", "rejected"]
    # One commit, and yet each trade gives its players a state of their own.
    states = [e for e in realm.events()[-8:] if e["event_type"] == "player_state"]
    assert [(state["player_id"], state["version"]) for state in states] == [
        (2, 3),
        (1, 3),
        (1, 4),
        (3, 2),
    ]
    causes = [state["cause_trade_id"] for state in states]
    assert causes == [trade_ids(told)[number] for number in (1, 1, 2, 2)]
    realm.audit()


def raced_by(realm: Realm, player: int) -> FaultyStore:
    """Return a store where another trade of `player` is always a little faster."""
    store = faulty_store(realm)

    def before(commits: Sequence[Commit]) -> Sequence[Commit]:
        realm.services.trades.trade(pays(player, 8), Asked())
        return commits

    store.before = before
    return store


def test_only_the_part_that_meets_a_conflict_is_tried_again_and_then_busy(
    realm: Realm, players: list[int]
) -> None:
    with closing(raced_by(realm, players[0])) as store:
        trades = trades_on(realm, store, LIMITS)
        told = trades.batch(BatchOrder((pays(1, 2), pays(3, 4), pays(5, 6), pays(1, 3))), ASKED)
    # Parts of two: trades 1, 2 and 4 hang together, the third stands alone.
    assert [type(each) for each in told] == [Busy, Busy, Told, Busy]
    assert gold_of(realm, players) == [496, 500, 500, 500, 499, 501, 500, 504]


def test_a_trade_that_others_always_beat_is_busy_and_moves_nothing(
    realm: Realm, players: list[int]
) -> None:
    with closing(raced_by(realm, players[0])) as store:
        trades = trades_on(realm, store, LIMITS)
        with pytest.raises(Busy):
            trades.trade(pays(1, 2, 100), ASKED)
        # Each of the bounded attempts met one rival.
        assert gold_of(realm, players[:2]) == [500 - LIMITS.attempts_max, 500]
        store.before = lambda commits: commits
        # Busy is no answer to keep: the same key is tried anew.
        assert not trades.trade(pays(1, 2, 100), ASKED).replayed


def test_a_conflict_is_decided_again_on_the_fresh_states(
    realm: Realm, store: FaultyStore, players: list[int]
) -> None:
    def spends_all(commits: Sequence[Commit]) -> Sequence[Commit]:
        store.before = lambda commits: commits
        realm.services.trades.trade(pays(1, 8, 500), Asked())
        return commits

    store.before = spends_all
    told = trades_on(realm, store, LIMITS).trade(pays(1, 2, 1), ASKED)
    assert told.outcome.reason == "insufficient_gold"
    assert told.outcome.facts == {"player_id": players[0], "has": 0, "needs": 1}
    realm.audit()


def test_founding_again_by_the_same_key_is_told_the_same(realm: Realm) -> None:
    guilds, order = realm.services.guilds, FoundGuildOrder("Night Watch", 5)
    first = guilds.found(order, ASKED)
    guilds.join(realm.create(), "Night Watch", Asked())
    again = guilds.found(order, ASKED)
    assert replace(again, replayed=False) == first
    assert (first.replayed, again.replayed) == (False, True)


def test_a_new_player_asked_for_twice_is_one_player(realm: Realm) -> None:
    first = realm.services.players.create(PlayerOrder(username="Nansa"), ASKED)
    again = realm.services.players.create(PlayerOrder(username="Nansa"), ASKED)
    assert again.replayed
    assert again.outcome == first.outcome
    assert len(list(realm.services.store.all_players())) == 1
