"""Recovery: watches what was struck until it is back at its work, and measures how long it took."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Self

import redis
from msgspec import Struct

from src.chaos.schedule import PROCESS_OF, Target
from src.config import Settings
from src.player_store.connection import connect
from src.player_store.keys import Keys
from src.stack import proc
from src.stack.errors import NotReadyError, NotRunningError
from src.stack.processes import processes
from src.stack.readiness import PROBES, not_ready
from src.stack.supervisor_client import SupervisorClient

_LOOK_S = 0.25
#: How many times longer than for a start in peace a struck process is waited for: the others
#: recover on the same cores, and landing yields to all of them (290 s were seen, limit 240).
_PATIENCE = 4

#: Told of each recovery: the target, and the seconds that it took.
Told = Callable[[Target, float], None]


class Strike(Struct, frozen=True):
    """Something that was struck.

    Attributes:
        target: what.
        at: when, on the monotonic clock, in seconds.
        pids: the processes that must have been replaced by now; none when they live on.
        seq: the last event committed then; the relay is back when it has published it.
    """

    target: Target
    at: float
    pids: frozenset[int]
    seq: int


class Recovery:
    """Watches a stack in a thread of its own, as a context manager."""

    def __init__(self, settings: Settings, client: SupervisorClient, told: Told) -> None:
        """Watch the processes of this stack."""
        self._settings = settings
        self._client = client
        self._told = told
        self._wait_s_max = {
            each.name: _PATIENCE * each.ready_wait_s for each in processes(settings)
        }
        self._lock = threading.Lock()
        self._open: dict[Target, Strike] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="chaos-recovery")
        #: The longest recovery of each target, in seconds.
        self.longest_s: dict[Target, float] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        self._thread.join()

    def strike(self, target: Target, pids: tuple[int, ...] = ()) -> None:
        """Begin to watch what is being struck now.

        Args:
            target: what.
            pids: the processes that are killed; those that live on are not named.
        """
        # Only asked for the relay: Redis may be frozen when others are struck.
        seq = self._last_seq() if target == "relay" else 0
        struck = Strike(target, time.monotonic(), frozenset(pids), seq)
        with self._lock:
            before = self._open.get(target)
            # Struck again before it was back: the time that it was away counts as one.
            at = struck.at if before is None else before.at
            self._open[target] = Strike(target, at, struck.pids, struck.seq)

    def forgive(self, target: Target) -> None:
        """Take back that a target was struck: nothing happened to it."""
        with self._lock:
            self._open.pop(target, None)

    def await_back(self, target: Target, rest: Callable[[float], None]) -> None:
        """Return when a target works.

        Raises:
            NotReadyError: it does not come back; carries the end of its log.
        """
        process = PROCESS_OF[target]
        deadline = time.monotonic() + self._wait_s_max[process]
        while self._is_awaited(process) or (missing := self._missing(target, None)) is not None:
            if time.monotonic() > deadline:
                told = "it was struck and has not come back"
                raise self._not_ready(process, told if self._is_awaited(process) else missing)
            rest(_LOOK_S)

    def _not_ready(self, process: str, why: str | None) -> NotReadyError:
        return not_ready(self._settings, process, why or "it has not come back")

    def _is_awaited(self, process: str) -> bool:
        with self._lock:
            return any(PROCESS_OF[target] == process for target in self._open)

    def _watch(self) -> None:
        while not self._ending.wait(_LOOK_S):
            with self._lock:
                watched = list(self._open.values())
            for strike in watched:
                if self._missing(strike.target, strike) is None:
                    self._note(strike)

    def _note(self, strike: Strike) -> None:
        target = strike.target
        took_s = time.monotonic() - strike.at
        with self._lock:
            if self._open.get(target) != strike:
                return  # struck again meanwhile
            del self._open[target]
            self.longest_s[target] = max(self.longest_s.get(target, 0.0), took_s)
        self._told(target, took_s)

    def _missing(self, target: Target, strike: Strike | None) -> str | None:
        """Return what keeps a target from its work; None when it is at it."""
        process = PROCESS_OF[target]
        try:
            state = self._client.states()[process]
        except NotRunningError as error:
            return str(error)
        if state.state != "running" or state.pid is None:
            return f"it is {state.state}"
        family = {state.pid, *proc.descendants(state.pid)}
        if strike is not None and family & strike.pids:
            return "what was killed still runs"
        if process == "api" and len(family) <= self._settings.api_workers:
            return "a worker is missing"
        missing = PROBES[process](self._settings, state.pid)
        if missing is None and process == "redis":
            # A Redis that was restarted takes no trade before the relay has looked at it.
            missing = PROBES["relay"](self._settings, state.pid)
        if missing is None and process == "relay" and strike is not None:
            missing = self._unpublished(strike.seq)
        return missing

    def _last_seq(self) -> int:
        with connect(self._settings.redis_host, self._settings.redis_port) as client:
            try:
                return int(client.get(Keys(self._settings.realm).seq) or 0)
            except redis.RedisError:
                return 0

    def _unpublished(self, seq: int) -> str | None:
        with connect(self._settings.redis_host, self._settings.redis_port) as client:
            try:
                waiting = client.xrange(Keys(self._settings.realm).outbox, max=f"{seq}-0", count=1)
            except redis.RedisError as error:
                return str(error)
        return f"events up to {seq} wait in the outbox" if waiting else None
