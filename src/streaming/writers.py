"""Who may write the tables of a var folder: the landing processes, or one command alone.

Two processes that commit to a table in a local folder can overwrite each other's commit: the
catalog there knows no lock that reaches beyond a process. The kernel lets go of the lock when its
holder dies, however it dies.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from threading import Event

from src.config import Settings

_log = logging.getLogger(__name__)

_LOOK_S = 0.5


@contextmanager
def landing(settings: Settings, stop: Event) -> Iterator[bool]:
    """Hold the tables as one of the landing processes; wait while a command holds them alone.

    Args:
        settings: of the stack.
        stop: ends the waiting.

    Yields:
        Whether they are held; False when `stop` was set.
    """
    with _lock_file(settings) as file:
        if not _locked(file, fcntl.LOCK_SH):
            _log.warning("a command maintains the tables; landing starts when it has ended")
            while not _locked(file, fcntl.LOCK_SH):
                if stop.wait(_LOOK_S):
                    yield False
                    return
        yield True


@contextmanager
def alone(settings: Settings) -> Iterator[bool]:
    """Hold the tables alone if no one else does; yield whether that is so. Never waits."""
    with _lock_file(settings) as file:
        yield _locked(file, fcntl.LOCK_EX)


def is_landing(settings: Settings) -> bool:
    """Say whether someone holds the tables now."""
    with alone(settings) as is_free:
        return not is_free


def _locked(file: TextIOWrapper, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(settings: Settings) -> TextIOWrapper:
    path = settings.var / "run" / "tables.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w")
