"""A chaos run: load, storms of faults, quiet, doubts settled, verdict."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Self

from msgspec import Struct

from simulation.plan import Plan
from src.audit.landed import LandingStandsStill
from src.audit.landed import Progress as LandingProgress
from src.audit.reconcile import Reconciliation
from src.bootstrap import build_store, issue_token
from src.chaos.findings import Findings
from src.chaos.load import Load
from src.chaos.recovery import Recovery
from src.chaos.result import ChaosResult, FaultCount, result_of
from src.chaos.schedule import Target
from src.chaos.storms import Storms
from src.chaos.verdict import judge
from src.chaos.victims import Victims
from src.config import Settings
from src.economy.engines import open_engine
from src.stack.layout import Layout
from src.stack.supervisor_client import SupervisorClient

#: Trades of a plan: more than any run plays; a plan is drawn as it is played.
ACTIONS = 1_000_000_000
#: Requests under way at once.
_WORKERS = 8
#: Seconds that a patient client waits for an answer. Longer than the slowest recovery: all of the
#: stack killed at once on a busy machine.
_PATIENCE_S = 900.0
#: Seconds between two lines that tell how the load goes.
_TELL_S = 15.0


class Teller(Struct, frozen=True):
    """Where a run tells how far it is.

    Attributes:
        say: gets a line for people.
        landing: is told while the verdict waits for the tables.
    """

    say: Callable[[str], None]
    landing: LandingProgress


class ChaosRun:
    """One run against one stack, as a context manager: it undoes what it did to the processes."""

    def __init__(self, settings: Settings, plan: Plan, *, minutes: float, teller: Teller) -> None:
        """Prepare to hurt the running stack of `settings` while it is traded on.

        Args:
            settings: of the stack.
            plan: of the load, of `ACTIONS` trades; its seed is that of the faults too.
            minutes: for which storms are begun, at least one; the last one is dealt to its end.
            teller: told what happens.
        """
        self._settings = settings
        self._plan = plan
        self._minutes = minutes
        self._teller = teller
        self._began = self._told_at = time.monotonic()
        self._findings, self._count = Findings(), FaultCount()
        client = SupervisorClient(Layout.of(settings))
        self._victims = Victims(settings, client)
        self._recovery = Recovery(settings, client, self._back)
        self._store = build_store(settings)
        self._load = Load(
            settings.api_url,
            issue_token(settings, "game"),
            plan,
            run_id=f"chaos-{uuid.uuid4().hex[:12]}",
            workers=_WORKERS,
            patience_s=_PATIENCE_S,
            findings=self._findings,
        )
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.enter_context(closing(self._store))
        self._ends.enter_context(closing(self._load))
        self._ends.enter_context(self._recovery)
        # First of all at the end: whoever is frozen would hold up the rest.
        self._ends.callback(self._victims.release)
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.close()

    def play(self) -> ChaosResult:
        """Play the whole run and return what held.

        Raises:
            NotReadyError: a process that was struck did not come back.
            Unreachable: a patient client was not answered.
            UnreadableAnswer: the API answered something that it does not promise.
        """
        first_seq = self._store.last_seq()
        self._say(f"creating {len(self._plan.newcomers):,} players")
        self._load.create_players()
        self._load.start()
        self._deal_storms()
        self._load.stop()
        self._say("no more faults; asking again for what is in doubt")
        self._load.settle_doubts()
        self._load.read_back()
        self._say("comparing what was acknowledged with Redis and the tables")
        reconciliation = self._judge(first_seq)
        return result_of(
            seed=self._plan.seed,
            minutes=self._minutes,
            players=len(self._plan.newcomers),
            faults=self._count,
            longest_s=self._recovery.longest_s,
            tally=self._load.tally,
            findings=self._findings,
            reconciliation=reconciliation,
        )

    def _deal_storms(self) -> None:
        storms = Storms(
            self._victims,
            self._recovery,
            self._store,
            outbox_max=self._settings.outbox_entries_max,
            count=self._count,
            findings=self._findings,
            say=self._say,
            rest=self._rest,
        )
        storms.await_all()
        deadline = time.monotonic() + 60 * self._minutes
        while not self._count.storms or time.monotonic() < deadline:
            storms.deal(self._plan.seed, self._count.storms)

    def _judge(self, first_seq: int) -> Reconciliation | None:
        try:
            return judge(
                self._load.ledger,
                first_seq,
                self._store,
                lambda: open_engine(self._settings),
                findings=self._findings,
                progress=self._teller.landing,
            )
        except LandingStandsStill as error:
            self._findings.add("lost", str(error))
            return None

    def _rest(self, seconds: float) -> None:
        """Wait; whatever ended the load meanwhile ends the run."""
        self._load.check()
        now = time.monotonic()
        if now - self._told_at > _TELL_S:
            self._told_at = now
            tally = self._load.tally
            self._say(
                f"{tally.acknowledged:,} trades acknowledged, {tally.retries:,} retries, "
                f"{tally.in_doubt:,} requests were in doubt"
            )
        time.sleep(seconds)

    def _back(self, target: Target, seconds: float) -> None:
        self._say(f"{target} is back after {seconds:.1f} s")

    def _say(self, what: str) -> None:
        self._teller.say(f"{time.monotonic() - self._began:7.1f} s  {what}")
