"""Run one process of a stack in the foreground: `python -m src.stack.run NAME`.

A container runs a part so: the same files of `deploy/`, the same preparation and the same command
as under the supervisor. The process takes the place of this one, so that signals reach it.
"""

from __future__ import annotations

import os
import sys

from src.config import load_settings
from src.stack.layout import Layout
from src.stack.processes import process_of
from src.stack.supervisor_config import child_environment
from src.streaming.ready import retract


def main(name: str) -> None:
    """Prepare the process of this name, write down its pid for `src.stack.check`, and become it.

    Raises:
        KeyError: no profile has such a process.
        NotReadyError: it could not be prepared.
    """
    settings = load_settings()
    layout = Layout.of(settings)
    layout.make()
    process = process_of(settings, name)
    process.prepare()
    # In a container the same pid comes again: what an earlier life announced must not count.
    retract(settings, name)
    layout.pid_of(name).write_text(str(os.getpid()))
    os.chdir(process.folder)
    environment = {**child_environment(settings), **process.environment}
    os.execvpe(process.command[0], process.command, environment)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
