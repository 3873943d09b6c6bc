"""One process under the supervisor: what it runs, and how it is prepared, started and stopped."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from src.stack.errors import NotReadyError
from src.stack.layout import ROOT


def _nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Process:
    """One process under the supervisor.

    Attributes:
        name: also of its log.
        command: the program and its arguments.
        stop_wait_s: seconds from the stop signal to SIGKILL.
        ready_wait_s: seconds after which a start has failed. Generous: on a busy machine a broker
            that was killed reads its log for 40 s.
        environment: variables beside those that all processes of the stack have.
        folder: where it is started.
        stop_signal: what asks it to end.
        prepare: makes what it needs before its first start; again, it changes nothing. Raises
            NotReadyError.
    """

    name: str
    command: tuple[str, ...]
    stop_wait_s: int
    ready_wait_s: int
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    stop_signal: str = "TERM"
    prepare: Callable[[], None] = _nothing


def run_preparation(
    command: Sequence[str],
    *,
    fact: str,
    remedy: str,
    environment: Mapping[str, str] | None = None,
    text: str = "",
) -> None:
    """Run a command that prepares a process, with `text` on its standard input.

    Raises:
        NotReadyError: it failed; carries `fact`, what it printed, and `remedy`.
    """
    ended = subprocess.run(
        command, env=environment, input=text, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        told = (ended.stderr + ended.stdout).strip().splitlines()
        raise NotReadyError(fact, cause="\n".join(told[-25:]), remedy=remedy)
