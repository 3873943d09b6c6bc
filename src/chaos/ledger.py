"""The ledger of acknowledged answers: what a client was told, and so must be true for ever.

It is kept on the client's side of HTTP. Nothing of the stack writes into it, so what the stack
forgets, or does twice, is seen by comparing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

from msgspec import Struct

from simulation.actions import SETTLED, Step
from simulation.wire import Outcome, PlayerAnswer, Settled

REJECTED = "rejected"


class ToldTrade(Struct, frozen=True):
    """What was told of a trade: `reason` only of a refused one."""

    kind: str
    status: str
    reason: str | None


class Ledger:
    """Everything that was acknowledged in one run. Threads may write at once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = Lock()
        self._trades: dict[str, ToldTrade] = {}
        self._states: dict[tuple[int, int], int] = {}
        self._versions: dict[int, int] = {}

    @property
    def trades(self) -> Mapping[str, ToldTrade]:
        """The acknowledged trades by trade_id."""
        return self._trades

    @property
    def states(self) -> Mapping[tuple[int, int], int]:
        """The gold of each acknowledged player state, by player id and version."""
        return self._states

    @property
    def player_ids(self) -> frozenset[int]:
        """The players whose creation was acknowledged."""
        return frozenset(self._versions)

    def version_of(self, player_id: int) -> int:
        """Return the newest version that was told of a player."""
        return self._versions[player_id]

    def created(self, answer: PlayerAnswer) -> None:
        """Note a player that was created."""
        with self._lock:
            self._note_state(answer.player_id, answer.version, answer.gold)

    def heard(self, step: Step, outcomes: Sequence[Outcome]) -> None:
        """Note what became of each action of a step."""
        with self._lock:
            for action, outcome in zip(step, outcomes, strict=True):
                if isinstance(outcome, Settled):
                    self._trades[outcome.trade_id] = ToldTrade(action.kind, SETTLED, None)
                    for glance in outcome.players:
                        self._note_state(glance.player_id, glance.version, glance.gold)
                elif outcome.trade_id is not None:
                    told = ToldTrade(action.kind, REJECTED, outcome.reason)
                    self._trades[outcome.trade_id] = told

    def _note_state(self, player_id: int, version: int, gold: int) -> None:
        self._states[player_id, version] = gold
        self._versions[player_id] = version
