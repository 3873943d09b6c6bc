"""The truth about an economy, apart from its events: who is who, and which trades were cheating."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct

from simulation.actions import SETTLED, Action
from simulation.cast import Cast
from simulation.wire import Outcome, Settled


class LabelledTrade(Struct, frozen=True, kw_only=True):
    """A trade of a ring: its part in the cheating, how it ended, and its simulated hour."""

    trade_id: str
    part: str
    status: str
    reason: str | None
    hour: int


class LabelledPlayer(Struct, frozen=True, kw_only=True):
    """A player: its role, the role that it plays beside its ring's, and its ring."""

    player_id: int
    role: str
    cover: str | None
    ring: str | None


class LabelledRing(Struct, frozen=True, kw_only=True):
    """A ring: its way of cheating, its members leader first, and its trades as they ended."""

    ring: str
    kind: str
    members: list[int]
    trades: list[LabelledTrade]


class Truth(Struct, frozen=True, kw_only=True):
    """The labels of one run. A trade that no ring lists is honest."""

    run_id: str
    seed: int
    players: list[LabelledPlayer]
    rings: list[LabelledRing]


class Labels:
    """Collects the labels while a run is on. Threads may report at once.

    It holds the trades of rings only, which are a small part of all.
    """

    def __init__(self, cast: Cast) -> None:
        """Label the trades of these players."""
        self._cast = cast
        self._lock = Lock()
        self._trades: dict[str, list[LabelledTrade]] = {ring.name: [] for ring in cast.rings}

    def heard(self, actions: Sequence[Action], outcomes: Sequence[Outcome]) -> None:
        """Label what became of actions; outcomes beyond them are of requests sent again."""
        for action, outcome in zip(actions, outcomes, strict=False):
            if action.label is None or outcome.trade_id is None:
                continue
            is_settled = isinstance(outcome, Settled)
            trade = LabelledTrade(
                trade_id=outcome.trade_id,
                part=action.label.part,
                status=SETTLED if is_settled else "rejected",
                reason=None if isinstance(outcome, Settled) else outcome.reason,
                hour=action.hour,
            )
            with self._lock:
                self._trades[action.label.ring].append(trade)

    def truth(self, run_id: str, seed: int, ids: Sequence[int]) -> Truth:
        """Return all labels.

        Args:
            run_id: of the run.
            seed: of its plan.
            ids: the player ids by place; those that were not created, 0, are left out.
        """
        players = [
            LabelledPlayer(
                player_id=player_id,
                role=member.role,
                cover=member.agent.role if member.ring and member.agent else None,
                ring=member.ring,
            )
            for player_id, member in zip(ids, self._cast.members, strict=True)
            if player_id
        ]
        rings = [
            LabelledRing(
                ring=ring.name,
                kind=ring.way.kind,
                members=[ids[place] for place in ring.members if ids[place]],
                trades=sorted(self._trades[ring.name], key=lambda each: each.trade_id),
            )
            for ring in self._cast.rings
        ]
        return Truth(run_id=run_id, seed=seed, players=players, rings=rings)


def labels_path(var: Path) -> Path:
    """Return where the last run's labels lie, unless another place was asked for."""
    return var / "run" / "labels.json"


def write_truth(truth: Truth, path: Path) -> None:
    """Write the labels as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(truth)) + b"\n")
