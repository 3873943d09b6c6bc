"""How a landing process tells that its queries run: its pid in `var/run/<name>.ready`."""

from __future__ import annotations

import os
from pathlib import Path

from src.config import Settings


def announce(settings: Settings, name: str) -> None:
    """Tell that this process has compared the tables with Kafka and its queries run.

    Args:
        settings: of the stack.
        name: of the process, as in `./guildhall status`.
    """
    path = _path(settings, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(os.getpid()))


def is_announced(settings: Settings, name: str, pid: int) -> bool:
    """Say whether the process with this pid has announced itself; an earlier one does not count."""
    try:
        return _path(settings, name).read_text() == str(pid)
    except FileNotFoundError:
        return False


def retract(settings: Settings, name: str) -> None:
    """Take back what any process of this name has told."""
    _path(settings, name).unlink(missing_ok=True)


def _path(settings: Settings, name: str) -> Path:
    return settings.var / "run" / f"{name}.ready"
