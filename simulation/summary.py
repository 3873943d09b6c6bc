"""What a run showed: outcomes, rate, latency, and where the server differed from the books."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct

from simulation.actions import SETTLED, Step
from simulation.transport import Reply
from simulation.wire import Outcome, Settled
from src.decoding import json_decoded


class OutcomeCount(Struct, frozen=True, kw_only=True):
    """How many actions of a kind ended in one way."""

    kind: str
    status: str
    reason: str | None
    count: int


class Summary(Struct, frozen=True, kw_only=True):
    """A run. Latencies are in milliseconds from the first try of a request to its answer.

    `players`, `trades`, `seed` and `switches` are what was asked for; `trades_per_s` counts trades
    answered while they were played, creation and reading back not included. `rounds` is how many
    the plan was cut into, hours when it is an economy's, and `behind_s_max` how far, in seconds,
    one of them ever began behind its pace.
    """

    run_id: str
    seed: int
    players: int
    trades: int
    workers: int
    requests: int
    retries: int
    replayed: int
    play_s: float
    trades_per_s: float
    latency_ms_p50: float
    latency_ms_p99: float
    outcomes: list[OutcomeCount]
    players_read_back: int
    difference_count: int
    differences: list[str]
    switches: list[str] = []
    rounds: int = 0
    behind_s_max: float = 0.0

    @property
    def settled(self) -> int:
        """Actions that were settled."""
        return sum(each.count for each in self.outcomes if each.status == SETTLED)

    @property
    def rejected(self) -> int:
        """Actions that were refused."""
        return sum(each.count for each in self.outcomes if each.status != SETTLED)


class Tally:
    """Counts while a run is on. Threads may report at once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = Lock()
        self._outcomes: Counter[tuple[str, str, str | None]] = Counter()
        self._latencies_s = array("d")
        self.requests = 0
        self.retries = 0
        self.replayed = 0

    def answered(self, reply: Reply) -> None:
        """Count one answered request."""
        with self._lock:
            self.requests += 1
            self.retries += reply.retries
            self.replayed += reply.replayed

    def decided(self, step: Step, outcomes: Sequence[Outcome], reply: Reply) -> None:
        """Count the outcomes of a step, and the time that its request took."""
        with self._lock:
            self._latencies_s.append(reply.seconds)
            for action, outcome in zip(step, outcomes, strict=True):
                is_settled = isinstance(outcome, Settled)
                reason = None if isinstance(outcome, Settled) else outcome.reason
                status = SETTLED if is_settled else "rejected"
                self._outcomes[action.kind, status, reason] += 1

    def outcomes(self) -> list[OutcomeCount]:
        """Return the counts, the most frequent first."""
        return [
            OutcomeCount(kind=kind, status=status, reason=reason, count=count)
            for (kind, status, reason), count in sorted(
                self._outcomes.items(), key=lambda each: (-each[1], str(each[0]))
            )
        ]

    def latency_ms(self, percent: int) -> float:
        """Return the latency that `percent` of the requests did not pass, 0 when there are none.

        The nearest rank: a latency that occurred, not one between two.
        """
        ordered = sorted(self._latencies_s)
        if not ordered:
            return 0.0
        rank = -(-percent * len(ordered) // 100)
        return round(ordered[max(rank, 1) - 1] * 1_000, 3)


def summary_path(var: Path) -> Path:
    """Return where the last run's summary lies, for the report."""
    return var / "run" / "simulation.json"


def write_summary(summary: Summary, var: Path) -> Path:
    """Write the summary of the last run, and return where."""
    path = summary_path(var)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
    return path


def read_summary(var: Path) -> Summary | None:
    """Return the last run's summary, or None when there is none."""
    path = summary_path(var)
    return json_decoded(path.read_bytes(), Summary) if path.exists() else None
