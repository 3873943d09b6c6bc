"""The checker of a chaos run: clean on the product, and loud on builds that break a promise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import pytest

import src.bootstrap
from src.chaos.findings import Findings
from src.config import Settings
from src.event_log.log import LogError
from src.events.outbox_entry import Record
from src.player_store.store import RedisPlayerStore
from src.services.ports import Commit
from tests.support.broken_builds import (
    DiesAfterPublishing,
    OutboxOutsideTheCommit,
    PositionOutsideTheTransaction,
    store_on,
)
from tests.support.chaos import PLAYERS, play, verdict
from tests.support.faults import dies_after_committing, faulty_store
from tests.support.landing_by_hand import Rows, land, land_rows, rows_of
from tests.support.realm import Realm
from tests.support.relays import TOPICS, committed, drained, relay_of


@pytest.fixture
def findings() -> Findings:
    return Findings()


def counts(findings: Findings) -> tuple[int, int, int]:
    return findings.count("lost"), findings.count("duplicated"), findings.count("differs")


@pytest.mark.usefixtures("realm")
def test_the_product_is_found_clean(settings: Settings, findings: Findings) -> None:
    load = play(settings, findings)
    land(settings)
    verdict(settings, load, findings)
    assert findings.told == []


Falsify = Callable[[Rows], None]


def lose_a_trade(rows: Rows) -> None:
    rows["trade"].pop()


def double_a_trade(rows: Rows) -> None:
    rows["trade"].append(dict(rows["trade"][-1]))


def lose_a_starter_inventory(rows: Rows) -> None:
    rows["trade"].pop(0)


def double_a_state(rows: Rows) -> None:
    rows["player_state"].append(dict(rows["player_state"][-1]))


def tell_another_outcome(rows: Rows) -> None:
    rows["trade"][-1]["reason"] = "another"


def carry_out_one_more(rows: Rows) -> None:
    rows["trade"].append({**rows["trade"][-1], "trade_id": "told to nobody"})


def add_a_coin_to_a_state(rows: Rows) -> None:
    rows["player_state"][-1]["gold"] += 1


def make_a_state_that_nobody_was_told_of(rows: Rows) -> None:
    rows["player_state"].append({**rows["player_state"][-1], "version": 999})


@pytest.mark.usefixtures("realm")
@pytest.mark.parametrize(
    ("falsify", "expected", "told"),
    [
        (lose_a_trade, "lost", "did not land"),
        (double_a_trade, "duplicated", "landed 2 times"),
        (lose_a_starter_inventory, "lost", "the starter inventory of player 1 did not land"),
        (double_a_state, "duplicated", "landed 2 times"),
        (tell_another_outcome, "differs", "'another'"),
        (carry_out_one_more, "duplicated", "trade told to nobody"),
        (add_a_coin_to_a_state, "differs", "told was"),
        (make_a_state_that_nobody_was_told_of, "duplicated", "version 999"),
    ],
)
def test_a_falsified_table_is_told_by_its_kind(
    settings: Settings, findings: Findings, falsify: Falsify, expected: str, told: str
) -> None:
    load = play(settings, findings)

    def keeping_the_count(rows: Rows) -> None:
        # Landing is waited for by the count of numbers: a lost row's number stays, as another's.
        lost = {row["seq"] for table in ("trade", "player_state") for row in rows[table]}
        falsify(rows)
        lost -= {row["seq"] for table in ("trade", "player_state") for row in rows[table]}
        rows["player_state"] += [
            {**rows["player_state"][0], "player_id": 999, "seq": seq} for seq in sorted(lost)
        ]

    land(settings, keeping_the_count)
    verdict(settings, load, findings)
    assert any(each.startswith(expected) and told in each for each in findings.told), findings.told


def with_store(monkeypatch: pytest.MonkeyPatch, store: RedisPlayerStore) -> None:
    """Let the API that is built next work on this store."""
    monkeypatch.setattr(src.bootstrap, "build_store", lambda _settings: store)


def test_an_outbox_outside_the_commit_loses_a_trade_and_is_found(
    settings: Settings, realm: Realm, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_on(realm, OutboxOutsideTheCommit)
    assert isinstance(store, OutboxOutsideTheCommit)
    store.dies_at = PLAYERS + 20
    with monkeypatch.context() as patched:
        with_store(patched, store)
        load = play(settings, findings)
    # Everybody was answered: the loss shows in no answer, only in what does not land.
    assert findings.told == []
    land(settings)
    verdict(settings, load, findings)
    lost = [told for told in findings.told if told.startswith("lost: trade ")]
    assert len(lost) == 1
    assert findings.count("differs") > 0, "reconcile sees it too"


def test_the_same_death_loses_nothing_when_the_outbox_is_in_the_commit(
    settings: Settings, realm: Realm, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, commits = faulty_store(realm), count(1)

    def dies_once(made: Sequence[Commit]) -> None:
        if next(commits) == PLAYERS + 20:
            dies_after_committing(made)

    store.after = dies_once
    with monkeypatch.context() as patched:
        with_store(patched, store)
        load = play(settings, findings)
    assert load.tally.retries == load.tally.replayed == 1
    land(settings)
    verdict(settings, load, findings)
    assert findings.told == []


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("log_kind", "is_clean"), [(DiesAfterPublishing, True), (PositionOutsideTheTransaction, False)]
)
def test_a_relay_position_outside_the_transaction_doubles_events_and_is_found(
    logged_realm: Realm, findings: Findings, log_kind: type[DiesAfterPublishing], *, is_clean: bool
) -> None:
    settings = logged_realm.settings
    load = play(settings, findings)
    log = log_kind(settings.kafka_bootstrap, settings.realm)
    with relay_of(settings, log=log, entries_max=10) as relay:
        position = relay.step(relay.start())
        log.dies = True
        with pytest.raises(LogError):
            relay.step(position)
    with relay_of(settings) as relay:
        drained(relay, relay.start())
    land_rows(settings, rows_of(logged_records(settings)))
    verdict(settings, load, findings)
    lost, duplicated, differs = counts(findings)
    assert lost == 0
    assert (duplicated == 0, differs == 0) == (is_clean, is_clean)
    assert is_clean or any("landed 2 times" in told for told in findings.told)


def logged_records(settings: Settings) -> list[Record]:
    """Return a realm's records in the log, as a read_committed reader sees them."""
    return [
        record
        for topic in TOPICS
        for records in committed(settings.kafka_bootstrap, topic)
        for record in records
        if record.value and f'"realm":"{settings.realm}"'.encode() in record.value
    ]
