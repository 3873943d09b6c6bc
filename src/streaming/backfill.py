"""Totals for trades that landed before there were any (`totals.py`), from their legs.

A day at a time, each in one commit: a death between two leaves days that the next start finds. Only
the process that lands trades may do it, before it lands.
"""

from __future__ import annotations

import logging
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.streaming.history import load_table
from src.streaming.schemas import TRADE, TRADE_LEG
from src.streaming.tables import DAY_OF, full_name
from src.streaming.totals import TOTALS_COLUMNS
from src.streaming.validity import LONG_MAX

_log = logging.getLogger(__name__)


def fill_totals(spark: SparkSession) -> int:
    """Fill the totals of every trade that has none; return how many days had such trades."""
    days = _days_to_fill(spark)
    for number, day in enumerate(days, 1):
        _log.warning(
            "adding up the legs of earlier trades: day %d of %d, %s", number, len(days), day
        )
        _filled(spark, day).writeTo(full_name(TRADE)).overwritePartitions()
    return len(days)


def _days_to_fill(spark: SparkSession) -> list[str]:
    """Return the days of the files that may hold such trades, as Iceberg's own counts tell."""
    jvm: Any = spark._jvm  # noqa: SLF001 - Iceberg's API is Java's
    table = load_table(spark, TRADE)
    is_null = jvm.org.apache.iceberg.expressions.Expressions.isNull(TOTALS_COLUMNS[0])
    files = table.newScan().filter(is_null).planFiles()
    try:
        found = files.iterator()
        days = set()
        while found.hasNext():
            # The path is `occurred_at_day=2026-03-01`.
            path = table.spec().partitionToPath(found.next().file().partition())
            days.add(str(path).partition("=")[2])
    finally:
        files.close()
    return sorted(days)


def _filled(spark: SparkSession, day: str) -> DataFrame:
    """Return all trades of a day, with their totals."""
    trades, legs = _of_day(spark, TRADE, day), _of_day(spark, TRADE_LEG, day)
    own = F.col("from_account") == F.concat(F.lit("player:"), F.col("player_1_id"))
    is_gold = F.col("asset") == "gold"
    worth = F.try_multiply(F.col("quantity"), F.coalesce(F.col("unit_value"), F.lit(0)))
    value = F.coalesce(worth, F.lit(LONG_MAX))
    totals = (
        legs.where("status = 'settled'")
        .join(trades.select("trade_id", "player_1_id"), "trade_id")
        .groupBy("trade_id")
        .agg(
            *(
                _total(F.when(of_side & what, amount).otherwise(0)).alias(f"{side}_{name}")
                for side, of_side in (("player_1", own), ("partner", ~own))
                for name, what, amount in (
                    ("gold", is_gold, F.col("quantity")),
                    ("units", ~is_gold, F.col("quantity")),
                    ("value", F.lit(True), value),  # noqa: FBT003 - a literal column
                )
            ),
            F.when(F.countDistinct("item_id") == 1, F.min("item_id")).alias("only_item_id"),
        )
    )
    # A refused trade, and one without legs, has no sums: nothing moved.
    summed = [name for name in TOTALS_COLUMNS if name != "only_item_id"]
    filled = trades.drop(*TOTALS_COLUMNS).join(totals, "trade_id", "left").fillna(0, summed)
    return filled.select(trades.columns).sortWithinPartitions("seq")


def _total(amounts: Column) -> Column:
    """Return the sum, or the largest that a column holds when it is larger."""
    return F.coalesce(F.try_sum(amounts), F.lit(LONG_MAX))


def _of_day(spark: SparkSession, table: str, day: str) -> DataFrame:
    return spark.table(full_name(table)).where(F.to_date(DAY_OF[table]) == F.lit(day).cast("date"))
