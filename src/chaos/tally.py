"""What the clients of a chaos run counted."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from simulation.transport import Reply
from simulation.wire import Outcome, Settled


class LoadTally:
    """Counts of a run. Threads may count at once.

    Attributes:
        requests: requests that were answered, however often they were sent.
        retries: tries beyond the first.
        replayed: answers that had been given before.
        settled: trades told as settled.
        refused: trades told as refused.
        in_doubt: tries of impatient clients that were not answered.
        were_made: doubts in which the change had been made; the others had not, by then.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = Lock()
        self.requests = self.retries = self.replayed = 0
        self.settled = self.refused = 0
        self.in_doubt = self.were_made = 0

    @property
    def acknowledged(self) -> int:
        """Trades whose outcome was told."""
        return self.settled + self.refused

    def answered(self, reply: Reply, outcomes: Sequence[Outcome]) -> None:
        """Count an answered request and what it told."""
        settled = sum(isinstance(outcome, Settled) for outcome in outcomes)
        with self._lock:
            self.requests += 1
            self.retries += reply.retries
            self.replayed += reply.replayed
            self.settled += settled
            self.refused += len(outcomes) - settled

    def unanswered(self) -> None:
        """Count a try that was not answered; the next one is a retry."""
        with self._lock:
            self.in_doubt += 1
            self.retries += 1

    def was_made(self) -> None:
        """Count a doubt in which the change had been made."""
        with self._lock:
            self.were_made += 1
