"""`./guildhall test`."""

from __future__ import annotations

import os
import sys

import click

from src.config import PREFIX
from src.stack.layout import ROOT

#: Every test at once is shared by two processes, for one leaves nearly half of two cores idle; not
#: by more, for one of two runs whole stacks. What runs beside what: tests/support/side_by_side.py.
EVERY_TEST = ("-n", "2")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests.

    ARGUMENTS go to pytest as they are; without any, every test is run that this machine can run,
    in two processes. The tests start their own servers, on ports of their own, and end them. The
    exit code is pytest's.
    """
    # Tests bring their own settings: neither yours nor the running stack's may change a result.
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(PREFIX)}
    # Instead of this process, so that Ctrl-C is pytest's alone: its servers end before it does.
    os.chdir(ROOT)
    pytest = [sys.executable, "-m", "pytest", *(arguments or EVERY_TEST)]
    os.execve(sys.executable, pytest, environment)  # noqa: S606  # no shell is what is wanted
