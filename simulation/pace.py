"""When each round of a run begins: at once, or as a clock that runs faster than ours says."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Begins the rounds of a run in equal distances, or later when playing them takes longer."""

    def __init__(
        self,
        round_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Let a round begin each `round_s` seconds of a rising clock; 0 begins each at once."""
        self._round_s = round_s
        self._clock = clock
        self._sleep = sleep
        self._began: float | None = None
        self.behind_s_max = 0.0

    def await_round(self, number: int) -> None:
        """Wait until a round is due; the rounds count from 0."""
        if not self._round_s:
            return
        now = self._clock()
        if self._began is None:
            self._began = now
        early_s = self._began + number * self._round_s - now
        if early_s > 0:
            self._sleep(early_s)
        else:
            self.behind_s_max = max(self.behind_s_max, -early_s)
