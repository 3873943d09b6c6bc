"""`./guildhall up`."""

from __future__ import annotations

import click
from msgspec.structs import replace

from src.cli.output import Output


@click.command()
@click.option(
    "--profile",
    type=click.Choice(["embedded", "full"]),
    help="Where the warehouse lies and which engine reads it; the setting's value when not given.",
)
def up(profile: str | None) -> None:
    """Start the stack and wait until it is ready.

    Starts Redis, Kafka, the relay, the API and the landing jobs under a supervisor that restarts
    them when they die; in the full profile also HDFS, the Hive metastore with its PostgreSQL, and
    Presto. What runs already is left as it is, so that a second `up` changes nothing.
    """
    # Kafka's and Redis' clients take a while to import; `--help` does not need them.
    from src.cli.stack_progress import StackProgress  # noqa: PLC0415
    from src.config import load_settings  # noqa: PLC0415
    from src.stack.lifecycle import start  # noqa: PLC0415

    settings = load_settings()
    if profile:
        settings = replace(settings, profile=profile)
    output = Output()
    started = start(settings, StackProgress(output))
    if not started:
        output.say("The stack was running already.")
    output.say(f"The API answers at {settings.api_url}, with its documentation at /docs.")
    output.say("./guildhall status shows how it is; ./guildhall down stops it.")
