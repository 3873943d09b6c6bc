"""Victims: the processes of one stack, and how each fault is dealt to them, by process id."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from src.chaos.schedule import PROCESS_OF, Target
from src.config import Settings
from src.stack import proc
from src.stack.layout import Layout
from src.stack.supervisor_client import SupervisorClient

#: Seconds after which a process that has no room left has had nothing to write.
_STARVE_S_MAX = 45.0
_POLL_S = 0.1


class Gone(Exception):
    """The process that was to be struck does not run just now."""


class Victims:
    """The processes of a stack. Whatever is done to one is undone by `release`."""

    def __init__(self, settings: Settings, client: SupervisorClient) -> None:
        """Look the processes up by their supervisor."""
        self._settings = settings
        self._layout = Layout.of(settings)
        self._client = client
        self._paused: set[int] = set()
        self._limited: dict[int, tuple[int, int]] = {}
        self._stopped: set[str] = set()

    def pids(self, target: Target, draw: float = 0.0) -> tuple[int, ...]:
        """Return the processes that a target is now.

        Args:
            target: what to look for.
            draw: from 0 to 1: which of the API's workers.

        Raises:
            Gone: it does not run.
        """
        leader = self._client.states()[PROCESS_OF[target]].pid
        if leader is None:
            raise Gone(target)
        family = (leader, *proc.descendants(leader))
        match target:
            case "api_worker":
                workers = sorted(family[1:])
                found = workers[int(draw * len(workers)) :][:1]
            case "streaming_jvm":
                found = [pid for pid in family[1:] if _program(pid) == "java"]
            case "api":
                found = list(family)
            case _:
                found = [leader]
        if not found:
            raise Gone(target)
        return tuple(found)

    def kill(self, pids: Iterable[int]) -> None:
        """SIGKILL processes, all at once."""
        for pid in pids:
            _send(pid, signal.SIGKILL)

    def pause(self, pids: Iterable[int]) -> None:
        """Freeze processes until `resume`."""
        for pid in pids:
            self._paused.add(pid)
            _send(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let all that is frozen go on."""
        while self._paused:
            _send(self._paused.pop(), signal.SIGCONT)

    def starve(self, target: Target, room_bytes: int, rest: Callable[[float], None]) -> bool:
        """Let a process write no further than `room_bytes` past what it has written.

        A file-size limit on that one process: its writes end short and then fail, as on a full
        disk, and nothing else on the machine notices. Its successor has no such limit.

        Args:
            target: `redis` or `streaming_jvm`.
            room_bytes: for Redis past the end of its log, for Spark of any one file.
            rest: waits for seconds.

        Returns:
            Whether the process ended by it. One that had nothing to write has its room back.

        Raises:
            Gone: it does not run.
        """
        leader = self._client.states()[PROCESS_OF[target]].pid
        (pid,) = self.pids(target)
        written = self._log_bytes() if target == "redis" else 0
        with suppress(ProcessLookupError):
            before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            self._limited[pid] = before
            _, core_max = resource.prlimit(pid, resource.RLIMIT_CORE)
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, core_max))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (written + room_bytes, before[1]))
        deadline = time.monotonic() + _STARVE_S_MAX
        while proc.exists(pid) and self._client.states()[PROCESS_OF[target]].pid == leader:
            if time.monotonic() > deadline:
                self.give_room()
                return False
            rest(_POLL_S)
        self._limited.pop(pid, None)
        return True

    def give_room(self) -> None:
        """Let every process write again."""
        while self._limited:
            pid, limits = self._limited.popitem()
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    def stop(self, name: str) -> None:
        """Stop a process in order; it stays away until `start`."""
        self._stopped.add(name)
        self._client.stop(name)

    def start(self, name: str) -> None:
        """Start a process that was stopped."""
        self._client.start(name)
        self._stopped.discard(name)

    def release(self) -> None:
        """Undo whatever still holds: pauses, limits, stops."""
        self.resume()
        self.give_room()
        for name in sorted(self._stopped):
            self.start(name)

    def _log_bytes(self) -> int:
        """Return how long the file is that Redis appends to."""
        folder = self._layout.redis / "appendonlydir"
        return max((path.stat().st_size for path in folder.glob("*.incr.aof")), default=0)


def _program(pid: int) -> str:
    return os.path.basename(proc.command_of(pid).partition(" ")[0])  # noqa: PTH119 - a name


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
