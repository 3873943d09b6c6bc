"""Say whether a process that `src.stack.run` runs here is ready: `python -m src.stack.check NAME`.

A container's health check is this: the same probes as `./guildhall up` waits for.
"""

from __future__ import annotations

import sys

from src.config import Settings, load_settings
from src.stack.layout import Layout
from src.stack.readiness import PROBES


def what_is_missing(settings: Settings, name: str) -> str | None:
    """Look at a process once; None when it is ready, else what is missing, in words.

    Raises:
        KeyError: no profile has such a process.
    """
    probe = PROBES[name]
    try:
        pid = int(Layout.of(settings).pid_of(name).read_text())
    except FileNotFoundError:
        return "it was not started yet"
    return probe(settings, pid)


def main(name: str) -> int:
    """Print what is missing; return 0 when the process is ready, else 1."""
    missing = what_is_missing(load_settings(), name)
    sys.stdout.write(f"{name}: {missing or 'ready'}\n")
    return 0 if missing is None else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
