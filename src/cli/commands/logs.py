"""`./guildhall logs`."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import TextIO

import click

from src.cli.errors import CheckFailed

_POLL_S = 0.3


@click.command()
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="Go on printing what is added, until Ctrl-C.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=50, show_default=True, help="How many."
)
def logs(name: str, *, follow: bool, lines: int) -> None:
    """Print the end of a process's log.

    NAME is a process of `./guildhall status`, or `supervisor`.
    """
    from src.config import load_settings  # noqa: PLC0415 - as in `up`
    from src.stack.layout import Layout  # noqa: PLC0415 - as above

    layout = Layout.of(load_settings())
    present = sorted(path.stem for path in layout.log.glob("*.log"))
    if name not in present:
        raise CheckFailed(
            f"There is no log of {name}.",
            cause=f"in {layout.log} are: {', '.join(present) or 'none'}",
            remedy="./guildhall logs NAME with one of these" if present else "./guildhall up",
        )
    path = layout.log_of(name)
    log = path.open(errors="replace")
    try:
        for line in deque(log, maxlen=lines):
            click.echo(line, nl=False)
        while follow:
            _print_new(log)
            if _was_rotated(path, log):
                _print_new(log)
                log.close()
                log = path.open(errors="replace")
            time.sleep(_POLL_S)
    finally:
        log.close()


def _print_new(log: TextIO) -> None:
    for line in log:
        click.echo(line, nl=False)


def _was_rotated(path: Path, log: TextIO) -> bool:
    try:
        return path.stat().st_ino != Path(f"/proc/self/fd/{log.fileno()}").stat().st_ino
    except FileNotFoundError:
        # Between the two steps of a rotation.
        return False
