"""Plays a plan over HTTP: creates its players, plays its rounds, reads everybody back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Protocol, TypeVar

from simulation.actions import Lane
from simulation.auditor import Auditor
from simulation.plan import Plan
from simulation.summary import Summary, Tally
from simulation.transport import Reply, Transport
from simulation.wire import Request, creation, look_up, outcomes_of, player_of, request_of

Task = TypeVar("Task")


class Progress(Protocol):
    """Where a run tells how far it is."""

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase of `total` parts."""

    def advance(self, parts: int) -> None:
        """Tell that parts are done; threads may tell at once."""


class Simulation:
    """One run of a plan."""

    def __init__(
        self, transport: Transport, plan: Plan, *, run_id: str, workers: int, progress: Progress
    ) -> None:
        """Prepare a run.

        Args:
            transport: reaches the API, with a connection for each worker.
            plan: what to play.
            run_id: begins the key of every request; no two runs on a realm may share it.
            workers: requests under way at once.
            progress: is told how far the run is.
        """
        self._transport = transport
        self._plan = plan
        self._run_id = run_id
        self._workers = workers
        self._progress = progress
        self._auditor = Auditor(plan.newcomers, plan.open_books())
        self._tally = Tally()
        self._stopping = Event()

    def play(self) -> Summary:
        """Play the plan and return what it showed.

        Raises:
            Unreachable: a request found no answer; what was asked before it stays done.
            UnreadableAnswer: the API answered something that it does not promise.
        """
        with ThreadPoolExecutor(self._workers, thread_name_prefix="simulation") as pool:
            everybody = range(len(self._plan.newcomers))
            self._progress.begin("creating players", len(everybody))
            self._each(pool, self._create, everybody)
            self._progress.begin("trading", self._plan.actions)
            began = time.perf_counter()
            for lanes in self._plan.rounds():
                self._each(pool, self._play_lane, lanes)
            play_s = time.perf_counter() - began
            self._progress.begin("reading back", len(everybody))
            self._each(pool, self._read_back, everybody)
        return self._summary(play_s)

    def _each(
        self, pool: ThreadPoolExecutor, work: Callable[[Task], None], tasks: Iterable[Task]
    ) -> None:
        """Do all tasks side by side; the first error stops the others at their next request."""
        running = [pool.submit(work, task) for task in tasks]
        try:
            for each in running:
                each.result()
        except BaseException:
            self._stopping.set()
            for each in running:
                each.cancel()
            raise

    def _create(self, player: int) -> None:
        newcomer = self._plan.newcomers[player]
        request = creation(newcomer.username, newcomer.player_class.name)
        if (reply := self._send(request, f"{self._run_id}-player-{player}")) is not None:
            self._auditor.created(player, player_of(reply.status, reply.body))
            self._progress.advance(1)

    def _play_lane(self, lane: Lane) -> None:
        for step in lane:
            request = request_of(step, self._auditor.ids)
            reply = self._send(request, f"{self._run_id}-{step[0].number}")
            if reply is None:
                return
            outcomes = outcomes_of(step, reply.status, reply.body)
            self._auditor.heard(step, outcomes)
            self._tally.decided(step, outcomes, reply)
            self._progress.advance(len(step))

    def _read_back(self, player: int) -> None:
        if (reply := self._send(look_up(self._auditor.ids[player]), None)) is not None:
            self._auditor.read_back(player, player_of(reply.status, reply.body))
            self._progress.advance(1)

    def _send(self, request: Request, key: str | None) -> Reply | None:
        """Return the answer, or None when the run is being stopped."""
        if self._stopping.is_set():
            return None
        reply = self._transport.send(request, key)
        self._tally.answered(reply)
        return reply

    def _summary(self, play_s: float) -> Summary:
        return Summary(
            run_id=self._run_id,
            seed=self._plan.seed,
            players=len(self._plan.newcomers),
            trades=self._plan.actions,
            workers=self._workers,
            requests=self._tally.requests,
            retries=self._tally.retries,
            replayed=self._tally.replayed,
            play_s=round(play_s, 3),
            trades_per_s=round(self._plan.actions / play_s, 1) if play_s else 0.0,
            latency_ms_p50=self._tally.latency_ms(50),
            latency_ms_p99=self._tally.latency_ms(99),
            outcomes=self._tally.outcomes(),
            players_read_back=len(self._plan.newcomers),
            difference_count=self._auditor.difference_count,
            differences=self._auditor.differences,
        )
