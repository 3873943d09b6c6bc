"""Maintenance leaves few files and every row, and landing still knows how far it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.config import Settings, as_environment
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.stack.layout import ROOT
from src.streaming import expiry, maintenance_rounds
from src.streaming.expiry import expire, expire_repeated
from src.streaming.history import load_table, read_history, read_lineage
from src.streaming.landing import Landing
from src.streaming.maintenance import SORTED_BY, Upkeep, compact, maintain
from src.streaming.maintenance_requests import Unanswered, ask
from src.streaming.maintenance_rounds import Rounds
from src.streaming.tables import LandingTable, PositionsLost, full_name
from src.streaming.writers import is_landing, landing
from tests.support.events import player_state, trade
from tests.support.landing import NEXT_SEQ, TOPICS, Send, land_all, landed_seqs, rows

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

#: Long after everything that a test writes.
MUCH_LATER_MS = 4_000_000_000_000


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


@pytest.fixture
def small_batches(job_settings: Settings) -> Settings:
    """Return settings by which each batch takes a record or two, and writes them to a file."""
    return msgspec.structs.replace(job_settings, streaming_records_per_batch_max=2)


@pytest.fixture
def seqs(spark: SparkSession, small_batches: Settings, send: Send) -> list[int]:
    """Land trades and states in small files and return their numbers."""
    numbers = [next(NEXT_SEQ) for _ in range(12)]
    send(TOPIC_TRADE, [trade(seq) for seq in numbers])
    send(TOPIC_PLAYER_STATE, [player_state(seq, player_id=9) for seq in numbers])
    land_all(spark, small_batches)
    return numbers


def files_of(spark: SparkSession, table: str) -> int:
    return int(read_lineage(spark, table)[0].summary["total-data-files"])


def folder_of(settings: Settings, table: str) -> Path:
    return Path(settings.warehouse) / "guildhall" / table


def data_of(settings: Settings, table: str) -> set[Path]:
    return set((folder_of(settings, table) / "data").rglob("*.parquet"))


def manifest_lists_of(settings: Settings, table: str) -> set[Path]:
    return set((folder_of(settings, table) / "metadata").glob("snap-*.avro"))


def positions(spark: SparkSession) -> list[Any]:
    return [
        LandingTable(spark, table, topic).positions()
        for table, topic in (
            ("trade", TOPIC_TRADE),
            ("trade_leg", TOPIC_TRADE),
            ("player_state", TOPIC_PLAYER_STATE),
        )
    ]


def test_compaction_leaves_fewer_files_with_the_same_rows(
    spark: SparkSession, seqs: list[int]
) -> None:
    legs = sorted(rows(spark, "trade_leg", "true"))
    for table in ("trade", "trade_leg", "player_state"):
        before = files_of(spark, table)
        compacted, written = compact(spark, table)
        assert compacted - written == before - files_of(spark, table) > 0
    assert landed_seqs(spark, "trade", seqs) == seqs
    assert sorted(rows(spark, "trade_leg", "true")) == legs


def test_a_compacted_file_is_in_the_order_of_its_table(
    spark: SparkSession, seqs: list[int]
) -> None:
    compact(spark, "trade")
    by_file: dict[str, list[tuple[Any, ...]]] = {}
    order = SORTED_BY["trade"]
    for row in spark.table(full_name("trade")).selectExpr("_file", "_pos", *order).collect():
        by_file.setdefault(row["_file"], []).append((row["_pos"], *(row[name] for name in order)))
    largest = [key for _, *key in max(map(sorted, by_file.values()), key=len)]
    assert len(largest) >= len(seqs)
    assert largest == sorted(largest)


def test_landing_goes_on_where_it_was_when_only_compaction_came_since(
    spark: SparkSession, job_settings: Settings, seqs: list[int], send: Send
) -> None:
    before = positions(spark)
    for table in ("trade", "trade_leg", "player_state"):
        compact(spark, table)
        assert "guildhall.position.trade" not in read_lineage(spark, table)[0].summary
        assert expire(spark, table, kept_ms=0, now_ms=MUCH_LATER_MS) > 0
        # The compaction, and the landing before it, which alone tells how far the table is.
        assert len(read_lineage(spark, table)) == 2
    assert positions(spark) == before
    assert Landing(spark, TOPIC_TRADE).positions() == before[0]
    more = [next(NEXT_SEQ) for _ in range(3)]
    send(TOPIC_TRADE, [trade(seq) for seq in more])

    land_all(spark, job_settings)

    assert landed_seqs(spark, "trade", seqs + more) == seqs + more
    assert landed_seqs(spark, "player_state", seqs) == seqs


def test_snapshots_stay_as_long_as_they_were_promised(spark: SparkSession, seqs: list[int]) -> None:
    assert seqs
    before = read_lineage(spark, "trade")
    now_ms = before[0].timestamp_ms
    kept_ms = now_ms - before[2].timestamp_ms
    expire(spark, "trade", kept_ms=kept_ms, now_ms=now_ms)
    assert read_lineage(spark, "trade") == [s for s in before if s.timestamp_ms >= now_ms - kept_ms]


def land_nothing(spark: SparkSession, times: int) -> None:
    """Commit as landing does for batches that have nothing for the table."""
    table = LandingTable(spark, "trade", TOPIC_TRADE)
    for _ in range(times):
        table.append([], table.positions(), datetime.now(UTC))


def snapshots_of(spark: SparkSession, table: str) -> dict[int, int]:
    """Return the number of rows that each snapshot of a table says it has."""
    return {s.snapshot_id: s.rows_in_table for s in read_history(spark, table).every}


def number_of(spark: SparkSession, table: str) -> int:
    """Return the sequence number of a table's newest snapshot."""
    return int(load_table(spark, table).currentSnapshot().sequenceNumber())


