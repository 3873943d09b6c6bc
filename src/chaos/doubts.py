"""Doubts: a request that nobody answered was carried out whole, or not at all.

Which of both is read from the players' versions; then the same request, with the same key, must
tell the same. A change that was there already must not be made a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from simulation.actions import SETTLED, Step
from simulation.auditor import Auditor
from simulation.transport import Reply, Transport
from simulation.wire import Request, look_up, player_of
from src.chaos.findings import Findings
from src.chaos.ledger import Ledger
from src.chaos.tally import LoadTally

#: Two players cannot be read at one moment, and what hung in a paused process may be carried out
#: just then: a change that is seen on one side only is looked at this often before it counts.
_LOOKS_MAX = 20
_LOOK_AGAIN_S = 0.5


class Doubts:
    """Settles the doubts of a run."""

    def __init__(
        self,
        transport: Transport,
        auditor: Auditor,
        ledger: Ledger,
        findings: Findings,
        tally: LoadTally,
        rest: Callable[[float], None],
    ) -> None:
        """Ask by `transport`; what was told before stands in `ledger`; `rest` waits for seconds."""
        self._transport = transport
        self._auditor = auditor
        self._ledger = ledger
        self._findings = findings
        self._tally = tally
        self._rest = rest

    def settle(self, step: Step, request: Request, key: str) -> Reply:
        """Ask again for a step that was not answered; return the answer.

        Raises:
            Unreachable: there is still none.
        """
        made = self._made_actions(step)
        reply = self._transport.send(request, key)
        if made:
            self._tally.was_made()
        # The parts of a batch are carried out, and remembered, one by one.
        if made and len(step) == 1 and not reply.replayed:
            number = step[0].number
            self._findings.add("duplicated", f"action {number} was made, and made again: key {key}")
        return reply

    def _made_actions(self, step: Step) -> int:
        """Count the actions of a step that have changed their players; find any half-made one."""
        ids = self._auditor.ids
        moves = Counter(ids[p] for a in step if a.expects == SETTLED for p in a.players)
        for _ in range(_LOOKS_MAX):
            past = {player_id: self._steps_past(player_id) for player_id in sorted(moves)}
            changed = [{past[ids[p]] > 0 for p in a.players if ids[p] in moves} for a in step]
            if all(len(each) <= 1 for each in changed):
                break
            self._rest(_LOOK_AGAIN_S)
        else:
            torn = next(a for a, each in zip(step, changed, strict=True) if len(each) > 1)
            self._findings.add("lost", f"action {torn.number} changed only one of its players")
        for player_id, steps in past.items():
            if steps > moves[player_id]:
                self._findings.add(
                    "duplicated", f"player {player_id} is {steps} versions past what was told"
                )
        return sum(
            action.expects == SETTLED and True in each
            for action, each in zip(step, changed, strict=True)
        )

    def _steps_past(self, player_id: int) -> int:
        """Return how many versions a player is past the last one that was told."""
        reply = self._transport.send(look_up(player_id))
        told = player_of(reply.status, reply.body).version
        return told - self._ledger.version_of(player_id)
