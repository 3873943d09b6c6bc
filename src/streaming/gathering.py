"""How long a job lets records gather: a batch of one costs nearly as much as one of thousands.

Under a load of 1,000 and more trades/s, batches begun each second took 0.28 to 0.51 ms of processor
time a trade, batches begun each third second 0.19 to 0.22 (docs/decisions/0031): on cores that the
trades want. So a topic that is busy is landed less often. A trickle is landed at once, and a
backlog without a pause.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from pyspark.sql import DataFrame

#: Records a second of one topic from which on it counts as busy.
BUSY_RATE = 1_000.0
#: A batch of this many is part of a backlog: the next is wanted at once.
BACKLOG_RECORDS = 10_000
#: How long a busy topic gathers between two batches.
GATHER_S = 1.5


def gathering_s(records: int, passed_s: float) -> float:
    """Return how long to wait after a batch.

    Args:
        records: of the batch.
        passed_s: from the beginning of the one before it to its own, in seconds.
    """
    is_busy = records >= BUSY_RATE * passed_s
    return GATHER_S if is_busy and records < BACKLOG_RECORDS else 0.0


class Gathering:
    """Lands batches, and waits after those of a busy topic."""

    def __init__(self, land: Callable[[DataFrame, int], int]) -> None:
        """Land by `land`, which returns how many records a batch had."""
        self._land = land
        self._began_at = time.monotonic()
        self._is_ending = Event()

    def __call__(self, records: DataFrame, batch_id: int) -> None:
        """Land one batch; what Spark calls for each."""
        began_at = time.monotonic()
        count = self._land(records, batch_id)
        pause_s = gathering_s(count, began_at - self._began_at)
        self._began_at = began_at
        self._is_ending.wait(pause_s)

    def end(self) -> None:
        """Wait no more."""
        self._is_ending.set()
