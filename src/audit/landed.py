"""Waiting until the tables have what Redis has."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from src.audit.sql import check_sql
from src.economy.engine import Engine

#: Seconds without one more event landed, after which landing is said to stand still. A killed
#: Kafka needs up to 43 s on a busy machine, and a Spark that starts about 20.
STILL_S = 90.0
_PAUSE_S = 0.5

OpenEngine = Callable[[], AbstractContextManager[Engine]]


class LandingStandsStill(Exception):
    """Events that were committed do not arrive in the tables."""

    def __init__(self, landed: int, last_seq: int) -> None:
        """Say how many of how many are there."""
        super().__init__(f"{landed:,} of {last_seq:,} events have landed, and no more come")
        self.landed = landed
        self.last_seq = last_seq


class Progress(Protocol):
    """Told how many of how many events have landed."""

    def __call__(self, landed: int, last_seq: int) -> None:
        """Note the count."""


def wait_until_landed(
    open_engine: OpenEngine, last_seq: int, progress: Progress, still_s: float = STILL_S
) -> None:
    """Return when every event up to `last_seq` can be queried.

    Raises:
        LandingStandsStill: nothing more landed for `still_s` seconds.
    """
    most, moved_at = -1, time.monotonic()
    while True:
        asked_at = time.monotonic()
        with open_engine() as engine:
            landed: int = engine.ask(check_sql("landed_count"), [last_seq]).only()["events"]
            stale_s = engine.stale_s_max
        progress(landed, last_seq)
        if landed >= last_seq:
            # What was counted may have been newer than what the engine knows of another table.
            time.sleep(stale_s)
            return
        if landed > most:
            most, moved_at = landed, time.monotonic()
        elif time.monotonic() - moved_at > still_s:
            raise LandingStandsStill(landed, last_seq)
        # An engine that takes long to answer shares its cores with landing: leave it half of them.
        time.sleep(max(_PAUSE_S, time.monotonic() - asked_at))
