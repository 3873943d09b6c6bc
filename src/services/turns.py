"""Turns in the order of asking.

`threading.Semaphore` lets whoever comes first after a release have it: a thread that is at work
comes before one that has to wake up, again and again.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Lets some at a time in, the others in the order in which they came; a context manager."""

    def __init__(self, at_once: int) -> None:
        """Let `at_once` in at the same time."""
        self._lock = threading.Lock()
        self._free = at_once
        self._gates: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        return len(self._gates)

    def __enter__(self) -> None:
        """Wait for a turn."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            gate = threading.Lock()
            gate.acquire()
            self._gates.append(gate)
        gate.acquire()

    def __exit__(self, *_raised: object) -> None:
        """Hand the turn over."""
        with self._lock:
            if self._gates:
                self._gates.popleft().release()
            else:
                self._free += 1
