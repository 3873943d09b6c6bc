"""The way back out of the quarantine: what became an event goes into the log again, once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import (
    BinaryType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)
from pyspark.sql import SparkSession

from src.bootstrap import now
from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine
from src.event_log.kafka_replay_log import KafkaReplayLog
from src.event_log.log import LogError
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.quarantine.replay import Judge, Replayer
from src.quarantine.replays import Replay
from src.quarantine.rows import Place, quarantined
from src.quarantine.ward import FITS, NotInQuarantine, Ward
from tests.support.economy import make_tables
from tests.support.events import player_state, trade
from tests.support.iceberg_files import FolderCatalog, append, end_writers
from tests.support.landing import NEXT_SEQ, land_all, landed_seqs, rows
from tests.support.relays import committed
from tests.support.unfit_records import record, without

pytestmark = pytest.mark.kafka

RECEIVED_AT = datetime(2026, 3, 1, 12, 0, 0)  # noqa: DTZ001 - the tables hold UTC without a zone

_COLUMNS: dict[str, IcebergType] = {
    "topic": StringType(),
    "partition": IntegerType(),
    "offset": LongType(),
    "received_at": TimestampType(),
    "reason": StringType(),
    "raw_value": BinaryType(),
}


class Hospital:
    """A realm of a test's own: its tables, its places in the log, and records in quarantine."""

    def __init__(self, warehouse: Path, bootstrap: str) -> None:
        self.warehouse = warehouse
        self.bootstrap = bootstrap
        self.realm = f"t{secrets.token_hex(6)}"
        self.tables: dict[str, Table] = make_tables(warehouse)
        columns = [NestedField(i, n, kind) for i, (n, kind) in enumerate(_COLUMNS.items(), 1)]
        self.tables["quarantine"] = FolderCatalog(warehouse).make("quarantine", Schema(*columns))
        # No other test's record was read there.
        self._offset = secrets.randbelow(2**50)

    def event(self, seq: int, **changes: Any) -> bytes:
        return record(trade(seq), realm=self.realm, **changes)

    def admit(
        self, value: bytes | None, reason: str = "not_json", topic: str = TOPIC_TRADE
    ) -> Place:
        """Put a record into quarantine."""
        self._offset += 1
        place = Place(topic, 0, self._offset)
        self.put(place, value, reason)
        return place

    def put(self, place: Place, value: bytes | None, reason: str) -> None:
        row = {**place._asdict(), "received_at": RECEIVED_AT, "reason": reason, "raw_value": value}
        append(self.tables["quarantine"], [row])
        end_writers()

    def land(self, seq: int) -> None:
        """Let an event land, as far as its number tells."""
        append(self.tables["trade"], [{"seq": seq, "realm": self.realm}])
        end_writers()

    def log(self) -> KafkaReplayLog:
        return KafkaReplayLog(self.bootstrap, self.realm)

    def replay(self, *places: Place, mended: dict[Place, bytes] | None = None) -> list[Replay]:
        """Replay records, or all of them, as a new process would."""
        told: list[Replay] = []
        with closing(self.log()) as log, self.engine() as engine:
            chosen = [each for each in quarantined(engine) if not places or each.place in places]
            Replayer(log, engine, Judge(self.realm), now).replay(chosen, told.append, mended)
        return told

    def engine(self) -> DuckDbEngine:
        return DuckDbEngine(self.warehouse, self.warehouse / "spill")

    def sent(self, topic: str = TOPIC_TRADE) -> list[tuple[bytes, bytes]]:
        """Return the key and value of every committed record of this realm."""
        # Other tests send what has no value to the same topics.
        return [
            (r.key, r.value)
            for records in committed(self.bootstrap, topic)
            for r in records
            if r.value and self.realm.encode() in r.value
        ]


@pytest.fixture
def hospital(tmp_path: Path, event_topics: str) -> Iterator[Hospital]:
    yield Hospital(tmp_path / "warehouse", event_topics)
    end_writers()


def test_a_record_that_fits_by_now_goes_in_again_as_it_was(hospital: Hospital) -> None:
    place = hospital.admit(hospital.event(5), "unknown_word: status")

    (told,) = hospital.replay()

    assert (told.place, told.outcome, told.seq) == (str(place), "replayed", 5)
    assert hospital.sent() == [(b"trade-5", hospital.event(5))]


def test_a_state_goes_in_under_its_player(hospital: Hospital) -> None:
    state = record(player_state(6, player_id=44), realm=hospital.realm)
    hospital.admit(state, topic=TOPIC_PLAYER_STATE)

    hospital.replay()

    assert hospital.sent(TOPIC_PLAYER_STATE) == [(b"44", state)]


