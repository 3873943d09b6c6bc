"""A batch's records written as Parquet files, inside Spark's tasks.

A task reads its records once and writes the files of every table from them, into a folder of the
batch on this machine. What it returns is their names: the driver copies them to their place and
commits them (`tables.py`), so that one way of writing serves every file system. The folder goes
with the batch, and with it what a task left there that ran twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct
from uuid_utils import uuid7

from src.events.fields import Field
from src.streaming.parsing import Received, RowsOf
from src.streaming.validity import reader_of

Positions = dict[int, int]

#: Rows of one row group: enough for good compression, few enough to hold in memory.
_GROUP_ROWS = 32_768
#: Dictionaries save nothing in small files, and pyarrow writes an empty one where all values are
#: null, on which Presto 0.287 fails (docs/decisions/0041).
_PARQUET = {"compression": "zstd", "use_dictionary": False, "store_schema": False}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class DataFile(Struct, frozen=True):
    """A Parquet file of a table, all of whose rows are of one day, and where it was written."""

    table: str
    day: date
    path: str


class Written(Struct, frozen=True):
    """What tasks made of their records.

    `last` is the last offset by partition; `unfit` counts the records for quarantine.
    `newest_occurred_at` is UTC; None without events.
    """

    files: list[DataFile]
    last: Positions
    records: int
    unfit: int
    newest_occurred_at: datetime | None


def together(tasks: Sequence[Written]) -> Written:
    """Return what several tasks made of a batch; no two of them read the same partition."""
    moments = [task.newest_occurred_at for task in tasks if task.newest_occurred_at is not None]
    return Written(
        files=[file for task in tasks for file in task.files],
        last={partition: last for task in tasks for partition, last in task.last.items()},
        records=sum(task.records for task in tasks),
        unfit=sum(task.unfit for task in tasks),
        newest_occurred_at=max(moments, default=None),
    )


@dataclass(frozen=True)
class Target:
    """A table that records land in, as a task needs to know it.

    `schema` carries Iceberg's field ids. Rows are kept apart by the day of the column `day_of`.
    Records before `positions` (the next offset by partition) are in the table already.
    """

    table: str
    schema: pa.Schema
    day_of: str
    rows_of: RowsOf
    positions: Positions


def write_files(
    topic: str, fields: tuple[Field, ...], targets: Sequence[Target], folder: Path
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what a task runs: from batches of Kafka records to one encoded `Written`.

    Args:
        topic: that the records come from.
        fields: of the event that the topic carries.
        targets: the tables to write.
        folder: where files are written; each batch finds it empty.
    """

    def written(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        read = reader_of(fields)
        files = [_Files(target, folder) for target in targets]
        last: Positions = {}
        count = unfit = 0
        newest = _LONG_AGO
        for batch in batches:
            received = Received(topic, batch, list(map(read, batch["value"].to_pylist())))
            last.update(received.last)
            count += batch.num_rows
            unfit += batch.num_rows - len(received.events)
            newest = max((newest, *(event.occurred_at for event in received.events)))
            for each in files:
                each.add(received)
        result = Written(
            files=[file for each in files for file in each.close()],
            last=last,
            records=count,
            unfit=unfit,
            newest_occurred_at=None if newest is _LONG_AGO else newest,
        )
        yield pa.RecordBatch.from_arrays(
            [pa.array([msgspec.msgpack.encode(result)], pa.binary())], names=["written"]
        )

    return written


class _Files:
    """The files of one table that a task writes: one a day."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._open: dict[date, tuple[str, pq.ParquetWriter]] = {}

    def add(self, received: Received) -> None:
        """Take the table's rows of records that follow those before."""
        # What the table has already is left out.
        missing = received.since(self._target.positions)
        rows = self._target.rows_of(missing, self._target.schema)
        if rows.num_rows:
            self._waiting.append(rows)
            self._waiting_rows += rows.num_rows
        if self._waiting_rows >= _GROUP_ROWS:
            self._write()

    def close(self) -> list[DataFile]:
        """Return the files."""
        self._write()
        return [self._closed(day) for day in sorted(self._open)]

    def _write(self) -> None:
        if not self._waiting:
            return
        rows = pa.Table.from_batches(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        days = rows[self._target.day_of].cast(pa.date32())
        for day in pc.unique(days).to_pylist():
            self._writer(day).write_table(rows.filter(pc.equal(days, day)))

    def _writer(self, day: date) -> pq.ParquetWriter:
        if day not in self._open:
            path = str(self._folder / f"{uuid7()}.parquet")
            self._open[day] = path, pq.ParquetWriter(path, self._target.schema, **_PARQUET)
        return self._open[day][1]

    def _closed(self, day: date) -> DataFile:
        path, writer = self._open[day]
        writer.close()
        return DataFile(self._target.table, day, path)
