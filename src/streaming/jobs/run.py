"""Run landing queries until they are told to stop: what the entry points of this folder share."""

from __future__ import annotations

import logging
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from types import FrameType

from pyspark.errors import StreamingQueryException
from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from src.config import Settings, load_settings
from src.events.definitions import TOPIC_TRADE
from src.streaming.backfill import fill_totals
from src.streaming.catalogue import land_catalogue
from src.streaming.gathering import Gathering
from src.streaming.history import TableError
from src.streaming.landing import Landing
from src.streaming.maintenance_rounds import Rounds, tables_of
from src.streaming.materialized import forget_others
from src.streaming.ready import announce
from src.streaming.rolling_up import forget_other_days
from src.streaming.session import start_session
from src.streaming.source import LagTeller, SourceError, check_positions, read_topic
from src.streaming.tables import ensure_tables
from src.streaming.writers import landing as landing_lock

_log = logging.getLogger(__name__)

_CATALOGUE = Path(__file__).resolve().parents[3] / "data" / "items.json"

#: How long a stop waits for running batches; the supervisor's own patience must be longer.
_FINISH_S_MAX = 20.0

#: How often the process looks whether a query has failed or a stop was asked for.
_LOOK_S = 1


class LandingJob:
    """The landing queries of some topics in one session; `queries` are those that were started."""

    def __init__(self, spark: SparkSession, settings: Settings, topics: Sequence[str]) -> None:
        """Prepare to land `topics`; the tables are made when absent, and brought up to date.

        Raises:
            IncompatibleTable: a table does not fit the definitions.
        """
        ensure_tables(spark)
        if TOPIC_TRADE in topics:
            fill_totals(spark)
        forget_others(spark, tables_of(topics))
        forget_other_days(spark, tables_of(topics))
        self._spark = spark
        self._settings = settings
        self._landings = {topic: Landing(spark, topic) for topic in topics}
        self._gatherings = {
            topic: Gathering(it.land, settings.streaming_records_per_batch_max)
            for topic, it in self._landings.items()
        }
        self._lag = LagTeller(settings)
        self.queries: list[StreamingQuery] = []

    def start(self) -> None:
        """Start one query a topic, from where its tables are.

        Spark's checkpoint is scratch and begins empty each time: there is one truth about what
        has landed, and it lies in the tables. (Spark 4.1.1 also fails with a NullPointerException
        in KafkaMicroBatchStream.metrics right after it repeats a batch from a checkpoint.)

        Raises:
            SourceError: Kafka is not reachable or is not the one that the tables came from.
        PositionsLost: a table has rows, and does not tell how far they reach.
        """
        for topic, landing in self._landings.items():
            start = check_positions(self._settings, topic, landing.positions())
            checkpoint = self._settings.var / "checkpoints" / topic
            shutil.rmtree(checkpoint, ignore_errors=True)
            # A pool of its own: a backlog of one topic does not starve the other.
            self._spark.sparkContext.setLocalProperty("spark.scheduler.pool", topic)
            query = (
                landing.read(read_topic(self._spark, self._settings, topic, start))
                .writeStream.queryName(topic)
                .foreachBatch(self._gatherings[topic])
                .option("checkpointLocation", f"file://{checkpoint}")
                .trigger(processingTime=f"{self._settings.streaming_trigger_ms} milliseconds")
                .start()
            )
            self.queries.append(query)

    def wait(self, stop: Event) -> None:
        """Return when `stop` is set.

        Raises:
            StreamingQueryException: a query has failed; what it had not landed comes again.
        """
        while not stop.is_set():
            self._spark.streams.awaitAnyTermination(_LOOK_S)
            for query in self.queries:
                self._lag.tell(query)

    def stop(self) -> None:
        """Let running batches end, then stop the queries."""
        for gathering in self._gatherings.values():
            gathering.end()
        for topic, landing in self._landings.items():
            if not landing.finish(_FINISH_S_MAX):
                _log.warning("the batch of %s did not end in time: it lands after a restart", topic)
        for query in self.queries:
            self._lag.tell(query)
            query.stop()
        self._lag.close()


def main(name: str, topics: Sequence[str]) -> None:
    """Land `topics` until SIGTERM or SIGINT.

    Exits with 3 without Kafka or with tables that do not fit, with 1 when a query fails.

    Args:
        name: of this process in the stack.
        topics: whose events it lands.
    """
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    stop = Event()
    _on_signals(stop)
    settings = load_settings()
    with landing_lock(settings, stop) as is_held:
        if not is_held:
            return
        spark = start_session(settings, f"guildhall-{name}")
        try:
            _land(spark, settings, name, topics, stop)
        except (SourceError, TableError) as error:
            _log.error("%s", error)
            sys.exit(3)
        except StreamingQueryException:
            _log.exception("a landing query failed; nothing is lost, a restart goes on from there")
            sys.exit(1)
        finally:
            spark.stop()


def _land(
    spark: SparkSession, settings: Settings, name: str, topics: Sequence[str], stop: Event
) -> None:
    job = LandingJob(spark, settings, topics)
    rounds = Rounds(spark, settings, topics)
    try:
        land_catalogue(spark, _CATALOGUE)
        job.start()
        rounds.start()
        announce(settings, name)
        job.wait(stop)
        _hush(spark)
    finally:
        job.stop()
        rounds.stop()


def _hush(spark: SparkSession) -> None:
    """Silence both logs: a batch that is refused because the job stops would look like a fault."""
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    spark.sparkContext.setLogLevel("OFF")


def _on_signals(stop: Event) -> None:
    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