def read_at(spark: SparkSession, table: str, snapshot_id: int) -> int:
    read = spark.read.option("versionAsOf", snapshot_id)
    return read.table(full_name(table)).where("seq > 0").count()


def test_repeated_snapshots_go_and_whatever_a_query_may_read_stays(
    spark: SparkSession,
    landing_settings: Settings,
    small_batches: Settings,
    seqs: list[int],
    send: Send,
) -> None:
    before_compaction = read_lineage(spark, "trade")[0].snapshot_id
    assert compact(spark, "trade")[0] > 0
    more = [next(NEXT_SEQ) for _ in range(6)]
    send(TOPIC_TRADE, [trade(seq) for seq in more])
    land_all(spark, small_batches)
    land_nothing(spark, 40)
    told, files = positions(spark), data_of(landing_settings, "trade")
    lists = manifest_lists_of(landing_settings, "trade")
    before = snapshots_of(spark, "trade")

    gone = expire_repeated(spark, "trade", MUCH_LATER_MS)

    after = snapshots_of(spark, "trade")
    assert gone == len(before) - len(after) >= 40
    # What compaction replaced is promised to its readers for longer.
    assert before_compaction in after
    assert {found: read_at(spark, "trade", found) for found in after} == after
    assert data_of(landing_settings, "trade") == files
    assert len(lists) - len(manifest_lists_of(landing_settings, "trade")) == gone
    assert positions(spark) == told
    assert Landing(spark, TOPIC_TRADE).positions() == told[0]

    expire(spark, "trade", kept_ms=0, now_ms=MUCH_LATER_MS)

    assert before_compaction not in snapshots_of(spark, "trade")
    assert data_of(landing_settings, "trade") < files
    assert landed_seqs(spark, "trade", seqs + more) == seqs + more


