"""`./guildhall down`."""

from __future__ import annotations

import click

from src.cli.output import Output


@click.command()
def down() -> None:
    """Stop the stack; what it stored stays.

    First the API, then the relay, which publishes what is committed, then the landing jobs, once
    they have landed what is published, then Kafka and Redis. What could not be published or landed
    in time (`stop_drain_s`) is told; it waits on disk, and `up` goes on with it. A process that
    does not end in its time is killed.
    """
    from src.cli.stack_progress import StackProgress  # noqa: PLC0415 - as in `up`
    from src.config import load_settings  # noqa: PLC0415 - as above
    from src.stack.lifecycle import stop  # noqa: PLC0415 - as above

    output = Output()
    settings = load_settings()
    ran = stop(settings, StackProgress(output))
    output.say("Stopped." if ran else f"Nothing ran from {settings.var}.")
