"""Run one process of a stack in the foreground: `python -m src.stack.run NAME`.

A container runs a part so: the same files of `deploy/`, the same preparation and the same command
as under the supervisor. The process takes the place of this one, so that signals reach it.
"""

from __future__ import annotations

import os
import sys

from src.config import load_settings
from src.stack.layout import Layout
from src.stack.processes import processes
from src.stack.supervisor_config import child_environment


def main(name: str) -> None:
    """Prepare the process of this name and become it.

    Raises:
        KeyError: the profile has no such process.
        NotReadyError: it could not be prepared.
    """
    settings = load_settings()
    Layout.of(settings).make()
    process = {each.name: each for each in processes(settings)}[name]
    process.prepare()
    os.chdir(process.folder)
    environment = {**child_environment(settings), **process.environment}
    os.execvpe(process.command[0], process.command, environment)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
