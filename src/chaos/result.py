"""What a chaos run showed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from src.audit.reconcile import Reconciliation
from src.chaos.findings import Findings
from src.chaos.schedule import FaultKind, Target
from src.chaos.tally import LoadTally

#: The rows of the table, in this order, and the targets that each counts.
_ROWS: Mapping[str, tuple[Target, ...]] = {
    "api worker": ("api_worker",),
    "api": ("api",),
    "relay": ("relay",),
    "streaming": ("streaming", "streaming_jvm"),
    "kafka": ("kafka",),
    "redis": ("redis",),
}


class ProcessFaults(Struct, frozen=True, kw_only=True):
    """What was done to one process, and the longest time that it then needed, in seconds.

    `kills` counts the API that was killed while Redis was frozen; `recovered_s_max` is null for a
    process that was not struck.
    """

    process: str
    kills: int
    pauses: int
    no_room: int
    outages: int
    recovered_s_max: float | None


class ChaosResult(Struct, frozen=True, kw_only=True):
    """A run: what was done, what was acknowledged, and what did not hold.

    Attributes:
        seed: of the load and of the faults.
        minutes: for which storms were begun.
        storms: that were dealt in full.
        processes: one row each.
        requests: that were answered; `retried` counts tries beyond their first.
        acknowledged: trades whose outcome was told: `settled` and `refused`.
        in_doubt: requests that were not answered at first; `in_doubt_made` of them had changed
            the players nevertheless.
        outbox_full: how often the outbox was seen full while Kafka was away.
        events: of the realm, compared in the end.
        lost, duplicated, differs: findings by kind; each 0 in a clean run.
        findings: the first of them, told.
        reconciled: whether `reconcile` found no difference.
    """

    seed: int
    minutes: float
    storms: int
    processes: list[ProcessFaults]
    players: int
    requests: int
    retried: int
    replayed: int
    acknowledged: int
    settled: int
    refused: int
    in_doubt: int
    in_doubt_made: int
    outbox_full: int
    events: int
    lost: int
    duplicated: int
    differs: int
    findings: list[str]
    reconciled: bool

    @property
    def is_clean(self) -> bool:
        """Whether everything held."""
        return not (self.lost or self.duplicated or self.differs) and self.reconciled


class FaultCount:
    """Counts the faults of a run."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: Counter[tuple[FaultKind, Target]] = Counter()
        self.storms = 0
        self.outbox_full = 0

    def dealt(self, kind: FaultKind, target: Target) -> None:
        """Count a fault that was dealt."""
        self._counts[kind, target] += 1

    def rows(self, longest_s: Mapping[Target, float]) -> list[ProcessFaults]:
        """Return one row a process, with how long each took to recover."""
        return [
            ProcessFaults(
                process=name,
                kills=self._of("kill", targets),
                pauses=self._of("pause", targets),
                no_room=self._of("no_room", targets),
                outages=self._of("outage", targets),
                recovered_s_max=_longest([longest_s[t] for t in targets if t in longest_s]),
            )
            for name, targets in _ROWS.items()
        ]

    def _of(self, kind: FaultKind, targets: tuple[Target, ...]) -> int:
        return sum(self._counts[kind, target] for target in targets)


def result_of(  # noqa: PLR0913 - the parts of a run, by name
    *,
    seed: int,
    minutes: float,
    players: int,
    faults: FaultCount,
    longest_s: Mapping[Target, float],
    tally: LoadTally,
    findings: Findings,
    reconciliation: Reconciliation | None,
) -> ChaosResult:
    """Put a result together; `reconciliation` is None when landing stood still."""
    return ChaosResult(
        seed=seed,
        minutes=minutes,
        storms=faults.storms,
        processes=faults.rows(longest_s),
        players=players,
        requests=tally.requests,
        retried=tally.retries,
        replayed=tally.replayed,
        acknowledged=tally.acknowledged,
        settled=tally.settled,
        refused=tally.refused,
        in_doubt=tally.in_doubt,
        in_doubt_made=tally.were_made,
        outbox_full=faults.outbox_full,
        events=reconciliation.events if reconciliation else 0,
        lost=findings.count("lost"),
        duplicated=findings.count("duplicated"),
        differs=findings.count("differs"),
        findings=findings.told,
        reconciled=reconciliation is not None and reconciliation.is_clean,
    )


def _longest(seconds: Sequence[float]) -> float | None:
    return round(max(seconds), 1) if seconds else None
