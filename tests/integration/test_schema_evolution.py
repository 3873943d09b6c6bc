"""Tables that an earlier version made: they gain columns, keep their rows, and are still asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from src.audit.sql import check_sql
from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.questions import questions
from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.backfill import fill_totals
from src.streaming.evolution import IncompatibleTable, add_missing_columns
from src.streaming.tables import ensure_tables, full_name, table_schemas
from src.streaming.totals import TOTALS_COLUMNS
from tests.support.events import player_state, trade
from tests.support.landing import NEXT_SEQ, Send, land_all, landed_seqs, rows

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.spark,
    # py4j leaves the closing of its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

Alter = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def leak_detector() -> None:
    """Look for no leaks: py4j's callback threads live as long as the JVM of the test run."""


@pytest.fixture
def alter(spark: SparkSession) -> Alter:
    def altered(table: str, change: str) -> None:
        spark.sql(f"alter table {full_name(table)} {change}")

    return altered


def answer(settings: Settings, sql: str, *parameters: int) -> list[tuple[Any, ...]]:
    warehouse = Path(settings.warehouse)
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        return list(engine.ask(sql, parameters).rows)


def test_a_new_field_lands_in_a_table_that_an_earlier_version_made(
    spark: SparkSession,
    landing_settings: Settings,
    job_settings: Settings,
    send: Send,
    alter: Alter,
) -> None:
    old, new = next(NEXT_SEQ), next(NEXT_SEQ)
    send(TOPIC_TRADE, [trade(old)])
    send(TOPIC_PLAYER_STATE, [player_state(old, player_id=21)])
    land_all(spark, job_settings)
    # As the version before made them: the columns and the data of these fields are not there.
    alter("trade", "drop columns weapon_item_id, asked")
    alter("trade_leg", "drop column item_uid")
    alter("player_state", "drop column items.element.item_uid")
    asked = json.dumps({"weapon": "spoon"})
    leg = {**trade(new)["legs"][0], "item_uid": "u-1"}
    send(TOPIC_TRADE, [{**trade(new), "weapon_item_id": 7, "asked": asked, "legs": [leg]}])
    state = player_state(new, player_id=21, stacks=1)
    stacks = [{**stack, "item_uid": "u-1"} for stack in state["items"]]
    send(TOPIC_PLAYER_STATE, [{**state, "items": stacks}])

    land_all(spark, job_settings)

    assert landed_seqs(spark, "trade", [old, new]) == [old, new]
    assert answer(
        landing_settings,
        "select seq, weapon_item_id, asked from trade where seq in (?, ?) order by seq",
        *(old, new),
    ) == [(old, None, None), (new, 7, asked)]
    legs = answer(
        landing_settings,
        "select distinct seq, item_uid from trade_leg where seq in (?, ?) order by seq",
        *(old, new),
    )
    assert legs == [(old, None), (new, "u-1")]
    items = answer(
        landing_settings,
        "select seq, items from player_state where player_id = 21 and seq in (?, ?) order by seq",
        *(old, new),
    )
    kept = [{**stack, "item_uid": None} for stack in player_state(old, player_id=21)["items"]]
    assert [(seq, [dict(sorted(stack.items())) for stack in held]) for seq, held in items] == [
        (old, [dict(sorted(stack.items())) for stack in kept]),
        (new, [dict(sorted(stack.items())) for stack in stacks]),
    ]


def test_every_question_is_answered_over_files_of_both_schemas(
    spark: SparkSession,
    landing_settings: Settings,
    job_settings: Settings,
    send: Send,
    alter: Alter,
) -> None:
    send(TOPIC_TRADE, [trade(next(NEXT_SEQ))])
    land_all(spark, job_settings)
    alter("trade", "drop columns weapon_item_id, outcome, guild")
    send(TOPIC_TRADE, [trade(next(NEXT_SEQ))])
    land_all(spark, job_settings)

    warehouse = Path(landing_settings.warehouse)
    with DuckDbEngine(warehouse, warehouse / "spill") as engine:
        for asked in questions().values():
            assert engine.ask(asked.sql).columns


