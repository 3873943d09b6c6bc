"""Land one batch of a topic: each record once, in every table of its topic, or in quarantine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own name for it

from src.events.definitions import EVENTS, TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.events.fields import Field, fields_of
from src.streaming.parsing import event_rows, leg_rows, parsed_rows, quarantine_rows
from src.streaming.schemas import PLAYER_STATE, QUARANTINE, TRADE, TRADE_LEG
from src.streaming.tables import LandingTable, Positions, table_schemas

_log = logging.getLogger(__name__)

#: From the parsed rows of a batch to the rows of one table.
Transform = Callable[[DataFrame], DataFrame]


class Stopped(Exception):
    """The job is stopping; a batch that was about to begin is left for the next start."""


@dataclass(frozen=True)
class BatchFacts:
    """What one pass over a parsed batch tells.

    `first` and `last` are offsets by partition. `unfit` counts the records for quarantine.
    """

    first: Positions
    last: Positions
    unfit: int
    newest_occurred_at: str | None

    def reached(self, before: Positions) -> Positions:
        """Return the positions of a table at `before` once it has landed this batch."""
        after = {partition: offset + 1 for partition, offset in self.last.items()}
        return {p: max(before.get(p, 0), after.get(p, 0)) for p in before.keys() | after.keys()}


class Landing:
    """Lands the batches of one topic. `land` is what Spark calls for each."""

    def __init__(self, spark: SparkSession, topic: str) -> None:
        """Land `topic`, one of `EVENTS`, in its tables, which must exist."""
        self._topic = topic
        self._fields = fields_of(EVENTS[topic])
        self._quarantine = LandingTable(spark, QUARANTINE, topic)
        self._tables = [
            (LandingTable(spark, name, topic), transform)
            for name, transform in _transforms(topic, self._fields).items()
        ]
        self._is_stopping = False
        self._busy = Lock()

    def positions(self) -> Positions:
        """Return where reading must begin: what all tables have.

        Quarantine does not count: it is written before the others, so it is never behind them.
        """
        known = [table.positions() for table, _ in self._tables]
        partitions = known[0].keys() if all(known) else set()
        return {p: min(positions.get(p, 0) for positions in known) for p in partitions}

    def land(self, records: DataFrame, batch_id: int) -> None:
        """Land one batch of Kafka records.

        Raises:
            Stopped: `finish` was called before the batch began.
        """
        with self._busy:
            if self._is_stopping:
                raise Stopped
            # 1 Parse, once, and keep the rows for the appends below. Dies here: nothing has
            #   landed; a restart reads from the tables' positions and meets the records again.
            parsed = parsed_rows(records, self._fields).persist()
            try:
                facts = _facts(parsed)
                if facts.last:
                    self._land_parsed(parsed, facts, batch_id)
            finally:
                parsed.unpersist()

    def finish(self, timeout_s: float) -> bool:
        """Let the running batch end and begin no other; say whether it ended in time."""
        self._is_stopping = True
        if finished := self._busy.acquire(timeout=timeout_s):
            self._busy.release()
        return finished

    def _land_parsed(self, parsed: DataFrame, facts: BatchFacts, batch_id: int) -> None:
        # 2 Unfit records first. Dies after this: the other tables have not reached them, so they
        #   come again, and quarantine skips them by its own position.
        if facts.unfit:
            _log.warning("batch %d of %s: %d unfit records", batch_id, self._topic, facts.unfit)
            self._append(self._quarantine, parsed, facts, self._quarantined)
        # 3 Then table by table. Dies between two: a restart begins at the one that is behind, and
        #   the other skips what it has by its own position. None ever lands a record twice.
        for table, transform in self._tables:
            self._append(table, parsed, facts, transform)
        # 4 Spark notes the batch as done. Dies before that: nothing depends on the note.

    def _append(
        self, table: LandingTable, parsed: DataFrame, facts: BatchFacts, transform: Transform
    ) -> None:
        before = table.positions()
        after = facts.reached(before)
        if after == before:
            _log.info("%s has landed this batch of %s before", table.name, self._topic)
            return
        if any(offset < before.get(partition, 0) for partition, offset in facts.first.items()):
            parsed = _at_or_past(parsed, before)
        table.append(transform(parsed), after, facts.newest_occurred_at)

    def _quarantined(self, parsed: DataFrame) -> DataFrame:
        return quarantine_rows(parsed, self._topic)


def _transforms(topic: str, fields: tuple[Field, ...]) -> dict[str, Transform]:
    """Return, by table and in the order in which they are written, what lands from a topic."""
    schemas = table_schemas()
    transforms: dict[str, dict[str, Transform]] = {
        TOPIC_TRADE: {
            # Legs first: whoever sees a trade and then looks for its legs finds all of them.
            TRADE_LEG: lambda parsed: leg_rows(parsed, fields),
            TRADE: lambda parsed: event_rows(parsed, schemas[TRADE].names),
        },
        TOPIC_PLAYER_STATE: {
            PLAYER_STATE: lambda parsed: event_rows(parsed, schemas[PLAYER_STATE].names),
        },
    }
    return transforms[topic]


def _facts(parsed: DataFrame) -> BatchFacts:
    rows = (
        parsed.groupBy("partition")
        .agg(
            F.min("offset").alias("first"),
            F.max("offset").alias("last"),
            F.count("reason").alias("unfit"),
            F.max("event.occurred_at").alias("newest"),
        )
        .collect()
    )
    newest = max((row["newest"] for row in rows if row["newest"] is not None), default=None)
    return BatchFacts(
        first={row["partition"]: row["first"] for row in rows},
        last={row["partition"]: row["last"] for row in rows},
        unfit=sum(row["unfit"] for row in rows),
        newest_occurred_at=None if newest is None else f"{newest.isoformat()}Z",
    )


def _at_or_past(parsed: DataFrame, positions: Positions) -> DataFrame:
    """Keep the rows that a table at `positions` does not have yet."""
    old = F.lit(False)  # noqa: FBT003 - a literal column
    for partition, offset in positions.items():
        old |= (F.col("partition") == partition) & (F.col("offset") < offset)
    return parsed.where(~old)
