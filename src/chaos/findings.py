"""Findings: what a run promised and did not hold, counted and told."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import Literal

#: `lost`: acknowledged and not there. `duplicated`: there more than once. `differs`: there, and
#: other than was told.
FindingKind = Literal["lost", "duplicated", "differs"]

#: Findings of a kind that are kept as text; the rest is counted. One fault can show in thousands.
_TOLD_MAX = 50


class Findings:
    """All findings of a run. Threads may add at once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._counts: Counter[FindingKind] = Counter()
        self.told: list[str] = []

    def add(self, kind: FindingKind, what: str) -> None:
        """Add one."""
        with self._lock:
            self._counts[kind] += 1
            if self._counts[kind] <= _TOLD_MAX:
                self.told.append(f"{kind}: {what}")

    def count(self, kind: FindingKind) -> int:
        """Return how many of a kind there are."""
        return self._counts[kind]

    @property
    def total(self) -> int:
        """How many there are of all kinds."""
        return self._counts.total()
