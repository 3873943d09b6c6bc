"""Plays a plan over HTTP: creates its players, plays its rounds, reads everybody back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Protocol, TypeVar

from simulation.actions import Action, Lane, Race, Round, Step
from simulation.auditor import Auditor
from simulation.books import Books
from simulation.labels import Labels
from simulation.pace import Pace
from simulation.plan import Newcomer
from simulation.summary import Summary, Tally
from simulation.transport import Reply, Transport
from simulation.wire import (
    Outcome,
    PlayerAnswer,
    Request,
    creation,
    look_up,
    outcomes_of,
    player_of,
    request_of,
)

#: Threads for the requests of races, apart from the workers that wait for them.
RACERS = 8

Task = TypeVar("Task")


class Progress(Protocol):
    """Where a run tells how far it is."""

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase of `total` parts."""

    def advance(self, parts: int) -> None:
        """Tell that parts are done; threads may tell at once."""


class Playable(Protocol):
    """A plan, as far as a run needs it: `rounds` gives the same each time."""

    @property
    def seed(self) -> int:
        """What it is a function of."""

    @property
    def switches(self) -> Sequence[str]:
        """The switches of `./guildhall simulate` that play this kind of plan."""

    @property
    def actions(self) -> int:
        """Trades that it asks for."""

    @property
    def newcomers(self) -> Sequence[Newcomer]:
        """Its players, by place."""

    def rounds(self) -> Iterator[Round]:
        """Plan round after round."""

    def open_books(self) -> Books:
        """Return the books of the players before their first action."""


class Simulation:
    """One run of a plan."""

    def __init__(  # noqa: PLR0913 - what a run can be given has one name each
        self,
        transport: Transport,
        plan: Playable,
        *,
        run_id: str,
        workers: int,
        progress: Progress,
        pace: Pace | None = None,
        labels: Labels | None = None,
        known: Sequence[PlayerAnswer] = (),
    ) -> None:
        """Prepare a run.

        Args:
            transport: reaches the API, with a connection for each worker and racer.
            plan: what to play.
            run_id: begins the key of every request; no two runs on a realm may share it.
            workers: requests under way at once.
            progress: is told how far the run is.
            pace: when each round begins; at once when not given.
            labels: is told of every trade.
            known: the plan's players, in its order, when they are there already; they are taken
                as they stand and nobody is created.
        """
        self._transport = transport
        self._plan = plan
        self._run_id = run_id
        self._workers = workers
        self._progress = progress
        self._pace = pace or Pace(0.0)
        self._labels = labels
        self._known = known
        self._rounds = 0
        self._racers = ThreadPoolExecutor(RACERS, thread_name_prefix="race")
        self._auditor = Auditor(plan.newcomers, plan.open_books())
        self._tally = Tally()
        self._stopping = Event()

    def play(self) -> Summary:
        """Play the plan and return what it showed.

        Raises:
            Unreachable: a request found no answer; what was asked before it stays done.
            UnreadableAnswer: the API answered something that it does not promise.
        """
        workers = ThreadPoolExecutor(self._workers, thread_name_prefix="simulation")
        # The racers end last: a worker may still wait for one of them.
        with self._racers, workers as pool:
            everybody = range(len(self._plan.newcomers))
            if self._known:
                for player, answer in enumerate(self._known):
                    self._auditor.met(player, answer)
            else:
                self._progress.begin("creating players", len(everybody))
                self._each(pool, self._create, everybody)
            self._progress.begin("trading", self._plan.actions)
            began = time.perf_counter()
            for number, lanes in enumerate(self._plan.rounds()):
                self._pace.await_round(number)
                self._rounds = number + 1
                self._each(pool, self._play_lane, lanes)
            play_s = time.perf_counter() - began
            self._progress.begin("reading back", len(everybody))
            self._each(pool, self._read_back, everybody)
        return self._summary(play_s)

    @property
    def ids(self) -> Sequence[int]:
        """The player ids by place in the plan; 0 for who is not created yet."""
        return self._auditor.ids

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
            if isinstance(step, Race):
                if not self._play_race(step):
                    return
            elif not self._play_step(step):
                return

    def _play_step(self, step: Step) -> bool:
        """Play a step; False when the run is being stopped."""
        if (reply := self._send_step(step)) is None:
            return False
        outcomes = outcomes_of(step, reply.status, reply.body)
        self._auditor.heard(step, outcomes)
        self._tally.decided(step, outcomes, reply)
        self._told(step, outcomes)
        return True

    def _play_race(self, race: Race) -> bool:
        """Ask for all actions at once; False when the run is being stopped."""
        running = [self._racers.submit(self._send_step, (action,)) for action in race]
        replies = [each.result() for each in running]
        outcomes: list[Outcome] = []
        for action, reply in zip(race, replies, strict=True):
            if reply is None:
                return False
            outcomes += outcomes_of((action,), reply.status, reply.body)
        self._auditor.raced(race, outcomes)
        for action, outcome, reply in zip(race.decided, outcomes, replies, strict=False):
            if reply is not None:
                self._tally.decided((action,), [outcome], reply)
        self._told(race.decided, outcomes)
        return True

    def _told(self, actions: Sequence[Action], outcomes: Sequence[Outcome]) -> None:
        if self._labels is not None:
            self._labels.heard(actions, outcomes)
        self._progress.advance(len(actions))

    def _send_step(self, step: Step) -> Reply | None:
        key = f"{self._run_id}-{step[0].number}"
        return self._send(request_of(step, self._auditor.ids), key)

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
        decided = sum(each.count for each in self._tally.outcomes())
        return Summary(
            run_id=self._run_id,
            seed=self._plan.seed,
            switches=list(self._plan.switches),
            players=len(self._plan.newcomers),
            trades=self._plan.actions,
            workers=self._workers,
            requests=self._tally.requests,
            retries=self._tally.retries,
            replayed=self._tally.replayed,
            play_s=round(play_s, 3),
            trades_per_s=round(decided / play_s, 1) if play_s else 0.0,
            latency_ms_p50=self._tally.latency_ms(50),
            latency_ms_p99=self._tally.latency_ms(99),
            outcomes=self._tally.outcomes(),
            players_read_back=len(self._plan.newcomers),
            difference_count=self._auditor.difference_count,
            differences=self._auditor.differences,
            rounds=self._rounds,
            behind_s_max=round(self._pace.behind_s_max, 3),
        )
