"""How fresh the tables of the full stack are: HDFS, the Hive metastore, one Spark job a topic.

`python -m benchmarks.full_stack --seconds 60` starts a full stack of its own below `var/bench`,
lets events come evenly, and reads from the tables' own snapshots when each became visible.
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime

from msgspec.structs import replace
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from benchmarks.http_rows import TRADING_PLAYERS
from benchmarks.landing import WARM_S, came_per_s, even_load, percentiles_of
from benchmarks.machine import Stolen, machine
from benchmarks.stand import Stand, standing
from src.config import load_settings
from src.events.definitions import EVENTS
from src.stack.lifecycle import Silent
from src.stack.parts.java import HDFS_WRITER
from src.streaming.session import CATALOG, NAMESPACE, start_session

#: The status of a file that is there no more (Iceberg's specification, "Manifests"). The others are
#: files that a snapshot added, or that lie in a newer manifest and still name the one that did.
_DELETED = 2


def ages_s(spark: SparkSession, table: str, began: float) -> list[float]:
    """Return how long each event took from its commit in Redis to a visible row, in seconds.

    Args:
        spark: a session with the catalog.
        table: of events, never compacted.
        began: events that are older are left out, in seconds since the epoch.

    Raises:
        RuntimeError: landing has forgotten when some of them landed.
    """
    name = f"{CATALOG}.{NAMESPACE}.{table}"
    occurred_at = F.col("occurred_at").cast("timestamp").cast("double")
    events = spark.table(name).select("_file", occurred_at.alias("occurred_at"))
    added = (
        spark.table(f"{name}.entries")
        .where(F.col("status") != _DELETED)
        .select("snapshot_id", F.col("data_file.file_path").alias("_file"))
    )
    visible_at = F.col("committed_at").cast("double")
    snapshots = spark.table(f"{name}.snapshots").select(
        "snapshot_id", visible_at.alias("visible_at")
    )
    aged = (
        events.where(F.col("occurred_at") >= began)
        .join(added, "_file", how="inner")
        .join(snapshots, "snapshot_id", how="left")
        .select((F.col("visible_at") - F.col("occurred_at")).alias("age_s"))
    )
    ages = [row.age_s for row in aged.collect()]
    if None in ages:
        raise RuntimeError("some of the snapshots are gone: let events come for a shorter time")
    return ages


def measure(stand: Stand, events_per_s: int, seconds: float, warm_s: float) -> dict[str, float]:
    """Let events come evenly, and return the percentiles of their ages and what it cost."""
    stand.ensure_players(TRADING_PLAYERS)
    stand.choose_players(TRADING_PLAYERS)
    # A young JVM compiles, and is slow.
    stand.serve(even_load(events_per_s, warm_s))
    began = datetime.now(UTC).timestamp() + WARM_S
    run = stand.serve(even_load(events_per_s, seconds))
    load = run.load
    os.environ.update(HDFS_WRITER)
    spark = start_session(stand.settings, "benchmark")
    try:
        ages = [age for table in EVENTS for age in ages_s(spark, table, began)]
    finally:
        spark.stop()
    p50, p99, p999 = percentiles_of(ages)
    return {
        "events/s": came_per_s(load),
        "events that were looked at": len(ages),
        "freshness, p50, s": p50,
        "p99, s": p99,
        "p99.9, s": p999,
        "p99 of the requests, ms": load.ms[1],
        **{f"cores of {name}": cpu_s / load.seconds for name, cpu_s in run.cpu_s.items()},
    }


def main() -> None:
    """Read the plan from the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.full_stack", description=__doc__)
    parser.add_argument("--events-per-s", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warm-s", type=float, default=30.0, help="of the same load before it")
    given = parser.parse_args()
    for name, value in machine().items():
        print(f"{name}: {value}")
    stolen = Stolen()
    with standing(replace(load_settings(), profile="full"), Silent()) as stand:
        print(f"from nothing to ready, s: {stand.ready_s:.1f}", flush=True)
        measured = measure(stand, given.events_per_s, given.seconds, given.warm_s)
        for name, figure in measured.items():
            print(f"{name}: {figure:,.3f}", flush=True)
        print(f"resident, MiB: {sum(stand.memory_mib().values()):,.0f}")
    print(f"taken by other machines meanwhile: {stolen.share():.0%}")


if __name__ == "__main__":
    main()
