"""The checker of a chaos run on a landing that dies, and on one that does not look where it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from src.chaos.findings import Findings
from src.config import Settings
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.events.outbox_entry import Record
from src.streaming.landing import Landing
from src.streaming.schemas import TRADE, TRADE_LEG
from src.streaming.tables import full_name
from tests.support.broken_builds import BlindLanding, DiesBeforeTheLastTable, Killed
from tests.support.chaos import play, verdict
from tests.support.events import trade
from tests.support.landing_by_hand import records_of_outbox
from tests.support.landing_directly import kafka_batch, tables_in

pytestmark = [
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's threads live as long as the JVM of the test run."""


@pytest.fixture
def own_warehouse(spark: SparkSession, settings: Settings) -> SparkSession:
    """Give a session whose tables lie in a folder of the test's own."""
    return tables_in(spark, settings)


def batch(spark: SparkSession, records: Sequence[Record]) -> DataFrame:
    return kafka_batch(spark, [record.value for record in records])


def land(landing: Landing, records: DataFrame) -> None:
    landing.land(landing.read(records), 0)


def test_one_stream_meets_what_a_table_has_in_two_batches(own_warehouse: SparkSession) -> None:
    values = [json.dumps(trade(seq)).encode() for seq in (1, 2, 3, 4)]
    with pytest.raises(Killed):
        land(DiesBeforeTheLastTable(own_warehouse, TOPIC_TRADE), kafka_batch(own_warehouse, values))
    legs = own_warehouse.table(full_name(TRADE_LEG)).count()
    landing = Landing(own_warehouse, TOPIC_TRADE)
    # A stream is read as the tables were when it began: the legs had all of it, the trades nothing.
    batches = [
        landing.read(kafka_batch(own_warehouse, values[begin : begin + 2], begin))
        for begin in (0, 2)
    ]
    assert [landing.land(read, number) for number, read in enumerate(batches)] == [2, 2]
    assert own_warehouse.table(full_name(TRADE)).count() == len(values)
    assert own_warehouse.table(full_name(TRADE_LEG)).count() == legs > 0


def test_a_batch_leaves_no_file_but_the_tables(own_warehouse: SparkSession) -> None:
    folder = Path(str(own_warehouse.conf.get("spark.local.dir"))) / "batches" / TOPIC_TRADE
    folder.mkdir(parents=True)
    (folder / "of-a-batch-that-died.parquet").touch()
    landing = Landing(own_warehouse, TOPIC_TRADE)
    records = kafka_batch(own_warehouse, [json.dumps(trade(1)).encode()])
    assert landing.land(landing.read(records), 0) == 1
    assert not folder.exists()


@pytest.mark.usefixtures("realm")
@pytest.mark.parametrize("kind", [Landing, BlindLanding])
def test_a_batch_that_comes_again_lands_twice_only_without_the_check_and_is_found(
    settings: Settings, own_warehouse: SparkSession, kind: type[Landing]
) -> None:
    findings = Findings()
    load = play(settings, findings)
    records = records_of_outbox(settings)
    trades, states = (
        batch(own_warehouse, [record for record in records if record.topic == topic])
        for topic in (TOPIC_TRADE, TOPIC_PLAYER_STATE)
    )
    # The driver dies between two tables, and the batch comes again; once more, it dies when both
    # are written and Spark has not noted it.
    with pytest.raises(Killed):
        land(DiesBeforeTheLastTable(own_warehouse, TOPIC_TRADE), trades)
    land(kind(own_warehouse, TOPIC_TRADE), trades)
    land(kind(own_warehouse, TOPIC_TRADE), trades)
    land(Landing(own_warehouse, TOPIC_PLAYER_STATE), states)
    verdict(settings, load, findings)
    if kind is Landing:
        assert findings.told == []
    else:
        assert findings.count("lost") == 0
        assert findings.count("duplicated") == len(load.ledger.trades) + len(load.ledger.player_ids)
        assert any("landed 2 times" in told for told in findings.told)
        assert findings.count("differs") > 0, "reconcile sees it too"