def test_a_few_repeated_snapshots_and_young_ones_stay(spark: SparkSession, seqs: list[int]) -> None:
    assert seqs
    expire(spark, "trade", kept_ms=0, now_ms=MUCH_LATER_MS)
    land_nothing(spark, 20)
    assert expire_repeated(spark, "trade", MUCH_LATER_MS) == 0
    land_nothing(spark, 20)
    assert expire_repeated(spark, "trade", read_lineage(spark, "trade")[0].timestamp_ms) == 0
    assert expire_repeated(spark, "trade", MUCH_LATER_MS) >= 40


def test_what_an_operator_has_tagged_stays(spark: SparkSession, seqs: list[int]) -> None:
    assert seqs
    tagged = read_lineage(spark, "trade")[2]
    load_table(spark, "trade").manageSnapshots().createTag("audit", tagged.snapshot_id).commit()
    land_nothing(spark, 40)
    try:
        assert expire_repeated(spark, "trade", MUCH_LATER_MS) >= 40
        expire(spark, "trade", kept_ms=0, now_ms=MUCH_LATER_MS)
        newest = read_lineage(spark, "trade")[0].snapshot_id
        assert snapshots_of(spark, "trade").keys() == {newest, tagged.snapshot_id}
        assert read_at(spark, "trade", tagged.snapshot_id) == tagged.rows_in_table
    finally:
        load_table(spark, "trade").manageSnapshots().removeTag("audit").commit()


def test_landing_commits_while_repeated_snapshots_go(spark: SparkSession, seqs: list[int]) -> None:
    before, number_before = files_of(spark, "trade"), number_of(spark, "trade")
    landing_thread = Thread(target=land_nothing, args=(spark, 150))
    landing_thread.start()
    gone = 0
    while landing_thread.is_alive():
        gone += expire_repeated(spark, "trade", MUCH_LATER_MS)
    landing_thread.join()
    assert gone >= 32
    # A commit that another one overwrote would have left its number to the next.
    assert number_of(spark, "trade") == number_before + 150
    assert read_lineage(spark, "trade")[0].summary["guildhall.position.trade"]
    assert files_of(spark, "trade") == before
    assert landed_seqs(spark, "trade", seqs) == seqs


def test_a_landing_process_lets_repeated_snapshots_go_without_being_asked(
    spark: SparkSession,
    landing_settings: Settings,
    seqs: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(maintenance_rounds, "_REPEATED_EVERY_S", 0.0)
    monkeypatch.setattr(expiry, "_REPEATED_KEPT_MS", 0)
    land_nothing(spark, 40)
    before = len(snapshots_of(spark, "trade"))
    settings = msgspec.structs.replace(landing_settings, maintenance_interval_s=0)
    rounds = Rounds(spark, settings, TOPICS)
    rounds.start()
    deadline = time.monotonic() + 60
    while len(snapshots_of(spark, "trade")) > before - 40:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    rounds.stop()
    assert landed_seqs(spark, "trade", seqs) == seqs


def test_a_table_whose_positions_something_else_expired_is_refused(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(datetime(2026, 3, 1),)], "occurred_at timestamp_ntz")  # noqa: DTZ001 - as the tables hold it
    table = frame.writeTo(full_name("positions_lost")).using("iceberg")
    table.partitionedBy(F.partitioning.days("occurred_at")).create()
    with pytest.raises(PositionsLost, match="Landing anew would double the rows"):
        LandingTable(spark, "positions_lost", TOPIC_TRADE).positions()
    spark.sql(f"drop table {full_name('positions_lost')}")


