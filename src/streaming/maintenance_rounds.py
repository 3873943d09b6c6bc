"""Maintenance on a schedule and on request, beside the landing queries of the same process.

All of it is done by one thread: what it does to a table meets nothing but landing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from threading import Event, Thread

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from src.config import Settings
from src.events.definitions import TOPIC_TRADE
from src.rollups import rollup_tables
from src.streaming import maintenance_requests as requests
from src.streaming.expiry import DATA_TABLES, expire_repeated
from src.streaming.maintenance import Upkeep, maintain, now_ms
from src.streaming.materialized import MATERIALIZED
from src.streaming.schemas import ITEM, QUARANTINE

_log = logging.getLogger(__name__)
#: A line a table and round: what was done to the tables can be read in the log.
_log.setLevel(logging.INFO)

#: How often the thread looks for requests.
_LOOK_S = 0.5

#: Each commit of landing reads and writes what its table knows of its snapshots: a busy table has
#: forty more a minute.
_REPEATED_EVERY_S = 60.0

#: Looking for orphans lists whole folders; they are rare, what a kill leaves behind.
_ORPHANS_EVERY_S = 86_400.0

#: The scheduler's pool, where maintenance gets no more than its share of the cores.
_POOL = "maintenance"

#: How long a stop waits for the steps under way to be cancelled.
_END_S_MAX = 10.0


def tables_of(topics: Sequence[str]) -> tuple[str, ...]:
    """Return the tables that the process which lands `topics` maintains.

    What no topic owns alone goes with `trade`, so that two processes never maintain one table. A
    materialized view or a rollup comes after its source, which is then compacted.
    """
    owned = [table for topic in topics for table in DATA_TABLES[topic]]
    owned += [table for table, view in MATERIALIZED.items() if view.source in owned]
    owned += [table for table, rollup in rollup_tables().items() if rollup.source in owned]
    return tuple(owned + ([QUARANTINE, ITEM] if TOPIC_TRADE in topics else []))


class Rounds:
    """The maintenance thread of a landing process."""

    def __init__(self, spark: SparkSession, settings: Settings, topics: Sequence[str]) -> None:
        """Maintain the tables of `topics` once `start` is called."""
        self._spark = spark
        self._settings = settings
        self._tables = tables_of(topics)
        self._landed_in = [table for topic in topics for table in DATA_TABLES[topic]]
        self._stop = Event()
        self._orphans_due_at = 0.0
        self._thread = Thread(target=self._run, name="maintenance", daemon=True)

    def start(self) -> None:
        """Begin: the first round on schedule comes when one interval has passed."""
        self._thread.start()

    def stop(self) -> None:
        """Cancel what is under way in the session; what maintenance loses, the next round does."""
        self._stop.set()
        deadline = time.monotonic() + _END_S_MAX
        while self._thread.is_alive() and time.monotonic() < deadline:
            # Iceberg names its jobs' groups itself, and a step that failed lets the next one begin.
            self._spark.sparkContext.cancelAllJobs()
            self._thread.join(_LOOK_S)

    def _run(self) -> None:
        self._spark.sparkContext.setLocalProperty("spark.scheduler.pool", _POOL)
        interval_s = self._settings.maintenance_interval_s
        due_at = time.monotonic() + interval_s
        repeated_due_at = time.monotonic() + _REPEATED_EVERY_S
        while not self._stop.wait(_LOOK_S):
            self._answer_requests()
            if interval_s and time.monotonic() >= due_at:
                self._round()
                due_at = time.monotonic() + interval_s
            if time.monotonic() >= repeated_due_at:
                self._expire_repeated()
                repeated_due_at = time.monotonic() + _REPEATED_EVERY_S

    def _round(self) -> None:
        with_orphans = time.monotonic() >= self._orphans_due_at
        for upkeep in self._maintained(self._tables, with_orphans=with_orphans):
            _log.info(
                "%s: %d files of %d became %d, %d rows taken in, %d snapshots expired, "
                "%d orphans removed, in %.1f s",
                upkeep.table,
                upkeep.compacted,
                upkeep.files_before,
                upkeep.written,
                upkeep.taken_in,
                upkeep.snapshots_expired,
                upkeep.orphans_removed,
                upkeep.seconds,
            )
        if with_orphans:
            self._orphans_due_at = time.monotonic() + _ORPHANS_EVERY_S

    def _expire_repeated(self) -> None:
        for table in self._landed_in:
            if self._stop.is_set():
                return
            try:
                expire_repeated(self._spark, table, now_ms())
            except (Py4JError, PySparkException, OSError) as error:
                # As of a step of maintenance: what is left is done the next time.
                if not self._stop.is_set():
                    _log.warning("repeated snapshots of %s stay for now: %s", table, error)

    def _answer_requests(self) -> None:
        for request in requests.waiting_requests(self._settings):
            wanted = [
                table
                for table in request.tables
                if table in self._tables
                and not requests.is_answered(self._settings, request, table)
            ]
            for upkeep in self._maintained(wanted, with_orphans=True, anew=request.anew):
                requests.answer(self._settings, request, upkeep)

    def _maintained(
        self, tables: Sequence[str], *, with_orphans: bool, anew: bool = False
    ) -> Iterator[Upkeep]:
        for table in tables:
            if self._stop.is_set():
                return
            try:
                yield maintain(
                    self._spark, self._settings, table, with_orphans=with_orphans, anew=anew
                )
            except (Py4JError, PySparkException, OSError) as error:
                # Landing goes on without it; a stop ends the JVM under the step.
                if self._stop.is_set():
                    return
                _log.exception("maintenance of %s failed; the next round tries again", table)
                yield Upkeep(table=table, faults=(str(error),))
