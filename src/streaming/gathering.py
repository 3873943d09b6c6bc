"""How long a job lets records gather: a batch of one costs nearly as much as one of thousands.

Under as many trades as two cores take, batches begun each second or two took 0.18 ms of processor
time a trade where batches begun each fifth second took 0.10, and those trades were a sixth fewer
(docs/decisions/0031, 0044): the cores are the trades' own. So a topic is landed the less often the
busier it is. A trickle is landed at once, and a backlog without a pause.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from pyspark.sql import DataFrame

#: Records a second of one topic from which on it counts as busy.
BUSY_RATE = 1_000.0
#: How long a topic that is just busy gathers between two batches; one twice as busy, twice as long.
GATHER_S = 1.5
#: But no topic longer than this.
GATHER_S_MAX = 5.0


def gathering_s(records: int, passed_s: float, backlog: int) -> float:
    """Return how long to wait after a batch.

    Args:
        records: of the batch.
        passed_s: from the beginning of the one before it to its own, in seconds.
        backlog: so many records or more are part of a backlog: the next batch is wanted at once.
    """
    just_busy = BUSY_RATE * passed_s
    if records >= backlog or records < just_busy:
        return 0.0
    return min(GATHER_S * records / just_busy, GATHER_S_MAX) if just_busy else GATHER_S_MAX


class Gathering:
    """Lands batches, and waits after those of a busy topic."""

    def __init__(self, land: Callable[[DataFrame, int], int], records_max: int) -> None:
        """Land by `land`, which returns how many records a batch had: `records_max` at most."""
        self._land = land
        # Kafka's own notes in a topic count among what a batch takes at most.
        self._backlog = records_max // 2
        self._began_at = time.monotonic()
        self._is_ending = Event()

    def __call__(self, read: DataFrame, batch_id: int) -> None:
        """Land one batch; what Spark calls for each."""
        began_at = time.monotonic()
        count = self._land(read, batch_id)
        pause_s = gathering_s(count, began_at - self._began_at, self._backlog)
        self._began_at = began_at
        self._is_ending.wait(pause_s)

    def end(self) -> None:
        """Wait no more."""
        self._is_ending.set()