def worth_more_than_a_column_holds(seq: int) -> dict[str, Any]:
    event = trade(seq, legs=1)
    (leg,) = event["legs"]
    return {**event, "legs": [{**leg, "quantity": 2**62, "unit_value": 100}]}


def test_trades_that_landed_without_totals_get_them_from_their_legs(
    spark: SparkSession,
    landing_settings: Settings,
    job_settings: Settings,
    send: Send,
    alter: Alter,
) -> None:
    told = [
        trade(next(NEXT_SEQ), legs=1),
        trade(next(NEXT_SEQ), legs=2),
        trade(next(NEXT_SEQ), legs=3),
        {**trade(next(NEXT_SEQ)), "status": "rejected", "reason": "no_space"},
        {**trade(next(NEXT_SEQ)), "legs": []},
        {**trade(next(NEXT_SEQ)), "occurred_at": "2026-11-20T08:00:00Z"},
        worth_more_than_a_column_holds(next(NEXT_SEQ)),
    ]
    seqs = [event["seq"] for event in told]
    send(TOPIC_TRADE, told)
    land_all(spark, job_settings)

    def told_of_legs() -> list[Any]:
        found = rows(spark, "trade", f"seq between {seqs[0]} and {seqs[-1]}")
        return sorted([row[name] for name in ("seq", *TOTALS_COLUMNS)] for row in found)

    as_landed = told_of_legs()
    alter("trade", f"drop columns {', '.join(TOTALS_COLUMNS)}")

    seq = next(NEXT_SEQ)
    send(TOPIC_TRADE, [trade(seq)])
    land_all(spark, job_settings)

    assert told_of_legs() == as_landed
    assert landed_seqs(spark, "trade", [*seqs, seq]) == [*seqs, seq]
    unlike = answer(landing_settings, check_sql("totals_unlike_legs"), seq)
    assert [found for found in unlike if found[0] >= seqs[0]] == []
    assert fill_totals(spark) == 0


def test_a_table_with_columns_of_a_later_version_still_takes_rows(
    spark: SparkSession, job_settings: Settings, send: Send, alter: Alter
) -> None:
    alter("trade", "add column mood string")
    alter("player_state", "add column items.element.shine bigint")
    seq = next(NEXT_SEQ)
    send(TOPIC_TRADE, [{**trade(seq), "mood": "cheerful"}])
    send(TOPIC_PLAYER_STATE, [player_state(seq, player_id=22)])
    try:
        land_all(spark, job_settings)

        (header,) = rows(spark, "trade", f"seq = {seq}")
        (state,) = rows(spark, "player_state", f"seq = {seq}")
        assert header["mood"] is None
        assert [stack["shine"] for stack in state["items"]] == [None, None]
    finally:
        alter("trade", "drop column mood")
        alter("player_state", "drop column items.element.shine")


def test_a_table_whose_column_has_another_type_is_refused_and_left_as_it_is(
    spark: SparkSession, alter: Alter
) -> None:
    wanted = table_schemas()["quarantine"]
    frame = spark.createDataFrame([], "topic string, partition string")
    frame.writeTo(full_name("incompatible")).using("iceberg").create()
    try:
        with pytest.raises(IncompatibleTable, match="its column partition is string, not int"):
            add_missing_columns(spark, "incompatible", wanted)
        assert spark.table(full_name("incompatible")).columns == ["topic", "partition"]
        alter("incompatible", "drop column partition")
        added = ["partition", "offset", "received_at", "reason", "raw_value"]
        assert add_missing_columns(spark, "incompatible", wanted) == added
        assert spark.table(full_name("incompatible")).columns == ["topic", *added]
    finally:
        spark.sql(f"drop table {full_name('incompatible')}")


def test_tables_that_fit_are_left_alone(spark: SparkSession) -> None:
    before = spark.table(full_name("trade")).schema
    ensure_tables(spark)
    assert spark.table(full_name("trade")).schema == before
