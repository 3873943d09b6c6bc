"""Clocks and ids that a test can foretell."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: Where the clocks of tests begin.
BEGINNING = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


def ticking(step: timedelta = timedelta(milliseconds=1)) -> Callable[[], datetime]:
    """Return a clock that shows `step` more each time it is looked at."""
    ticks = itertools.count()
    return lambda: BEGINNING + next(ticks) * step


def numbered(prefix: str = "id") -> Callable[[], str]:
    """Return a source of ids: `id-1`, `id-2`, ..."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"


def no_pause(_attempt: int) -> None:
    """Retry at once."""
