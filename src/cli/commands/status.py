"""`./guildhall status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from rich.console import Group

from src.cli.errors import UNREACHABLE
from src.cli.output import Output, json_option, table

if TYPE_CHECKING:
    from src.stack.status import Status


@click.command()
@json_option
def status(*, as_json: bool) -> None:
    """Show the processes, the lag and the freshness.

    The outbox holds commits that wait for Kafka; lag is what each landing job has yet to land;
    freshness is how long the newest event took from its commit to a row that queries see. Exits
    with 3 when no stack runs.
    """
    from src.config import load_settings  # noqa: PLC0415 - as in `up`
    from src.stack.status import read_status  # noqa: PLC0415 - as above

    found = read_status(load_settings())
    Output(as_json=as_json).answer(found, lambda: _text(found))
    if not found.processes:
        sys.exit(UNREACHABLE)


def _text(found: Status) -> Group:
    if not found.processes:
        return Group("No stack runs from here. Start one: ./guildhall up")
    processes = table(
        ["process", "state", "pid", "restarts", "resident MiB"],
        # A pid is a name, not an amount: no thousands apart.
        [
            (each.name, each.state, _pid(each.pid), each.restarts, each.resident_mib)
            for each in found.processes
        ],
    )
    behind = ", ".join(f"{topic} {_known(count)}" for topic, count in found.lag.items())
    fresh = "-" if found.freshness_s is None else f"{found.freshness_s:.2f} s"
    return Group(
        processes,
        "",
        f"profile    {found.profile}",
        f"api        {found.api}",
        f"outbox     {_known(found.outbox_length)}",
        f"lag        {behind}",
        f"freshness  {fresh}",
    )


def _pid(pid: int | None) -> str | None:
    return None if pid is None else str(pid)


def _known(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
