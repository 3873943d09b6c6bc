"""Storms: deals the faults of the schedule to a running stack, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable

from src.chaos.findings import Findings
from src.chaos.recovery import Recovery
from src.chaos.result import FaultCount
from src.chaos.schedule import PROCESS_OF, Fault, Target, storm
from src.chaos.victims import Gone, Victims
from src.player_store.store import RedisPlayerStore
from src.services.ports import StoreUnreachable

#: Seconds to wait for the outbox to fill while Kafka is away: this load fills a small one within
#: seconds, on a very busy machine within a minute. Filling a larger one would take hours.
_FILL_S_MAX = 180.0
_FILLED_ENTRIES_MAX = 10_000
_POLL_S = 0.25

#: Every target, in the order of one of them depending on another.
_ALL: tuple[Target, ...] = ("redis", "kafka", "relay", "api", "streaming")


class Storms:
    """Deals faults; `rest` waits for seconds and may raise to end the run."""

    def __init__(  # noqa: PLR0913 - the parts of a run, by name
        self,
        victims: Victims,
        recovery: Recovery,
        store: RedisPlayerStore,
        *,
        outbox_max: int,
        count: FaultCount,
        findings: Findings,
        say: Callable[[str], None],
        rest: Callable[[float], None],
    ) -> None:
        """Strike `victims`, and wait by `recovery` until they are back."""
        self._victims = victims
        self._recovery = recovery
        self._store = store
        self._outbox_max = outbox_max
        self._count = count
        self._findings = findings
        self._say = say
        self._rest = rest

    def deal(self, seed: int, number: int) -> None:
        """Deal one storm and return when everything is back at its work.

        Raises:
            NotReadyError: a process did not come back.
        """
        faults = storm(seed, number)
        self._say(f"storm {number + 1}: {'; '.join(map(str, faults))}")
        for fault in faults:
            self._rest(fault.after_s)
            for target in fault.targets:
                # What is away cannot be struck; the others may still be recovering.
                self._recovery.await_back(target, self._rest)
            self._deal(fault)
        self.await_all()
        self._count.storms += 1

    def await_all(self) -> None:
        """Return when every process is at its work.

        Raises:
            NotReadyError: one did not come back.
        """
        for target in _ALL:
            self._recovery.await_back(target, self._rest)

    def _deal(self, fault: Fault) -> None:
        match fault.kind:
            case "kill":
                self._kill(fault)
            case "pause":
                self._pause(fault)
            case "no_room":
                self._starve(fault)
            case "outage":
                self._take_kafka_away(fault)
            case "orphan":
                self._orphan(fault)

    def _kill(self, fault: Fault) -> None:
        struck = {target: self._found(target, fault.draw) for target in fault.targets}
        self._say(f"kill {_listed(struck)}")
        for target, pids in struck.items():
            self._recovery.strike(target, pids)
        self._victims.kill(pid for pids in struck.values() for pid in pids)
        for target in struck:
            self._count.dealt("kill", target)

    def _pause(self, fault: Fault) -> None:
        (target,) = fault.targets
        pids = self._found(target, fault.draw)
        self._say(f"pause {_listed({target: pids})} for {fault.lasts_s} s")
        self._victims.pause(pids)
        try:
            self._rest(fault.lasts_s)
        finally:
            self._victims.resume()
        self._recovery.strike(target)
        self._count.dealt("pause", target)

    def _orphan(self, fault: Fault) -> None:
        """Let commits be made after those who asked for them have died."""
        frozen, killed = self._found("redis"), self._found("api")
        self._say(f"freeze {_listed({'redis': frozen})}, then kill {_listed({'api': killed})}")
        self._victims.pause(frozen)
        try:
            self._rest(fault.lasts_s)
            self._recovery.strike("api", killed)
            self._victims.kill(killed)
        finally:
            self._victims.resume()
        self._count.dealt("pause", "redis")
        self._count.dealt("kill", "api")

    def _starve(self, fault: Fault) -> None:
        (target,) = fault.targets
        pids = self._found(target)
        self._say(f"leave {_listed({target: pids})} {fault.room_bytes} bytes of room")
        self._recovery.strike(target, pids)
        if self._victims.starve(target, fault.room_bytes, self._rest):
            self._count.dealt("no_room", target)
        else:
            self._recovery.forgive(target)
            self._say(f"{target} had nothing to write; it has its room back")

    def _take_kafka_away(self, fault: Fault) -> None:
        (target,) = fault.targets
        # The outbox fills only while trades are taken, and those are after everybody else is back.
        self.await_all()
        self._say(f"stop kafka until the outbox is full, then for {fault.lasts_s} s")
        self._victims.stop(PROCESS_OF[target])
        longest = self._fill_outbox()
        self._rest(fault.lasts_s)
        longest = max(longest, self._waiting())
        self._say(f"start kafka; {longest:,} of {self._outbox_max:,} commits waited at most")
        if longest >= self._outbox_max:
            self._count.outbox_full += 1
        if longest > self._outbox_max:
            self._findings.add("differs", f"{longest} commits waited: more than the outbox holds")
        self._recovery.strike(target)
        self._victims.start(PROCESS_OF[target])
        self._count.dealt("outage", target)

    def _fill_outbox(self) -> int:
        if self._outbox_max > _FILLED_ENTRIES_MAX:
            return 0
        deadline = time.monotonic() + _FILL_S_MAX
        longest = 0
        while longest < self._outbox_max and time.monotonic() < deadline:
            longest = max(longest, self._waiting())
            self._rest(_POLL_S)
        return longest

    def _waiting(self) -> int:
        try:
            return self._store.outbox_length()
        except StoreUnreachable:
            return 0

    def _found(self, target: Target, draw: float = 0.0) -> tuple[int, ...]:
        """Return a target's processes; one that dies just now is waited for."""
        while True:
            try:
                return self._victims.pids(target, draw)
            except Gone:
                self._rest(_POLL_S)
                self._recovery.await_back(target, self._rest)


def _listed(struck: dict[Target, tuple[int, ...]]) -> str:
    return ", ".join(
        f"{target} ({' '.join(str(pid) for pid in pids)})" for target, pids in struck.items()
    )
