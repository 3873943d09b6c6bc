"""Land one batch of a topic: each record once, in every table of its topic, or in quarantine."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import BinaryType, StructField, StructType

from src.decoding import msgpack_decoder
from src.events.definitions import EVENTS, TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.events.fields import fields_of
from src.streaming.data_files import Positions, Target, Written, together, write_files
from src.streaming.parsing import RowsOf, event_rows, leg_rows, quarantine_rows, trade_rows
from src.streaming.schemas import PLAYER_STATE, QUARANTINE, TRADE, TRADE_LEG
from src.streaming.tables import DAY_OF, LandingTable

_log = logging.getLogger(__name__)

#: What lands from a topic, in the order in which it is committed.
_ROWS_OF: dict[str, dict[str, RowsOf]] = {
    TOPIC_TRADE: {
        QUARANTINE: quarantine_rows,
        # Legs first: whoever sees a trade and then looks for its legs finds all of them.
        TRADE_LEG: leg_rows,
        TRADE: trade_rows,
    },
    TOPIC_PLAYER_STATE: {QUARANTINE: quarantine_rows, PLAYER_STATE: event_rows},
}

#: Up to this many records one task takes no more of the cores than two, and leaves half as many
#: files. More are part of a backlog, which two tasks land sooner.
_ONE_TASK_RECORDS = 50_000

#: What tasks are given, as SQL: pyspark asks the JVM fifty times for the same as columns.
_READ = ("partition", "offset", "timestamp as received_at", "value")
_WRITTEN = StructType([StructField("written", BinaryType())])

_DECODER = msgpack_decoder(Written)


class Stopped(Exception):
    """The job is stopping; a batch that was about to begin is left for the next start."""


class Landing:
    """Lands the batches of one topic."""

    def __init__(self, spark: SparkSession, topic: str) -> None:
        """Land `topic`, one of `EVENTS`, in its tables, which must exist."""
        self._topic = topic
        self._fields = fields_of(EVENTS[topic])
        self._tables = {name: LandingTable(spark, name, topic) for name in _ROWS_OF[topic]}
        self._schemas = {name: table.arrow_schema() for name, table in self._tables.items()}
        self._folder = Path(str(spark.conf.get("spark.local.dir"))) / "batches" / topic
        self._records_before = 0
        self._is_stopping = False
        self._busy = Lock()

    def positions(self) -> Positions:
        """Return where reading must begin: what all tables have.

        Quarantine does not count: it is written before the others, so it is never behind them.
        """
        known = [t.positions() for name, t in self._tables.items() if name != QUARANTINE]
        partitions = known[0].keys() if all(known) else set()
        return {p: min(positions.get(p, 0) for positions in known) for p in partitions}

    def land(self, records: DataFrame, batch_id: int) -> int:
        """Land one batch of Kafka records; return how many it had.

        Raises:
            Stopped: `finish` was called before the batch began.
        """
        with self._busy:
            if self._is_stopping:
                raise Stopped
            with self._emptied_folder() as folder:
                return self._land(records, batch_id, folder)

    def finish(self, timeout_s: float) -> bool:
        """Let the running batch end and begin no other; say whether it ended in time."""
        self._is_stopping = True
        if finished := self._busy.acquire(timeout=timeout_s):
            self._busy.release()
        return finished

    @contextmanager
    def _emptied_folder(self) -> Iterator[Path]:
        """Have a folder for the files of a batch; what a batch left there that died is gone."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            yield self._folder
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _land(self, records: DataFrame, batch_id: int, folder: Path) -> int:
        # 1 Read each record once and write the files of all tables, into a folder of the batch.
        #   Dies here: nothing has landed; a restart begins at the tables' positions and meets the
        #   records again.
        written = self._written(records, folder)
        if not written.records:
            return 0
        if written.unfit:
            _log.warning("batch %d of %s: %d unfit", batch_id, self._topic, written.unfit)
        # 2 Copy the files to their place and commit, table by table, unfit records first. Dies
        #   between two: a restart begins at the one that is behind; those that are ahead skip what
        #   they have by their own positions. None ever lands a record twice.
        for name, table in self._tables.items():
            if name != QUARANTINE or written.unfit:
                self._append(table, written)
        # 3 Spark notes the batch as done. Dies before that: nothing depends on the note.
        return written.records

    def _written(self, records: DataFrame, folder: Path) -> Written:
        """Let Spark's tasks read the records, and return what they made of them."""
        if self._records_before <= _ONE_TASK_RECORDS:
            records = records.coalesce(1)
        targets = [
            Target(name, self._schemas[name], DAY_OF[name], rows_of, self._tables[name].positions())
            for name, rows_of in _ROWS_OF[self._topic].items()
        ]
        tasks = (
            records.selectExpr(*_READ)
            .mapInArrow(write_files(self._topic, self._fields, targets, folder), _WRITTEN)
            .collect()
        )
        written = together([_DECODER.decode(task["written"]) for task in tasks])
        self._records_before = written.records
        return written

    def _append(self, table: LandingTable, written: Written) -> None:
        before = table.positions()
        reached = {partition: offset + 1 for partition, offset in written.last.items()}
        after = {
            p: max(before.get(p, 0), reached.get(p, 0)) for p in before.keys() | reached.keys()
        }
        if after == before:
            _log.info("%s has landed this batch of %s before", table.name, self._topic)
            return
        files = [file for file in written.files if file.table == table.name]
        table.append(files, after, written.newest_occurred_at)
