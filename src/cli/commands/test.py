"""`./guildhall test`."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from src.config import PREFIX
from src.stack.layout import ROOT


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests.

    ARGUMENTS go to pytest as they are; without any, every test is run that this machine can run.
    The tests start their own servers, on ports of their own, and end them. The exit code is
    pytest's.
    """
    # Tests bring their own settings: neither yours nor the running stack's may change a result.
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(PREFIX)}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
    )
    sys.exit(ended.returncode)
