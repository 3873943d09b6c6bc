"""How the commands talk to a stack's supervisor: XML-RPC over its socket in `var/run`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from src.stack.errors import NotRunningError
from src.stack.layout import Layout

_AT_REST = frozenset({"stopped", "fatal"})
_POLL_S = 0.1


@dataclass(frozen=True)
class ProcessState:
    """One process as the supervisor sees it.

    `state` is one of stopped, starting, running, backoff (it died and is waited with), stopping,
    exited, fatal; `restarts` counts since `up`; `pid` is None when none runs.
    """

    name: str
    pid: int | None
    state: str
    restarts: int


class SupervisorClient:
    """A stack's supervisor. Every method raises NotRunningError when none answers."""

    def __init__(self, layout: Layout) -> None:
        """Talk to the supervisor of this layout; nothing is opened before a call."""
        self._layout = layout

    def is_running(self) -> bool:
        """Whether a supervisor answers."""
        try:
            self.pid()
        except NotRunningError:
            return False
        return True

    def pid(self) -> int:
        """The supervisor's own process id."""
        with self._server() as server:
            return int(server.supervisor.getPID())

    def states(self) -> dict[str, ProcessState]:
        """The processes by name, in the order of their configuration."""
        with self._server() as server:
            restarts = server.watch.restarts()
            return {
                info["name"]: ProcessState(
                    name=info["name"],
                    pid=info["pid"] or None,
                    state=info["statename"].lower(),
                    restarts=restarts.get(info["name"], 0),
                )
                for info in server.supervisor.getAllProcessInfo()
            }

    def start(self, name: str) -> None:
        """Start a process unless it runs or is about to."""
        with self._server() as server, _allowing(Faults.ALREADY_STARTED):
            server.supervisor.startProcess(name, False)  # noqa: FBT003 - XML-RPC has no keywords

    def stop(self, name: str) -> None:
        """Stop a process and wait until it is gone."""
        # A process that has just died is neither running nor at rest: the supervisor is about to
        # start it again, so one request may come too early.
        while self.states()[name].state not in _AT_REST:
            with self._server() as server, _allowing(Faults.NOT_RUNNING):
                server.supervisor.stopProcess(name)
            time.sleep(_POLL_S)

    def shut_down(self) -> None:
        """Ask the supervisor to end itself; it stops what still runs."""
        with self._server() as server:
            server.supervisor.shutdown()

    @contextmanager
    def _server(self) -> Iterator[Any]:
        # A socket's path must fit in 107 bytes and var can lie deep: the folder is opened, and
        # the path goes through its descriptor.
        try:
            folder = os.open(self._layout.run, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise self._not_running() from error
        url = f"unix:///proc/self/fd/{folder}/supervisor.sock"
        transport = SupervisorTransport(serverurl=url)
        try:
            yield ServerProxy("http://supervisor", transport=transport)
        except OSError as error:
            raise self._not_running() from error
        finally:
            transport.close()
            os.close(folder)

    def _not_running(self) -> NotRunningError:
        return NotRunningError(
            "The stack does not run.",
            cause=f"no supervisor answers in {self._layout.run}",
            remedy="./guildhall up",
        )


@contextmanager
def _allowing(code: int) -> Iterator[None]:
    try:
        yield
    except Fault as fault:
        if fault.faultCode != code:
            raise
