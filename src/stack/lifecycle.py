"""Starting and stopping the stack."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from src.config import (
    PREFIX,
    Settings,
    as_environment,
    forget_settings,
    load_settings,
    record_settings,
)
from src.economy.migrations import make_views
from src.event_log.topics import ensure_topics
from src.stack import proc
from src.stack.draining import await_landed, tell_unpublished
from src.stack.errors import NotRunningError, OtherSettingsError
from src.stack.layout import Layout
from src.stack.order import START_WAVES, STOP_ORDER, names_of
from src.stack.preflight import check_machine, check_ports
from src.stack.process import Process
from src.stack.processes import processes
from src.stack.readiness import wait_until_ready
from src.stack.supervisor_client import SupervisorClient
from src.stack.supervisor_config import STACK_MARK, render_supervisor_config, start_supervisor

_LEFTOVER_WAIT_S = 10
_SUPERVISOR_WAIT_S = 60
_POLL_S = 0.1


class Progress(Protocol):
    """Told about what is under way; `./guildhall up` prints it."""

    def waiting(self, name: str) -> None:
        """A process was started and is waited for."""

    def ready(self, name: str, seconds: float) -> None:
        """A process became ready, this long after it was started."""

    def stopping(self, name: str) -> None:
        """A process is being stopped."""

    def note(self, message: str) -> None:
        """Something else that takes time, or is worth knowing."""


class Silent:
    """Progress that nobody watches."""

    def waiting(self, name: str) -> None:
        """Ignore it."""

    def ready(self, name: str, seconds: float) -> None:
        """Ignore it."""

    def stopping(self, name: str) -> None:
        """Ignore it."""

    def note(self, message: str) -> None:
        """Ignore it."""


def start(
    settings: Settings, progress: Progress, names: tuple[str, ...] | None = None
) -> tuple[str, ...]:
    """Start what does not run yet, wait until all is ready, and return what was started.

    When a process does not become ready, and no stack ran before, all of it is stopped again.

    Args:
        settings: of the stack; recorded in var for later commands.
        progress: told about each process.
        names: the processes to start, all when not given; those that they need must be among
            them or run.

    Raises:
        PreflightError: something that the stack needs is missing; nothing was started.
        OtherSettingsError: a stack runs from the same var with other settings.
        NotReadyError: a process did not become ready.
    """
    names = names_of(settings) if names is None else names
    Layout.of(settings).run.mkdir(parents=True, exist_ok=True)
    with _alone(settings):
        client = SupervisorClient(Layout.of(settings))
        ran_before = client.is_running()
        if ran_before:
            _check_same_settings(settings)
        else:
            _start_supervisor(settings, progress, names)
        try:
            return _start_processes(settings, client, progress, names)
        except BaseException:
            # Ctrl-C too: nothing is left half running.
            if not ran_before:
                progress.note("stopping what was started")
                _stop(settings, client, Silent(), is_drained=False)
            raise


def stop(settings: Settings, progress: Progress) -> bool:
    """Stop the stack in order, leaving no process; return whether there was one.

    First no more trades; then what is committed is published, and what is published lands, or is
    told to wait for the next start. What it stored stays. A stack whose supervisor was killed is
    stopped too.
    """
    layout = Layout.of(settings)
    if not layout.run.exists():
        return _end_leftovers(settings)
    with _alone(settings):
        return _stop(settings, SupervisorClient(layout), progress, is_drained=True)


def _start_supervisor(settings: Settings, progress: Progress, names: tuple[str, ...]) -> None:
    if _end_leftovers(settings):
        progress.note("ended the processes that a killed supervisor had left")
    check_machine(settings)
    check_ports(settings, names)
    config = render_supervisor_config(Layout.of(settings), processes(settings))
    start_supervisor(settings, config)
    record_settings(settings)


def _start_processes(
    settings: Settings, client: SupervisorClient, progress: Progress, names: tuple[str, ...]
) -> tuple[str, ...]:
    by_name = {process.name: process for process in processes(settings)}
    started: list[str] = []
    for wave in START_WAVES[settings.profile]:
        wanted = [by_name[name] for name in wave if name in names]
        started += _start_wave(settings, client, progress, wanted)
        if "kafka" in wave and "kafka" in names:
            ensure_topics(
                settings.kafka_bootstrap, settings.kafka_partitions, settings.kafka_retention_h
            )
    if {"presto", "streaming_trade", "streaming_player_state"} <= set(names):
        make_views(settings)
    return tuple(started)


def _start_wave(
    settings: Settings, client: SupervisorClient, progress: Progress, wave: list[Process]
) -> list[str]:
    begun = time.monotonic()
    states = client.states()
    starting = [process for process in wave if states[process.name].pid is None]
    for process in starting:
        process.prepare()
        client.start(process.name)
    for process in wave:
        if process in starting:
            progress.waiting(process.name)
        wait_until_ready(settings, process, client)
        if process in starting:
            progress.ready(process.name, time.monotonic() - begun)
    return [process.name for process in starting]


def _stop(
    settings: Settings, client: SupervisorClient, progress: Progress, *, is_drained: bool
) -> bool:
    try:
        supervisor = client.pid()
        for name in (each for each in STOP_ORDER if each in client.states()):
            if client.states()[name].pid is not None:
                if is_drained and name in {"streaming", "streaming_trade"}:
                    await_landed(settings, progress.note)
                progress.stopping(name)
            client.stop(name)
            if is_drained and name == "relay" and client.states()["redis"].pid is not None:
                tell_unpublished(settings, progress.note)
        client.shut_down()
    except NotRunningError:
        ran = False
    else:
        ran = True
        _wait_until_gone((supervisor,), _SUPERVISOR_WAIT_S)
    ran = _end_leftovers(settings) or ran
    forget_settings(settings)
    return ran


def _end_leftovers(settings: Settings) -> bool:
    """End processes of this stack that no supervisor owns; return whether there were any."""
    left = _leftovers(settings)
    for pid in left:
        _send(pid, signal.SIGTERM)
    _wait_until_gone(left, _LEFTOVER_WAIT_S)
    for pid in _leftovers(settings):
        _send(pid, signal.SIGKILL)
    return bool(left)


def _leftovers(settings: Settings) -> tuple[int, ...]:
    marked = proc.processes_with(STACK_MARK, str(settings.var))
    return tuple(pid for pid in marked if pid != os.getpid())


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_until_gone(pids: tuple[int, ...], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(proc.exists(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(_POLL_S)


def _check_same_settings(settings: Settings) -> None:
    running = load_settings({f"{PREFIX}VAR_DIR": settings.var_dir})
    before, now = as_environment(running), as_environment(settings)
    differing = [name for name in now if now[name] != before[name]]
    if differing:
        told = ", ".join(f"{name}={before[name]}, not {now[name]}" for name in differing)
        raise OtherSettingsError(
            f"A stack runs already from {settings.var}, with other settings.",
            cause=f"it has {told}",
            remedy=f"./guildhall down first, or a second stack with another {PREFIX}VAR_DIR",
        )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let one `up` or `down` of a stack work at a time; the others wait."""
    with Layout.of(settings).lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
