"""`./guildhall rebuild`: restores Redis from the log."""

from __future__ import annotations

import click

from src.cli.output import Output, json_option


@click.command()
@click.option(
    "--dry-run", is_flag=True, help="Read the whole log and say what would be restored; no more."
)
@json_option
def rebuild(*, dry_run: bool, as_json: bool) -> None:
    """Restore Redis from the log when it has forgotten trades.

    For when the relay says that Redis forgot: its data was lost, or it ran with
    `redis_appendfsync=everysec` and died. Players come back at their versions, with memberships,
    recent trades and founded guilds, from the tables and, past them, from Kafka; then the stack
    is started, reconciled, and trading goes on with the next number. docs/guides/recover.md says
    what does not come back.

    Changes nothing when Redis has all that the log has, and refuses when Redis has more. It can be
    interrupted and run again; nobody can trade before it has come to its end. Starts Redis and
    Kafka if they do not run. Ends with 0 when Redis is whole, 1 when it was refused or the books
    differ, 3 when Redis, Kafka or the tables cannot be reached.
    """
    from src.cli.rebuilding import rebuilt  # noqa: PLC0415 - keeps --help quick
    from src.config import load_settings  # noqa: PLC0415

    rebuilt(load_settings(), Output(as_json=as_json), is_dry_run=dry_run)