def test_replaying_again_sends_nothing_again(hospital: Hospital) -> None:
    hospital.admit(hospital.event(5))
    hospital.replay()

    assert hospital.replay() == []
    assert len(hospital.sent()) == 1


def test_what_still_does_not_fit_is_kept_with_its_reason_of_today(hospital: Hospital) -> None:
    missing = without(json.loads(hospital.event(5)), "trade_id")
    place = hospital.admit(missing, "wrong_type: trade_id")

    (told,) = hospital.replay()

    assert (told.outcome, told.reason_now) == ("kept", "missing_field: trade_id")
    assert hospital.sent() == []
    with closing(hospital.log()) as log, hospital.engine() as engine:
        shown = Ward(engine, log, Judge(hospital.realm)).shown(place)
    assert shown.reason == "wrong_type: trade_id"
    assert shown.raw_text == missing.decode()
    assert shown.replayed == told


def test_what_was_kept_can_be_mended(hospital: Hospital) -> None:
    place = hospital.admit(b"{", "not_json")
    assert hospital.replay()[0].outcome == "kept"

    (told,) = hospital.replay(place, mended={place: hospital.event(5)})

    assert (told.outcome, told.mended) == ("replayed", True)
    assert hospital.sent() == [(b"trade-5", hospital.event(5))]
    assert hospital.replay() == []


@pytest.mark.parametrize("mended", [b"{", b""])
def test_what_was_mended_badly_is_kept(hospital: Hospital, mended: bytes) -> None:
    place = hospital.admit(hospital.event(5), "unknown_word: status")
    (told,) = hospital.replay(place, mended={place: mended})
    assert (told.outcome, told.reason_now) == ("kept", "not_json")
    assert hospital.sent() == []


def test_an_event_that_has_landed_does_not_go_in_again(hospital: Hospital) -> None:
    hospital.admit(hospital.event(5))
    hospital.land(5)
    assert [told.reason_now for told in hospital.replay()] == ["already_landed: seq"]
    assert hospital.sent() == []


def test_an_event_that_stands_twice_in_quarantine_goes_in_once(hospital: Hospital) -> None:
    first, second = (hospital.admit(hospital.event(5)) for _ in range(2))
    told = {each.place: each.reason_now for each in hospital.replay()}
    assert told == {str(first): None, str(second): "already_replayed: seq"}
    # Nor later, as long as the first one may still land.
    assert [each.reason_now for each in hospital.replay()] == ["already_replayed: seq"]
    assert len(hospital.sent()) == 1


def test_a_record_that_came_back_into_quarantine_can_be_replayed_again(hospital: Hospital) -> None:
    hospital.admit(hospital.event(5))
    (told,) = hospital.replay()
    assert told.replayed_as is not None
    # What lands is an earlier version, which does not know it.
    hospital.put(Place.parse(told.replayed_as), hospital.event(5), "unknown_word: status")

    (again,) = hospital.replay()

    assert (again.place, again.outcome) == (told.replayed_as, "replayed")
    assert len(hospital.sent()) == 2


def test_an_event_of_another_realm_is_kept(hospital: Hospital) -> None:
    hospital.admit(record(trade(5), realm="elsewhere"))
    assert [told.reason_now for told in hospital.replay()] == ["other_realm: realm"]


def test_a_tombstone_is_kept(hospital: Hospital) -> None:
    hospital.admit(None, "tombstone")
    assert [told.reason_now for told in hospital.replay()] == ["tombstone"]


