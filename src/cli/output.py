"""What a command prints: text for people through rich, or JSON with `--json`.

Answers go to stdout; progress goes to stderr, so that an answer can be piped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

import click
import msgspec
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

#: The option that every command with data takes; its parameter is `as_json: bool`.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class Output:
    """Where a command's answer and its progress go."""

    def __init__(self, *, as_json: bool = False) -> None:
        """Write the answer as JSON, or as text."""
        self.as_json = as_json
        # A pipe has no width of its own; rich would fold tables at 80 columns.
        width = None if sys.stdout.isatty() else 200
        self._answer = Console(file=sys.stdout, width=width, soft_wrap=True, highlight=False)
        self._progress = Console(file=sys.stderr, highlight=False)

    def answer(self, value: object, text: Callable[[], RenderableType]) -> None:
        """Print an answer.

        Args:
            value: what `--json` prints; anything that msgspec encodes.
            text: makes what people read, called only then.
        """
        if self.as_json:
            encoded = msgspec.json.format(msgspec.json.encode(value), indent=2)
            sys.stdout.write(encoded.decode() + "\n")
        else:
            self._answer.print(text())

    def say(self, message: str) -> None:
        """Print a line for people; nothing with `--json`. Rich's markup holds."""
        if not self.as_json:
            self._answer.print(message)

    def show(self, drawn: RenderableType) -> None:
        """Print a table or the like for people; nothing with `--json`."""
        if not self.as_json:
            self._answer.print(drawn)

    def note(self, message: str) -> None:
        """Print a line of progress on stderr. Rich's markup holds."""
        self._progress.print(message)

    def progress(self) -> Progress:
        """Return a progress bar on stderr, to be used as a context manager."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._progress,
            transient=False,
        )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """Return a table of these rows: numbers to the right with thousands apart, None as a dash."""
    kept = [list(row) for row in rows]
    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for place, column in enumerate(columns):
        numeric = any(isinstance(row[place], int | float) for row in kept)
        made.add_column(column, justify="right" if numeric else "left")
    for row in kept:
        made.add_row(*(_cell(value) for value in row))
    return made


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.2f}"
        case _:
            return str(value)
