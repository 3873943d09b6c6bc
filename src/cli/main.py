"""The list of commands, and how the program ends."""

from __future__ import annotations

import sys

import click

from src.cli.errors import report
from src.cli.lazy import Entry, LazyGroup

_IN = "src.cli.commands"

#: Every command in the order of use. Its line in the list begins the command's own help; a test
#: checks that.
COMMANDS = {
    "demo": Entry(
        f"{_IN}.demo:demo",
        "Play the main job from nothing: stack, players, trades, answers, report.",
    ),
    "up": Entry(f"{_IN}.up:up", "Start the stack and wait until it is ready."),
    "down": Entry(f"{_IN}.down:down", "Stop the stack; what it stored stays."),
    "status": Entry(f"{_IN}.status:status", "Show the processes, the lag and the freshness."),
    "logs": Entry(f"{_IN}.logs:logs", "Print the end of a process's log."),
    "token": Entry(f"{_IN}.token:token", "Make an API token for ROLE and print it."),
    "simulate": Entry(f"{_IN}.simulate:simulate", "Let seeded agents trade over HTTP."),
    "query": Entry(
        f"{_IN}.query:query", "Answer the economy question NAME; without NAME, list the questions."
    ),
    "report": Entry(
        f"{_IN}.report:report", "Write report.md, its charts and its data from what has landed."
    ),
    "reconcile": Entry(
        f"{_IN}.reconcile:reconcile",
        "Prove that Redis, the tables and the sum of all legs agree; list every difference.",
    ),
    "quarantine": Entry(
        f"{_IN}.quarantine:quarantine",
        "List, show and replay the records that could not land.",
    ),
    "maintain": Entry(
        f"{_IN}.maintain:maintain", "Compact the tables, renew views, expire snapshots."
    ),
    "rebuild": Entry(
        f"{_IN}.rebuild:rebuild", "Restore Redis from the log when it has forgotten trades."
    ),
    "chaos": Entry(
        f"{_IN}.chaos:chaos",
        "Kill and pause every process while trades go on, and prove that nothing is lost.",
    ),
    "test": Entry(f"{_IN}.test:test", "Run the tests."),
    "bench": Entry(f"{_IN}.bench:bench", "Measure speed and memory."),
}

cli = LazyGroup(
    "guildhall",
    COMMANDS,
    help="Guildhall: a trade-economy game server that you can audit.",
    epilog="Exit codes: 0 done; 1 the check failed or the request was refused; 2 wrong usage; "
    "3 a needed service is not reachable. Settings: docs/reference/settings.md.",
    no_args_is_help=False,
    invoke_without_command=True,
    callback=lambda: None,
)


@cli.result_callback()
@click.pass_context
def _list_commands(context: click.Context, _result: object) -> None:
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run(arguments: list[str] | None = None) -> None:
    """Run one command line and exit with its code.

    Args:
        arguments: the words after the program's name; those of this process when not given.
    """
    try:
        code = cli.main(arguments, prog_name="./guildhall", standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - the one place where every failure is told
        sys.exit(report(error))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