def test_an_unfit_record_of_one_topic_does_not_keep_the_snapshots_of_the_other(
    spark: SparkSession, small_batches: Settings, producer: KafkaProducer
) -> None:
    # A batch that has an event too tells of the event's time, which later ones do not.
    event = json.dumps(trade(next(NEXT_SEQ))).encode()
    for value in (event, b"unfit"):
        producer.send(TOPIC_TRADE, value, partition=0).get(timeout=30)
    land_all(spark, small_batches)
    assert any(
        "newest_occurred_at" in name for name in read_lineage(spark, "quarantine")[0].summary
    )
    for topic, count in ((TOPIC_PLAYER_STATE, 1), (TOPIC_TRADE, 6)):
        for _ in range(count):
            producer.send(topic, b"unfit", partition=0).get(timeout=30)
        land_all(spark, small_batches)
    kept = sorted(rows(spark, "quarantine", "true"))
    assert len(read_lineage(spark, "quarantine")) > 1

    expire(spark, "quarantine", kept_ms=0, now_ms=MUCH_LATER_MS)

    assert len(read_lineage(spark, "quarantine")) == 1
    assert sorted(rows(spark, "quarantine", "true")) == kept


def test_a_round_tells_what_it_did_and_removes_what_no_snapshot_names(
    spark: SparkSession, landing_settings: Settings, seqs: list[int]
) -> None:
    settings = msgspec.structs.replace(landing_settings, maintenance_snapshots_kept_s=1)
    orphan, young = (folder_of(settings, "trade") / "data" / f"{n}.parquet" for n in ("old", "new"))
    orphan.write_bytes(b"left by a kill")
    two_days_ago = time.time() - 2 * 86_400
    # All that is there is old, so that only what snapshots name is safe.
    for path in folder_of(settings, "trade").rglob("*"):
        os.utime(path, (two_days_ago, two_days_ago))
    young.write_bytes(b"about to be committed")
    before = files_of(spark, "trade")

    done = maintain(spark, settings, "trade")

    assert done.faults == ()
    assert (done.files_before, done.files_after) == (before, files_of(spark, "trade"))
    assert done.files_before - done.compacted + done.written == done.files_after
    assert done.orphans_removed >= 1  # a test that killed something may have left some
    assert not orphan.exists()
    assert young.exists()
    assert landed_seqs(spark, "trade", seqs) == seqs
    young.unlink()


def test_a_kill_in_the_middle_of_a_compaction_loses_nothing(
    spark: SparkSession, landing_settings: Settings, job_settings: Settings, seqs: list[int]
) -> None:
    files, before, version = (
        data_of(landing_settings, "trade"),
        positions(spark),
        files_of(spark, "trade"),
    )
    # The command, as an operator runs it when no stack runs.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "src.cli", "maintain", "--table", "trade"],
        env={**os.environ, **as_environment(landing_settings), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        # A new data file begins to be written before the commit that names it.
        while data_of(landing_settings, "trade") <= files:
            assert process.poll() is None
            time.sleep(0.001)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert files_of(spark, "trade") == version
    assert positions(spark) == before
    assert landed_seqs(spark, "trade", seqs) == seqs
    assert compact(spark, "trade")[0] > 0
    land_all(spark, job_settings)
    assert landed_seqs(spark, "trade", seqs) == seqs


def test_a_landing_process_answers_for_its_own_tables(
    spark: SparkSession, landing_settings: Settings, seqs: list[int]
) -> None:
    rounds = Rounds(spark, landing_settings, TOPICS)
    told: list[Upkeep] = []
    with landing(landing_settings, Event()):
        rounds.start()
        ask(
            landing_settings,
            ["player_state", "trade"],
            told.append,
            is_waiting=lambda: is_landing(landing_settings),
        )
        rounds.stop()
    assert {upkeep.table for upkeep in told} == {"player_state", "trade"}
    assert all(upkeep.faults == () and upkeep.compacted > 0 for upkeep in told)
    assert list((landing_settings.var / "run" / "maintenance").iterdir()) == []
    assert landed_seqs(spark, "trade", seqs) == seqs


def test_whoever_asks_is_told_that_no_one_lands_any_more(job_settings: Settings) -> None:
    with pytest.raises(Unanswered):
        ask(job_settings, ["trade"], lambda _: None, is_waiting=lambda: is_landing(job_settings))
