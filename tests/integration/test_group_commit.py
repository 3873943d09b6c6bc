"""Requests that are carried out in one round end as if each had been alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from src.bootstrap import new_id, now
from src.events.record import Recorder
from src.services.answers import Asked, Told
from src.services.errors import KeyReused, NotChecked, OutboxIsFull, StoreSilent
from src.services.group_commit import Again, GroupCommit, Request
from src.services.ledger import Limits
from src.services.orders import TradeOrder
from src.services.ports import Commit, PlayerStore
from tests.support.faults import FaultyStore, dies_after_committing, faulty_store
from tests.support.loops import AtOnce
from tests.support.realm import Realm, gives, swap

LIMITS = Limits(attempts_max=4, commit_trades=2, answer_ttl_s=3_600)
KEYED = Asked("request", "holder", "key", "print")


@pytest.fixture
def store(realm: Realm) -> Iterator[FaultyStore]:
    with closing(faulty_store(realm)) as found:
        yield found


@pytest.fixture
def players(realm: Realm) -> list[int]:
    """Four farmers with 500 coins each."""
    return [realm.create("farmer") for _ in range(4)]


def group_commit_on(realm: Realm, store: PlayerStore) -> GroupCommit:
    """Return the group commit of a realm on another store."""
    return GroupCommit(
        AtOnce(store),
        Recorder(realm.services.catalogue, new_id),
        realm=realm.settings.realm,
        clock=now,
        limits=LIMITS,
    )


class Rounds:
    """Carries out rounds on a realm through a store that can be made to fail."""

    def __init__(self, realm: Realm, store: FaultyStore) -> None:
        self.realm = realm
        self.commits: list[Commit] = []
        self.store = store
        store.before = self._seen
        self._rounds = group_commit_on(realm, store)

    def _seen(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        self.commits = list(commits)
        return commits

    def let_be_outrun(self, order: TradeOrder, asked: Asked) -> None:
        """Let another server settle a trade between each reading and its commits."""

        def before(commits: Sequence[Commit]) -> Sequence[Commit]:
            self.realm.services.trades.trade(order, asked)
            return commits

        self.store.before = before

    def carry_out(self, *asked_for: tuple[TradeOrder, Asked]) -> list[object]:
        """Carry out a round; of what was told, the status or the kind of error."""
        requests = [self.realm.services.trades.request(*each) for each in asked_for]
        return [ended(told) for told in self.told(requests)]

    def told(self, requests: Sequence[Request]) -> list[object]:
        """Carry out a round and return all that is told."""
        return list(asyncio.run(self._rounds.carry_out(requests)))


def ended(told: object) -> object:
    if isinstance(told, Told):
        return told.outcome.reason or told.outcome.status
    return told if isinstance(told, Again) else type(told)


def pays(
    giver: int, receiver: int, gold: int, asked: Asked | None = None
) -> tuple[TradeOrder, Asked]:
    return swap(gives(giver, gold), gives(receiver)), asked or Asked(f"{giver} to {receiver}")


@pytest.fixture
def rounds(realm: Realm, store: FaultyStore) -> Rounds:
    return Rounds(realm, store)


def gold_of(realm: Realm, players: Sequence[int]) -> list[int]:
    books = realm.audit()
    return [books.gold(player) for player in players]


def test_requests_that_share_no_player_share_a_commit(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players
    assert rounds.carry_out(pays(one, two, 5), pays(three, four, 7)) == ["settled"] * 2
    assert len(rounds.commits) == 1
    assert gold_of(realm, players) == [495, 505, 493, 507]
    # Each event names the request that it comes from, its player's last one included.
    asked = {e["event_id"]: e["request_id"] for e in realm.events()[-6:]}
    assert sorted(asked.values()) == ["1 to 2"] * 3 + ["3 to 4"] * 3


def test_requests_of_one_player_each_get_a_version_of_their_own(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, *_ = players
    told = rounds.told([realm.services.trades.request(*pays(one, two, 200)) for _ in range(2)])
    seen = [
        [(p.version, p.gold) for p in each.outcome.players]
        for each in told
        if isinstance(each, Told)
    ]
    assert seen == [[(2, 300), (2, 700)], [(3, 100), (3, 900)]]
    assert len(rounds.commits) == 1
    assert gold_of(realm, players[:2]) == [100, 900]


def test_what_is_received_can_be_given_on_in_the_same_round(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, _ = players
    assert rounds.carry_out(pays(one, two, 500), pays(two, three, 900)) == ["settled"] * 2
    assert gold_of(realm, players) == [0, 100, 1_400, 500]


def test_a_refusal_can_rest_on_what_the_same_round_settles(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, _ = players
    ends = rounds.carry_out(pays(one, two, 500), pays(one, three, 500), pays(three, one, 1))
    assert ends == ["settled", "insufficient_gold", "settled"]
    assert gold_of(realm, players[:3]) == [1, 1_000, 499]


def test_who_loses_a_race_loses_it_with_all_of_its_commit_and_nobody_else(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players
    others = [realm.create("farmer") for _ in range(4)]

    rounds.let_be_outrun(*pays(one, four, 100))
    first = pays(one, two, 450), pays(two, three, 900)
    rest = pays(others[0], others[1], 3), pays(others[2], others[3], 3)
    assert rounds.carry_out(*first, *rest) == [Again.LOST] * 2 + ["settled"] * 2
    assert gold_of(realm, players) == [400, 500, 500, 600]
    # On the players as they are now, the first is refused, and so the second is too.
    rounds.store.before = lambda commits: commits
    assert rounds.carry_out(*first) == ["insufficient_gold"] * 2


def test_a_state_that_another_server_wrote_under_the_same_version_is_not_taken_for_ours(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players

    rounds.let_be_outrun(*pays(one, four, 100))
    # The first would leave version 2, as the other's trade does.
    assert rounds.carry_out(pays(one, two, 1), pays(one, three, 1)) == [Again.LOST] * 2
    assert gold_of(realm, players) == [400, 500, 500, 600]


def test_one_with_a_key_waits_for_a_round_in_which_its_players_are_free(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players
    keyed = pays(two, three, 1, KEYED)
    asked_for = pays(one, two, 1), keyed, pays(three, four, 1)
    # Who comes after it does not overtake it.
    assert rounds.carry_out(*asked_for) == ["settled", Again.WAITS, Again.WAITS]
    assert rounds.carry_out(*asked_for[1:]) == ["settled", Again.WAITS]
    assert rounds.carry_out(asked_for[2]) == ["settled"]
    assert gold_of(realm, players) == [499, 500, 500, 501]


def test_a_key_happens_once_in_a_round_and_after_it(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players
    once = pays(one, two, 10, KEYED)
    other_body = pays(one, two, 11, replace(KEYED, fingerprint="another print"))
    assert rounds.carry_out(once, once, other_body) == ["settled", Again.WAITS, Again.WAITS]
    assert rounds.carry_out(other_body) == [KeyReused]
    elsewhere = pays(three, four, 10, replace(KEYED, fingerprint="another print"))
    assert rounds.carry_out(once, elsewhere) == ["settled", KeyReused]
    (again,) = rounds.told([realm.services.trades.request(*once)])
    assert isinstance(again, Told)
    assert again.replayed
    assert gold_of(realm, players[:2]) == [490, 510]


def test_a_store_that_dies_is_told_to_each(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players
    asked_for = pays(one, two, 1, KEYED), pays(three, four, 1)
    rounds.store.after = dies_after_committing
    assert rounds.carry_out(*asked_for) == [StoreSilent] * 2
    rounds.store.after = lambda _commits: None
    # Whoever had a key learns that it was done.
    assert rounds.carry_out(asked_for[0]) == ["settled"]
    assert gold_of(realm, players) == [499, 501, 499, 501]


def test_a_realm_that_takes_nothing_says_so_to_each(
    realm: Realm, rounds: Rounds, players: list[int]
) -> None:
    one, two, three, four = players
    before = realm.dump()
    realm.redis.delete(realm.keys.checked_run_id)
    asked_for = pays(one, two, 1), pays(three, four, 1)
    assert rounds.carry_out(*asked_for) == [NotChecked] * 2
    realm.open()
    assert realm.dump() == before


def test_a_full_outbox_says_so_to_each(realm: Realm, players: list[int]) -> None:
    tight = replace(realm.settings, outbox_entries_max=len(players))
    with closing(faulty_store(Realm(tight, realm.redis))) as store:
        rounds = Rounds(realm, store)
        asked_for = pays(players[0], players[1], 1), pays(players[2], players[3], 1)
        assert rounds.carry_out(*asked_for) == [OutboxIsFull] * 2
    assert gold_of(realm, players) == [500] * 4


#: The places of who gives and who receives, and the coins.
Drawn = tuple[int, int, int]
TRADES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 700)), min_size=1, max_size=12
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(trades=TRADES)
def test_a_round_ends_as_the_same_requests_one_by_one(realm: Realm, trades: list[Drawn]) -> None:
    in_rounds = [realm.create("farmer") for _ in range(4)]
    one_by_one = [realm.create("farmer") for _ in range(4)]
    services = realm.services
    group_commit = group_commit_on(realm, services.store)
    requests = [services.trades.request(*drawn_of(in_rounds, each)) for each in trades]
    ends = [ended(each) for each in asyncio.run(group_commit.carry_out(requests))]
    assert ends == [ended(services.trades.trade(*drawn_of(one_by_one, each))) for each in trades]
    books = realm.audit()
    assert [books.gold(p) for p in in_rounds] == [books.gold(p) for p in one_by_one]


def drawn_of(players: Sequence[int], drawn: Drawn) -> tuple[TradeOrder, Asked]:
    giver, receiver, gold = drawn
    return pays(players[giver], players[receiver], gold)
