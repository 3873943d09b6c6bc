"""The Spark session that lands events: small, local, UTC, with the Iceberg catalog."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from src.config import Settings

#: The catalog's name in Spark, and the namespace in it: a table is `guildhall.guildhall.trade`.
CATALOG = "guildhall"
NAMESPACE = "guildhall"

#: How often a task is tried before its batch fails; plain `local[2]` would not try again at all.
_TASK_ATTEMPTS = 4

_LOGGING = Path(__file__).resolve().parent / "log4j2.properties"

_JARS = f"{Path(sys.prefix) / 'jars' / 'spark'}/*"

#: How HDFS is reached.
_HADOOP = Path(__file__).resolve().parents[2] / "deploy" / "hadoop"

#: One collector thread, and only the quick compiler: a batch is small and its plan new, so that the
#: optimizing one would take more of the cores than it gives back.
_JVM_OPTIONS = (
    "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MaxMetaspaceSize=256m "
    "-XX:ReservedCodeCacheSize=128m"
)


def start_session(settings: Settings, name: str) -> SparkSession:
    """Start a JVM with the session of this process.

    Args:
        settings: cores, memory in MiB, and where the warehouse and temporary files lie.
        name: what the session is for, as shown in its logs.
    """
    scratch = settings.var / "spark"
    scratch.mkdir(parents=True, exist_ok=True)
    # Python workers judge suspect records; they must be this very environment.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{settings.streaming_cores},{_TASK_ATTEMPTS}]")
    for key, value in {
        **_spark(settings, scratch),
        **_local_files(),
        **(_hive_catalog(settings) if settings.profile == "full" else _hadoop_catalog(settings)),
    }.items():
        builder = builder.config(key, value)
    return builder.appName(name).getOrCreate()


def make_active(spark: SparkSession) -> None:
    """Make the session the one that Java finds for this thread.

    A thread that Python has made has none there, and what Iceberg does with tables outside of the
    catalog, as compaction, looks for the catalogs that it has just set.
    """
    jvm: Any = spark._jvm  # noqa: SLF001 - pyspark offers no other way
    session = spark._jsparkSession  # noqa: SLF001 - as above
    jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(session)


def _spark(settings: Settings, scratch: Path) -> dict[str, str]:
    options = f"{_JVM_OPTIONS} -Dlog4j2.configurationFile={_LOGGING} -Djava.io.tmpdir={scratch}"
    return {
        "spark.driver.memory": f"{settings.streaming_memory_mib}m",
        "spark.driver.extraJavaOptions": f"{options} -Duser.timezone=UTC",
        "spark.driver.extraClassPath": _JARS,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": f"file://{scratch / 'warehouse'}",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # What overflows is a fault, and never another number.
        "spark.sql.ansi.enabled": "true",
        # The two jobs share the cores; a backlog of one must not starve the other.
        "spark.scheduler.mode": "FAIR",
        # Batches are small and their plans known: planning again at run time only costs.
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": str(settings.streaming_cores),
        # The state that the driver keeps for a console that is not there.
        "spark.sql.ui.retainedExecutions": "1",
        "spark.ui.retainedJobs": "1",
        "spark.ui.retainedStages": "1",
        "spark.ui.retainedTasks": "1",
        "spark.sql.streaming.ui.enabled": "false",
        "spark.sql.streaming.metricsEnabled": "false",
        # Nothing reads a checkpoint back: a restart begins where the tables are.
        "spark.sql.streaming.minBatchesToRetain": "2",
        "spark.python.daemon.module": "src.streaming.worker_daemon",
        # Records go to Python in batches of this many; larger ones gain nothing and cost memory.
        "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
        # The most there is, which is no limit: with one, Spark sums up a batch at each of its rows.
        "spark.sql.execution.arrow.maxBytesPerBatch": str(2**31 - 1),
    }


def _local_files() -> dict[str, str]:
    return {
        # Hadoop's own starts a process for each file, to set its permissions, where its native
        # library is missing; this one asks Java.
        "spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem",
        "spark.sql.streaming.checkpointFileManagerClass": (
            "org.apache.spark.sql.execution.streaming.checkpointing"
            ".FileSystemBasedCheckpointFileManager"
        ),
    }


def _hadoop_catalog(settings: Settings) -> dict[str, str]:
    catalog = f"spark.sql.catalog.{CATALOG}"
    return {
        **_catalog(f"file://{settings.warehouse}"),
        f"{catalog}.type": "hadoop",
    }


def _hive_catalog(settings: Settings) -> dict[str, str]:
    catalog = f"spark.sql.catalog.{CATALOG}"
    return {
        **_catalog(settings.hdfs_warehouse),
        "spark.driver.extraClassPath": f"{_JARS}:{_HADOOP}",
        f"{catalog}.type": "hive",
        f"{catalog}.uri": settings.metastore_uri,
        # A commit compares and swaps the address of the newest metadata file. Hive's locks would
        # outlive a job that is killed, and nobody could land until they expire.
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        # The two jobs meet in `quarantine`: whoever comes second tries again.
        f"{catalog}.table-default.commit.retry.num-retries": "10",
    }


def _catalog(warehouse: str) -> dict[str, str]:
    catalog = f"spark.sql.catalog.{CATALOG}"
    return {
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.warehouse": warehouse,
        # Positions are read from the newest snapshot; a cached one would land rows twice.
        f"{catalog}.cache-enabled": "false",
    }
