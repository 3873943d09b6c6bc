"""Events on a real Kafka become rows of real Iceberg tables, each exactly once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from pyspark.errors import StreamingQueryException
from pyspark.sql import SparkSession

from src.config import Settings
from src.event_log.topics import landing_group
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.catalogue import land_catalogue
from src.streaming.history import load_table
from src.streaming.source import SourceError, check_positions
from tests.support.events import player_state, trade
from tests.support.landing import NEXT_SEQ, Send, land_all, landed_seqs, rows
from tests.support.unfit_records import UNFIT_TRADES

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(autouse=True, scope="module")
def _topics(landing_topics: str) -> None:
    """Have the topics."""


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


@pytest.fixture
def settings(job_settings: Settings) -> Settings:
    return job_settings


@contextmanager
def no_row_can_be_written(settings: Settings, table: str) -> Iterator[None]:
    """Put a file where a table's data folder must be; the table's metadata stays whole."""
    data = Path(settings.warehouse) / "guildhall" / table / "data"
    away = data.with_name("away")
    data.mkdir(exist_ok=True)
    data.rename(away)
    data.write_text("not a folder")
    try:
        yield
    finally:
        data.unlink()
        away.rename(data)


def test_a_trade_lands_with_its_values_and_one_row_a_leg(
    spark: SparkSession, settings: Settings, send: Send
) -> None:
    event = trade(next(NEXT_SEQ), legs=3)
    send(TOPIC_TRADE, [event])

    land_all(spark, settings)

    (header,) = rows(spark, "trade", f"trade_id = '{event['trade_id']}'")
    legs = rows(spark, "trade_leg", f"trade_id = '{event['trade_id']}'")
    occurred_at = datetime.fromisoformat(event["occurred_at"]).replace(tzinfo=None)
    assert header.asDict() == {
        **{name: value for name, value in event.items() if name != "legs"},
        "occurred_at": occurred_at,
        # 25 coins one way; 2 units of item 2 and 3 of item 3, of no known value, the other.
        "player_1_gold": 25,
        "player_1_units": 0,
        "player_1_value": 25,
        "partner_gold": 0,
        "partner_units": 5,
        "partner_value": 0,
        "only_item_id": None,
    }
    repeated = {name: header[name] for name in ("trade_id", "seq", "occurred_at", "kind", "status")}
    assert sorted((leg.asDict() for leg in legs), key=lambda leg: leg["leg_no"]) == [
        {**repeated, **leg} for leg in event["legs"]
    ]


def test_a_state_lands_with_its_values_and_its_stacks(
    spark: SparkSession, settings: Settings, send: Send
) -> None:
    event = player_state(next(NEXT_SEQ), player_id=7, stacks=3)
    send(TOPIC_PLAYER_STATE, [event])

    land_all(spark, settings)

    (state,) = rows(spark, "player_state", f"seq = {event['seq']}")
    assert state.asDict(recursive=True) == {
        **event,
        "occurred_at": datetime.fromisoformat(event["occurred_at"]).replace(tzinfo=None),
    }


def test_a_file_is_described_as_iceberg_would_after_reading_it(
    spark: SparkSession, settings: Settings, send: Send
) -> None:
    send(TOPIC_TRADE, [trade(next(NEXT_SEQ), legs=3), {"event_type": "trade"}])
    send(TOPIC_PLAYER_STATE, [player_state(next(NEXT_SEQ), player_id=7, stacks=3)])

    land_all(spark, settings)

    for table in ("trade", "trade_leg", "player_state", "quarantine"):
        described, read = newest_files(spark, table)
        assert len(described) == len(read) >= 1
        for ours, own in zip(described, read, strict=True):
            # Of what lies within lists Iceberg says how large it is, and ours how often as well.
            assert by_column(own).items() <= by_column(ours).items()
            for name in ("file-path", "partition", "file-size-in-bytes", "record-count"):
                assert ours[name] == own[name]


def newest_files(
    spark: SparkSession, table: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return how the newest commit describes its files, and how Iceberg does, each as JSON."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    iceberg = jvm.org.apache.iceberg
    found = load_table(spark, table)
    spec, io = found.spec(), found.io()
    metrics = iceberg.MetricsConfig.forTable(found)
    described, read = [], []
    for file in found.currentSnapshot().addedDataFiles(io):
        described.append(json.loads(iceberg.ContentFileParser.toJson(file, spec)))
        path = io.newInputFile(file.location())
        own = (
            iceberg.DataFiles.builder(spec)
            .withInputFile(path)
            .withMetrics(iceberg.parquet.ParquetUtil.fileMetrics(path, metrics))
            .withPartition(file.partition())
            .build()
        )
        read.append(json.loads(iceberg.ContentFileParser.toJson(own, spec)))
    return described, read


def by_column(described: dict[str, Any]) -> dict[tuple[str, int], Any]:
    """Return what is said of each column: a size, a count, a bound."""
    return {
        (name, column): value
        for name, said in described.items()
        if name.endswith(("-sizes", "-counts", "-bounds"))
        for column, value in zip(said["keys"], said["values"], strict=True)
    }


def test_a_trade_of_no_legs_lands(spark: SparkSession, settings: Settings, send: Send) -> None:
    event = trade(next(NEXT_SEQ))
    send(TOPIC_TRADE, [{**event, "legs": []}])

    land_all(spark, settings)

    assert landed_seqs(spark, "trade", [event["seq"]]) == [event["seq"]]
    assert landed_seqs(spark, "trade_leg", [event["seq"]]) == []


def test_an_old_event_without_an_optional_field_lands_with_null(
    spark: SparkSession, settings: Settings, send: Send
) -> None:
    event = trade(next(NEXT_SEQ))
    send(TOPIC_TRADE, [{name: v for name, v in event.items() if name not in {"guild", "enemy"}}])

    land_all(spark, settings)

    (header,) = rows(spark, "trade", f"seq = {event['seq']}")
    assert (header["guild"], header["enemy"]) == (None, None)


def test_what_cannot_land_is_kept_with_its_reason_and_what_follows_lands(
    spark: SparkSession, settings: Settings, producer: KafkaProducer
) -> None:
    sent = [
        producer.send(TOPIC_TRADE, value, key=b"key", partition=0).get(timeout=30)
        for value, _ in UNFIT_TRADES.values()
    ]
    event = trade(next(NEXT_SEQ))
    producer.send(TOPIC_TRADE, json.dumps(event).encode(), partition=0).get(timeout=30)

    land_all(spark, settings)

    kept = rows(
        spark, "quarantine", f"topic = 'trade' and partition = 0 and offset >= {sent[0].offset}"
    )
    told = {
        row["offset"]: (row["raw_value"] and bytes(row["raw_value"]), row["reason"]) for row in kept
    }
    assert told == dict(zip((record.offset for record in sent), UNFIT_TRADES.values(), strict=True))
    assert len(kept) == len(UNFIT_TRADES)
    assert landed_seqs(spark, "trade", [event["seq"]]) == [event["seq"]]


def test_a_batch_that_died_between_two_tables_lands_once(
    spark: SparkSession,
    landing_settings: Settings,
    settings: Settings,
    send: Send,
    producer: KafkaProducer,
) -> None:
    seqs = [next(NEXT_SEQ) for _ in range(4)]
    later = [next(NEXT_SEQ) for _ in range(4)]
    send(TOPIC_TRADE, [trade(seq) for seq in seqs])
    unfit = producer.send(TOPIC_TRADE, b"unfit", partition=1).get(timeout=30)
    with (
        no_row_can_be_written(landing_settings, "trade"),
        pytest.raises(StreamingQueryException),
    ):
        land_all(spark, settings)
    assert landed_seqs(spark, "trade_leg", seqs) == sorted([*seqs, *seqs])
    assert landed_seqs(spark, "trade", seqs) == []
    # The batch that comes again is not the same one: it reaches further.
    send(TOPIC_TRADE, [trade(seq) for seq in later])

    land_all(spark, settings)

    assert landed_seqs(spark, "trade", seqs + later) == seqs + later
    assert landed_seqs(spark, "trade_leg", seqs + later) == sorted([*seqs, *seqs, *later, *later])
    place = f"topic = 'trade' and partition = 1 and offset = {unfit.offset}"
    assert [row["reason"] for row in rows(spark, "quarantine", place)] == ["not_json"]


def test_a_lost_checkpoint_doubles_nothing(
    spark: SparkSession, settings: Settings, send: Send
) -> None:
    before, after = [next(NEXT_SEQ) for _ in range(5)], [next(NEXT_SEQ) for _ in range(5)]
    send(TOPIC_TRADE, [trade(seq) for seq in before])
    send(TOPIC_PLAYER_STATE, [player_state(seq, player_id=3) for seq in before])
    land_all(spark, settings)
    shutil.rmtree(settings.var / "checkpoints")
    send(TOPIC_TRADE, [trade(seq) for seq in after])
    send(TOPIC_PLAYER_STATE, [player_state(seq, player_id=3) for seq in after])

    land_all(spark, settings)

    assert landed_seqs(spark, "trade", before + after) == before + after
    assert landed_seqs(spark, "player_state", before + after) == before + after


def test_an_aborted_transaction_never_lands(
    spark: SparkSession, settings: Settings, landing_broker: str
) -> None:
    aborted, committed = next(NEXT_SEQ), next(NEXT_SEQ)
    with KafkaProducer(
        bootstrap_servers=landing_broker, transactional_id="landing-test"
    ) as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(TOPIC_TRADE, json.dumps(trade(aborted)).encode())
        producer.flush()
        producer.abort_transaction()
        producer.begin_transaction()
        producer.send(TOPIC_TRADE, json.dumps(trade(committed)).encode())
        producer.flush()
        producer.commit_transaction()

    land_all(spark, settings)

    assert landed_seqs(spark, "trade", [aborted, committed]) == [committed]


def test_how_far_a_topic_has_landed_can_be_seen_in_kafka(
    spark: SparkSession, settings: Settings, send: Send, landing_broker: str
) -> None:
    send(TOPIC_TRADE, [trade(next(NEXT_SEQ))])

    land_all(spark, settings)

    with KafkaConsumer(
        bootstrap_servers=landing_broker, group_id=landing_group(TOPIC_TRADE)
    ) as seen:
        partitions = [TopicPartition(TOPIC_TRADE, number) for number in range(2)]
        committed = {partition: seen.committed(partition) for partition in partitions}
        assert committed == seen.end_offsets(partitions)


def test_a_kafka_that_ends_before_the_tables_is_refused(settings: Settings) -> None:
    with pytest.raises(SourceError, match="the tables have landed trade-0 up to offset 1000000"):
        check_positions(settings, TOPIC_TRADE, {0: 1_000_000})


def test_the_catalogue_is_written_when_it_changed_and_only_then(
    spark: SparkSession, tmp_path: Path
) -> None:
    path = tmp_path / "items.json"
    path.write_text('[{"item_id": 1, "name": "Sword", "kind": "sword", "value": 10}]')
    assert land_catalogue(spark, path)
    assert not land_catalogue(spark, path)
    path.write_text('[{"item_id": 1, "name": "Sword", "kind": "sword", "value": 11}]')
    assert land_catalogue(spark, path)

    (item,) = rows(spark, "item", "true")
    assert (item["item_id"], item["name"], item["value"]) == (1, "Sword", 11)