def test_a_replay_that_died_before_its_commit_has_sent_nothing(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.admit(hospital.event(5))

    def die(_self: KafkaProducer) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(KafkaProducer, "commit_transaction", die)
        with pytest.raises(KeyboardInterrupt):
            hospital.replay()

    (told,) = hospital.replay()
    assert told.outcome == "replayed"
    assert len(hospital.sent()) == 1


def test_a_replay_that_died_after_its_commit_has_sent_all(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.admit(hospital.event(5))
    commit = KafkaProducer.commit_transaction

    def die_then(self: KafkaProducer) -> None:
        commit(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(KafkaProducer, "commit_transaction", die_then)
        with pytest.raises(KeyboardInterrupt):
            hospital.replay()

    assert hospital.replay() == []
    assert len(hospital.sent()) == 1


def test_a_replay_that_another_one_overtook_sends_nothing(hospital: Hospital) -> None:
    hospital.admit(hospital.event(5))
    told: list[Replay] = []

    def overtaken(engine: DuckDbEngine) -> Iterator[Any]:
        for each in quarantined(engine):
            hospital.replay()
            yield each

    with closing(hospital.log()) as log, hospital.engine() as engine:
        slow = Replayer(log, engine, Judge(hospital.realm), now)
        with pytest.raises(LogError):
            slow.replay(overtaken(engine), told.append)
    assert told == []
    assert len(hospital.sent()) == 1


def test_many_records_are_replayed_over_several_transactions(hospital: Hospital) -> None:
    places = [Place(TOPIC_TRADE, 1, 2**51 + secrets.randbelow(2**50) + n) for n in range(230)]
    append(
        hospital.tables["quarantine"],
        [
            {
                **place._asdict(),
                "received_at": RECEIVED_AT,
                "reason": "not_json",
                "raw_value": hospital.event(seq),
            }
            for seq, place in enumerate(places, 1)
        ],
    )
    assert len(hospital.replay()) == 230
    assert sorted(json.loads(value)["seq"] for _, value in hospital.sent()) == list(range(1, 231))


def test_the_list_counts_by_reason_and_pages(hospital: Hospital) -> None:
    fits = hospital.admit(hospital.event(5), "unknown_word: status")
    broken = [hospital.admit(b"{", "not_json") for _ in range(3)]
    other = hospital.admit(b"[]", "not_an_object", topic=TOPIC_PLAYER_STATE)
    hospital.replay(fits)
    with closing(hospital.log()) as log, hospital.engine() as engine:
        ward = Ward(engine, log, Judge(hospital.realm))
        first = ward.listing(limit=2)
        second = ward.listing(limit=2, after=Place.parse(first.next_cursor or ""))
        everything = ward.listing(limit=10, with_replayed=True)
        of_reason = ward.listing(limit=10, reason="unknown_word", with_replayed=True)
        of_topic = ward.listing(limit=10, topic=TOPIC_PLAYER_STATE)
        with pytest.raises(NotInQuarantine):
            ward.shown(Place(TOPIC_TRADE, 0, 1))
    counted = {(c.topic, c.reason): (c.records, c.open) for c in first.counts}
    assert counted == {
        ("trade", "unknown_word: status"): (1, 0),
        ("trade", "not_json"): (3, 3),
        ("player_state", "not_an_object"): (1, 1),
    }
    assert [each.place for each in first.records + second.records] == [
        str(place) for place in (other, *broken)
    ]
    assert second.next_cursor is None
    assert [each.place for each in everything.records] == [
        str(place) for place in (other, fits, *broken)
    ]
    assert [(each.place, each.reason_now) for each in of_reason.records] == [(str(fits), FITS)]
    assert [each.place for each in of_topic.records] == [str(other)]


class TestThroughLanding:
    """The same with what really lands."""

    pytestmark = [  # noqa: RUF012 - pytest's own form
        pytest.mark.spark,
        pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    ]

    @pytest.fixture(autouse=True)
    def leak_detector(self) -> None:
        """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""

    def test_a_mended_record_lands_once_and_its_history_stays(
        self,
        spark: SparkSession,
        landing_settings: Settings,
        job_settings: Settings,
        producer: KafkaProducer,
    ) -> None:
        seq = next(NEXT_SEQ)
        good, bad = record(trade(seq)), record(trade(seq), status="maybe")
        came = producer.send(TOPIC_TRADE, bad, partition=0).get(timeout=30)
        land_all(spark, job_settings)
        assert landed_seqs(spark, "trade", [seq]) == []
        place = Place(TOPIC_TRADE, 0, came.offset)

        for _ in range(2):
            told = self.replay(landing_settings, {place: good})
            land_all(spark, job_settings)

        assert told == []
        assert landed_seqs(spark, "trade", [seq]) == [seq]
        assert landed_seqs(spark, "trade_leg", [seq]) == [seq, seq]
        (kept,) = rows(spark, "quarantine", f"topic = 'trade' and offset = {came.offset}")
        assert (kept["reason"], bytes(kept["raw_value"])) == ("unknown_word: status", bad)

    def replay(self, settings: Settings, mended: dict[Place, bytes]) -> list[Replay]:
        told: list[Replay] = []
        warehouse = Path(settings.warehouse)
        with (
            closing(KafkaReplayLog(settings.kafka_bootstrap, settings.realm)) as log,
            DuckDbEngine(warehouse, warehouse / "spill") as engine,
        ):
            chosen = [each for each in quarantined(engine) if each.place in mended]
            Replayer(log, engine, Judge(settings.realm), now).replay(chosen, told.append, mended)
        return told


def test_the_time_of_a_replay_is_utc(hospital: Hospital) -> None:
    hospital.admit(b"{")
    (told,) = hospital.replay()
    assert told.replayed_at.tzinfo == UTC
