"""The night market, spread over days: in tables that Spark makes, for what looks at days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.streaming.tables import full_name
from tests.support.economy import ITEMS, Realm
from tests.support.night_market import night_market


def long_market(days: int) -> Realm:
    """Return the night market with its trades on `days` days, as many on each, in their order."""
    realm = night_market()
    per_day = -(-len(realm.trades) // days)
    shift = {
        trade["trade_id"]: timedelta(days=place // per_day)
        for place, trade in enumerate(realm.trades)
    }
    for rows, cause in ((realm.trades, "trade_id"), (realm.legs, "trade_id")):
        for row in rows:
            row["occurred_at"] += shift[row[cause]]
    for state in realm.states:
        state["occurred_at"] += shift[state["cause_trade_id"]]
    return realm


def land_at_once(spark: SparkSession, realm: Realm) -> None:
    """Append all rows of a realm to the tables of a session."""
    states = [{**state, "seq": state.get("seq", 0)} for state in realm.states]
    items = [
        dict(zip(("item_id", "name", "kind", "material", "value", "rarity"), row, strict=True))
        for row in ((item_id, *described) for item_id, described in ITEMS.items())
    ]
    append_rows(spark, "trade_leg", realm.legs)
    append_rows(spark, "trade", realm.trades)
    append_rows(spark, "player_state", states)
    append_rows(spark, "item", items)


def append_rows(spark: SparkSession, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Append rows to a table; columns that a row does not name are null."""
    schema = spark.table(full_name(table)).schema
    named = [tuple(row.get(name) for name in schema.names) for row in rows]
    frame = spark.createDataFrame(named, schema)
    if "occurred_at" in schema.names:
        frame = frame.sortWithinPartitions(F.col("occurred_at"))
    frame.writeTo(full_name(table)).append()
