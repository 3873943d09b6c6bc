"""A stack of a chaos run's own, below `var/chaos`: nobody else's trades are put at risk."""

from __future__ import annotations

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from src.config import Settings
from src.stack.errors import StackError
from src.stack.layout import Layout
from src.stack.lifecycle import Progress, start, stop
from src.stack.processes import NAMES
from src.stack.supervisor_client import SupervisorClient

#: Commits that the outbox of an own stack holds: filled within seconds when Kafka is away.
_OUTBOX_ENTRIES_MAX = 1_000


class ChaosUnderWay(StackError):
    """Another chaos run works in the same folder: exit code 1."""

    exit_code = 1


class OwnStack:
    """A stack that is made anew and hurt; `clean` says whether its data may go at the end."""

    def __init__(self, settings: Settings) -> None:
        """Stand for a stack with these settings."""
        self.settings = settings
        self.clean = False


@contextmanager
def own_stack(
    settings: Settings, progress: Progress, names: tuple[str, ...] = NAMES
) -> Iterator[OwnStack]:
    """Start an empty stack on free ports, and stop it at the end, whatever happens.

    Its data is removed when the run was clean, or was interrupted before its verdict: what a
    failed run leaves is evidence.

    Args:
        settings: of the stack that a user would start here; everything else is taken from it.
        progress: told about each process.
        names: the processes to start.

    Raises:
        ChaosUnderWay: another run works in the same folder.
    """
    folder = settings.var / "chaos"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_name("chaos.lock")):
        own = OwnStack(_settings_in(folder, settings))
        # Whatever is there is a run's that was killed: its lock is free.
        _remove(own.settings, progress)
        own.clean = True
        try:
            start(own.settings, progress, names)
            yield own
        except Exception:
            own.clean = False
            raise
        finally:
            stop(own.settings, progress)
            if own.clean:
                _remove(own.settings, progress)


@contextmanager
def given_stack(settings: Settings) -> Iterator[OwnStack]:
    """Yield the stack that runs, which its operator has handed over.

    Raises:
        NotRunningError: none runs.
    """
    SupervisorClient(Layout.of(settings)).pid()
    yield OwnStack(settings)


def _remove(settings: Settings, progress: Progress) -> None:
    stop(settings, progress)
    shutil.rmtree(settings.var, ignore_errors=True)


def _settings_in(folder: Path, settings: Settings) -> Settings:
    api, redis, kafka, controller = _free_ports(4)
    return replace(
        settings,
        var_dir=str(folder),
        api_port=api,
        redis_port=redis,
        kafka_port=kafka,
        kafka_controller_port=controller,
        outbox_entries_max=_OUTBOX_ENTRIES_MAX,
    )


def _free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [int(opened.getsockname()[1]) for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ChaosUnderWay(
                "Another chaos run is under way.",
                cause=f"it holds {path}",
                remedy="wait until it ends, or set another GUILDHALL_VAR_DIR",
            ) from error
        yield
