"""How a command fails: the fact, its cause and the next command, on stderr, with an exit code.

A command raises `CheckFailed` or `ServiceUnreachable`, or lets an error of the parts below pass;
`report` is the only place that turns either into text and a code.
"""

from __future__ import annotations

import os
import traceback

import click

from src.config import SettingsError
from src.economy.engine import EngineError, WarehouseUnreachableError
from src.stack.errors import StackError

DONE, FAILED, USAGE, UNREACHABLE = 0, 1, 2, 3
_INTERRUPTED = 130


class CommandError(Exception):
    """A command could not do its work.

    Attributes:
        fact: what happened, one sentence.
        cause: why, as far as is known; empty when the fact says it.
        remedy: what to do next, best a command; empty when there is nothing to do.
        exit_code: the code of the process.
    """

    exit_code = FAILED

    def __init__(self, fact: str, cause: str = "", remedy: str = "") -> None:
        """Say what happened, why, and what to do."""
        super().__init__(fact)
        self.fact = fact
        self.cause = cause
        self.remedy = remedy


class CheckFailed(CommandError):
    """The check that the command makes failed, or the request was refused: exit code 1."""


class ServiceUnreachable(CommandError):
    """A service that the command needs does not answer: exit code 3."""

    exit_code = UNREACHABLE


#: Errors of client libraries that mean "it does not answer", by full name: importing the
#: libraries here would make every `--help` wait for them.
_SERVICE_OF = {
    "src.services.ports.StoreUnreachable": "Redis",
    "redis.exceptions.ConnectionError": "Redis",
    "redis.exceptions.TimeoutError": "Redis",
    "kafka.errors.KafkaConnectionError": "Kafka",
    "kafka.errors.KafkaTimeoutError": "Kafka",
    "urllib3.exceptions.MaxRetryError": "The API",
    "urllib3.exceptions.NewConnectionError": "The API",
    "urllib3.exceptions.ProtocolError": "The API",
    "requests.exceptions.ConnectionError": "The API",
}


def report(error: Exception) -> int:
    """Tell an error on stderr and return the exit code."""
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        return _INTERRUPTED
    told = explain(error)
    if told is None:
        traceback.print_exception(error)
        click.echo("error: this is a fault in Guildhall, not in what you asked for.", err=True)
        return FAILED
    _tell(told)
    if os.environ.get("PYTHONDEVMODE"):
        traceback.print_exception(error)
    return told.exit_code


def explain(error: Exception) -> CommandError | None:
    """Return what an error means to whoever ran the command; None when it is a fault of ours."""
    if isinstance(error, CommandError):
        return error
    if isinstance(error, SettingsError):
        return _with_code(USAGE, CommandError(str(error), remedy="see docs/reference/settings.md"))
    if isinstance(error, StackError):
        return _with_code(error.exit_code, CommandError(error.fact, error.cause, error.remedy))
    if isinstance(error, EngineError):
        code = UNREACHABLE if isinstance(error, WarehouseUnreachableError) else FAILED
        return _with_code(code, CommandError(f"{error.fact}.", remedy=error.remedy))
    names = [f"{cls.__module__}.{cls.__qualname__}" for cls in type(error).__mro__]
    for name in names:
        if service := _SERVICE_OF.get(name):
            return ServiceUnreachable(
                f"{service} does not answer.",
                cause=str(error),
                remedy="./guildhall status, then ./guildhall up",
            )
    return None


def _with_code(exit_code: int, error: CommandError) -> CommandError:
    error.exit_code = exit_code
    return error


def _tell(error: CommandError) -> None:
    click.echo(f"{click.style('error:', fg='red')} {error.fact}", err=True)
    if error.cause:
        click.echo(f"cause: {_indented(error.cause)}", err=True)
    if error.remedy:
        click.echo(f"next:  {_indented(error.remedy)}", err=True)


def _indented(text: str) -> str:
    return text.rstrip().replace("\n", "\n       ")
