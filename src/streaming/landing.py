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
from src.streaming.collecting import binaries_of
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

#: What tasks are given, as SQL.
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
        # The other half of the cores is the other topic's. One task leaves one file a table.
        self._tasks = max(1, spark.sparkContext.defaultParallelism // 2)
        self._is_stopping = False
        self._busy = Lock()

    def positions(self) -> Positions:
        """Return where reading must begin: what all tables have.

        Quarantine does not count: it is written before the others, so it is never behind them.
        """
        known = [t.positions() for name, t in self._tables.items() if name != QUARANTINE]
        partitions = known[0].keys() if all(known) else set()
        return {p: min(positions.get(p, 0) for positions in known) for p in partitions}

    def read(self, records: DataFrame) -> DataFrame:
        """Return what tasks make of Kafka records: of each task one row, for `land`.

        It is part of the stream, whose plan Spark keeps, and not of each batch, which would be
        planned anew. So tasks know the tables' positions as they are now. That is enough: a stream
        reads no record twice, and what a table has already lies before its position.

        Args:
            records: the stream of a topic, from `positions` on, or some of its records.
        """
        targets = [
            Target(name, self._schemas[name], DAY_OF[name], rows_of, self._tables[name].positions())
            for name, rows_of in _ROWS_OF[self._topic].items()
        ]
        task = write_files(self._topic, self._fields, targets, self._folder)
        return records.selectExpr(*_READ).coalesce(self._tasks).mapInArrow(task, _WRITTEN)

    def land(self, read: DataFrame, batch_id: int) -> int:
        """Land one batch of what `read` returned; return how many records it had.

        Raises:
            Stopped: `finish` was called before the batch began.
        """
        with self._busy:
            if self._is_stopping:
                raise Stopped
            with self._emptied_folder():
                return self._land(read, batch_id)

    def finish(self, timeout_s: float) -> bool:
        """Let the running batch end and begin no other; say whether it ended in time."""
        self._is_stopping = True
        if finished := self._busy.acquire(timeout=timeout_s):
            self._busy.release()
        return finished

    @contextmanager
    def _emptied_folder(self) -> Iterator[None]:
        """Have a folder for the files of a batch; what a batch left there that died is gone."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            yield
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _land(self, read: DataFrame, batch_id: int) -> int:
        # 1 Read each record once and write the files of all tables, into a folder of the batch.
        #   Dies here: nothing has landed; a restart begins at the tables' positions and meets the
        #   records again.
        written = together([_DECODER.decode(task) for task in binaries_of(read)])
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
