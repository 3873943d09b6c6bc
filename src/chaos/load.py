"""The load of a chaos run: seeded players that trade over HTTP, patient and impatient.

The plan is the simulation's. A patient client sends its request again until it is answered. An
impatient one tries once; when it hears nothing, or "not now", the step is in doubt: its players do
nothing else until the same request, with the same key, has told what became of it. So the trades
of each player keep their order and their planned outcome, whatever fails in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from random import Random
from threading import Event, Lock
from typing import TypeVar

from simulation.actions import Step
from simulation.auditor import Auditor
from simulation.plan import Plan
from simulation.transport import Reply, Transport, Unreachable
from simulation.wire import creation, look_up, outcomes_of, player_of, request_of
from src.chaos.doubts import Doubts
from src.chaos.findings import Findings
from src.chaos.ledger import Ledger
from src.chaos.tally import LoadTally

Task = TypeVar("Task")

#: Half of the steps are asked by a client that does not wait.
_IMPATIENT_SHARE = 0.5
#: Seconds between two requests of a worker. What is tried is faults, not speed: a busy machine
#: must land what is traded as fast as it comes.
_PAUSE_S = 0.02


class Abandoned(Exception):
    """The run was stopped before its end."""


class Load:
    """Plays a plan until it is told to stop, and resolves every doubt after that."""

    def __init__(  # noqa: PLR0913 - the ends of a client, by name
        self,
        url: str,
        token: str,
        plan: Plan,
        *,
        run_id: str,
        workers: int,
        patience_s: float,
        findings: Findings,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """Prepare to play.

        Args:
            url: the API's base address.
            token: of role game.
            plan: what to play; longer than any run.
            run_id: begins the key of every request.
            workers: requests under way at once.
            patience_s: seconds after which an unanswered request of a patient client is a fault.
            findings: gets what does not hold.
            sleep: waits for seconds between two tries; the default ends with `close`.
        """
        self.ledger = Ledger()
        self.auditor = Auditor(plan.newcomers, plan.open_books())
        self.tally = LoadTally()
        self._plan = plan
        self._run_id = run_id
        self._workers = workers
        self._findings = findings
        self._stopping, self._abandoned = Event(), Event()
        rest = sleep or self._rest
        self._patient, self._impatient = (
            Transport(url, token, connections=workers, patience_s=seconds, sleep=rest)
            for seconds in (patience_s, 0.0)
        )
        self._doubts = Doubts(self._patient, self.auditor, self.ledger, findings, self.tally, rest)
        self._left: list[Step] = []
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(workers + 1, thread_name_prefix="chaos-load")
        self._playing: Future[None] | None = None

    def create_players(self) -> None:
        """Create everybody.

        Raises:
            Unreachable: the API does not answer.
        """
        self._each(self._create, range(len(self._plan.newcomers)))

    def play(self) -> None:
        """Play the plan to its end, or until `stop`.

        Raises:
            Unreachable, UnreadableAnswer: as `stop`.
        """
        for lanes in self._plan.rounds():
            self._each(self._play_lane, lanes)
            if self._stopping.is_set():
                return

    def start(self) -> None:
        """Play from now on, in the background."""
        self._playing = self._pool.submit(self.play)

    def check(self) -> None:
        """Raise what ended the trading before it was told to stop."""
        if self._playing is not None and self._playing.done():
            self._playing.result()

    def stop(self) -> None:
        """Ask nothing new, and return when what was asked is answered or in doubt.

        Raises:
            Unreachable: a patient client was not answered.
            UnreadableAnswer: the API answered something that it does not promise.
        """
        self._stopping.set()
        if self._playing is not None:
            self._playing.result()

    def settle_doubts(self) -> None:
        """Ask again, with the same keys, for all that is in doubt after `stop`."""
        left, self._left = self._left, []
        self._each(self._settle, left)

    def read_back(self) -> None:
        """Compare every player, as the API has it now, with the books."""
        self._each(self._read_back, range(len(self._plan.newcomers)))
        for difference in self.auditor.differences:
            self._findings.add("differs", difference)

    def close(self) -> None:
        """End every thread, in the middle of a request if need be."""
        self._stopping.set()
        self._abandoned.set()
        # Not cancelled: whoever waits for a future that is cancelled here would wait for ever.
        self._pool.shutdown()
        self._patient.close()
        self._impatient.close()

    def key_of(self, step: Step) -> str:
        """Return the idempotency key of a step."""
        return f"{self._run_id}-{step[0].number}"

    def ask(self, step: Step, *, patient: bool) -> bool:
        """Ask for a step and note its answer; return whether there was one.

        Raises:
            Unreachable: a patient client was not answered.
        """
        request = request_of(step, self.auditor.ids)
        transport = self._patient if patient else self._impatient
        try:
            reply = transport.send(request, self.key_of(step))
        except Unreachable:
            if patient:
                raise
            self.tally.unanswered()
            return False
        self._book(step, reply)
        return True

    def _play_lane(self, lane: Sequence[Step]) -> None:
        in_doubt, put_off, blocked = list[Step](), list[Step](), set[int]()
        for step in lane:
            if self._stopping.wait(_PAUSE_S):
                break
            players = {player for action in step for player in action.players}
            if players & blocked:
                blocked |= players
                put_off.append(step)
            elif not self.ask(step, patient=not self._is_impatient(step)):
                blocked |= players
                in_doubt.append(step)
        for step in in_doubt:
            if self._stopping.is_set():
                with self._lock:
                    self._left.append(step)
            else:
                self._settle(step)
        for step in put_off:
            # Never sent: they are nobody's doubt when the run ends.
            if self._stopping.wait(_PAUSE_S):
                return
            self.ask(step, patient=True)

    def _settle(self, step: Step) -> None:
        reply = self._doubts.settle(step, request_of(step, self.auditor.ids), self.key_of(step))
        self._book(step, reply)

    def _is_impatient(self, step: Step) -> bool:
        # By the step, not by the moment: a seed asks the same way each time.
        drawn = Random(f"{self._plan.seed}/impatient/{step[0].number}")  # noqa: S311 - from a seed
        return drawn.random() < _IMPATIENT_SHARE

    def _book(self, step: Step, reply: Reply) -> None:
        outcomes = outcomes_of(step, reply.status, reply.body)
        self.auditor.heard(step, outcomes)
        self.ledger.heard(step, outcomes)
        self.tally.answered(reply, outcomes)

    def _create(self, player: int) -> None:
        newcomer = self._plan.newcomers[player]
        request = creation(newcomer.username, newcomer.player_class.name)
        reply = self._patient.send(request, f"{self._run_id}-player-{player}")
        answer = player_of(reply.status, reply.body)
        self.auditor.created(player, answer)
        self.ledger.created(answer)
        self.tally.answered(reply, ())

    def _read_back(self, player: int) -> None:
        reply = self._patient.send(look_up(self.auditor.ids[player]))
        self.auditor.read_back(player, player_of(reply.status, reply.body))

    def _each(self, work: Callable[[Task], None], tasks: Iterable[Task]) -> None:
        """Do all tasks side by side; the first error stops the others at their next request."""

        def unless_abandoned(task: Task) -> None:
            if self._abandoned.is_set():
                raise Abandoned
            work(task)

        running = [self._pool.submit(unless_abandoned, task) for task in tasks]
        done, waiting = wait(running, return_when=FIRST_EXCEPTION)
        if waiting:
            self._stopping.set()
            self._abandoned.set()
            wait(waiting)
        for each in done:
            each.result()

    def _rest(self, seconds: float) -> None:
        if self._abandoned.wait(seconds):
            raise Abandoned
