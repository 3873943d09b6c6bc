"""What table maintenance keeps small: files, manifests, snapshots and commits, batch by batch.

`.venv/bin/python -m benchmarks.upkeep` lands many small batches of trades by the landing code, with
no Kafka, once without maintenance and once with a round of it after each window. It prints a line
a window: how many data files a reader has to open, how many lie on disk, the manifests, the
snapshots, the size of the newest metadata file (which each commit writes anew), what a batch took
to land, how long a reader needs to open the tables and count the trades, and the round.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct
from pyspark.sql import DataFrame, SparkSession

from src.config import Settings
from src.economy.duckdb_engine import DuckDbEngine
from src.economy.questions import question
from src.economy.warehouse import newest_metadata
from src.events.definitions import TOPIC_TRADE, LegRecord, TradeEvent
from src.streaming.history import read_lineage
from src.streaming.landing import Landing
from src.streaming.maintenance import Upkeep, count_manifests, maintain_tables
from src.streaming.schemas import TRADE, TRADE_LEG
from src.streaming.session import start_session
from src.streaming.tables import ensure_tables

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_TABLES = (TRADE_LEG, TRADE)


class Window(Struct, frozen=True, kw_only=True):
    """What was seen after a window of batches, of the table `trade` where it is of one table."""

    batches: int
    live_files: int
    files_on_disk: int
    manifests: int
    snapshots: int
    metadata_kib: int
    land_ms: float
    ask_ms: float
    round_s: float


class Plan(Struct, frozen=True):
    """How much lands: `step_s` is how much later each batch is by its events."""

    batches: int
    window: int
    trades: int
    step_s: int
    kept_s: int


def measured(plan: Plan, *, with_maintenance: bool) -> Iterator[Window]:
    """Land the plan's batches in a warehouse of their own and tell each window."""
    with TemporaryDirectory(prefix="guildhall-upkeep-") as folder:
        settings = Settings(var_dir=folder, maintenance_snapshots_kept_s=plan.kept_s)
        spark = start_session(settings, "guildhall-upkeep")
        try:
            ensure_tables(spark)
            landing = Landing(spark, TOPIC_TRADE)
            took: list[float] = []
            for batch in range(plan.batches):
                records = _records(spark, plan, batch)
                began = time.perf_counter()
                landing.land(landing.read(records), batch)
                took.append((time.perf_counter() - began) * 1_000)
                if len(took) == plan.window:
                    # A round comes just before each window but the first; its end shows the most.
                    yield _window(spark, settings, batch + 1, took, is_maintained=with_maintenance)
                    took.clear()
        finally:
            spark.stop()


def _records(spark: SparkSession, plan: Plan, batch: int) -> DataFrame:
    """Return a batch as Kafka gives it, all of one partition."""
    rows = []
    for place in range(plan.trades):
        number = batch * plan.trades + place
        event = TradeEvent(
            event_id=f"event-{number:030}",
            realm="main",
            seq=number + 1,
            occurred_at=_BEGAN + timedelta(seconds=batch * plan.step_s, milliseconds=place),
            trade_id=f"trade-{number:030}",
            kind="player_trade",
            status="settled",
            player_1_id=number * 7_919 % 10_007,
            player_2_id=number * 104_729 % 10_007,
            legs=[_leg(1, 1, None, 25 + number % 100), _leg(2, 2, 1 + number % 50, 1 + number % 5)],
        )
        offset = batch * plan.trades + place
        rows.append((0, offset, event.occurred_at, msgspec.json.encode(event)))
    schema = "partition int, offset long, timestamp timestamp, value binary"
    return spark.createDataFrame(rows, schema)


def _leg(number: int, giver: int, item_id: int | None, quantity: int) -> LegRecord:
    return LegRecord(
        leg_no=number,
        from_account=f"player:{giver}",
        to_account=f"player:{3 - giver}",
        asset="gold" if item_id is None else "item",
        item_id=item_id,
        quantity=quantity,
        unit_value=1,
    )


def _window(
    spark: SparkSession, settings: Settings, batches: int, took: list[float], *, is_maintained: bool
) -> Window:
    lineage = read_lineage(spark, TRADE)
    folder = Path(settings.warehouse) / "guildhall" / TRADE
    metadata = newest_metadata(folder)
    began = time.perf_counter()
    with DuckDbEngine(Path(settings.warehouse), folder / "spill") as engine:
        engine.ask(question("trade_count").sql)
    ask_ms = (time.perf_counter() - began) * 1_000
    seen = Window(
        batches=batches,
        live_files=int(lineage[0].summary["total-data-files"]),
        files_on_disk=sum(1 for _ in (folder / "data").rglob("*.parquet")),
        manifests=count_manifests(spark, TRADE),
        snapshots=len(lineage),
        metadata_kib=0 if metadata is None else metadata.stat().st_size // 1024,
        land_ms=statistics.median(took),
        ask_ms=ask_ms,
        round_s=0.0,
    )
    if not is_maintained:
        return seen
    done: list[Upkeep] = []
    maintain_tables(spark, settings, _TABLES, done.append)
    return msgspec.structs.replace(seen, round_s=sum(upkeep.seconds for upkeep in done))


def _print(title: str, windows: Iterator[Window]) -> None:
    print(f"\n{title}\n")
    names = Window.__struct_fields__
    print("| " + " | ".join(name.replace("_", " ") for name in names) + " |")
    print("|" + "---|" * len(names))
    for window in windows:
        cells = (getattr(window, name) for name in names)
        print(
            "| "
            + " | ".join(f"{c:.1f}" if isinstance(c, float) else f"{c:,}" for c in cells)
            + " |",
            flush=True,
        )


def main() -> None:
    """Read the plan from the command line, measure both ways, and print."""
    parser = argparse.ArgumentParser(description="Measure what table maintenance keeps small.")
    parser.add_argument("--batches", type=int, default=1_200)
    parser.add_argument("--window", type=int, default=200, help="batches between two rounds")
    parser.add_argument("--trades", type=int, default=300, help="in a batch")
    parser.add_argument("--step-s", type=int, default=120, help="between batches, by their events")
    parser.add_argument("--kept-s", type=int, default=10, help="how long snapshots are kept")
    given = parser.parse_args()
    plan = Plan(given.batches, given.window, given.trades, given.step_s, given.kept_s)
    hours = plan.batches * plan.step_s / 3_600
    print(f"{plan.batches:,} batches of {plan.trades:,} trades, {hours:.0f} hours by their events")
    _print("without maintenance", measured(plan, with_maintenance=False))
    _print("with a round after each window", measured(plan, with_maintenance=True))


if __name__ == "__main__":
    main()
