"""A command group that knows its commands by name and loads only the one that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True)
class Entry:
    """Where a command lies, as `module:object`, and its line in the group's list."""

    target: str
    help: str


class LazyGroup(click.Group):
    """A group over a table of entries, so that `--help` imports none of them."""

    def __init__(self, name: str, entries: Mapping[str, Entry], **attributes: object) -> None:
        """Make a group of these entries, listed in their order."""
        super().__init__(name, **attributes)  # type: ignore[arg-type]  # click's own keywords
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order, which is the order of use."""
        del ctx
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of this name; None when there is none."""
        del ctx
        entry = self.entries.get(cmd_name)
        return None if entry is None else load(entry)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])


def load(entry: Entry) -> click.Command:
    """Import the command that an entry names.

    Raises:
        TypeError: what lies there is not a command.
    """
    module_name, _, attribute = entry.target.partition(":")
    command = getattr(import_module(module_name), attribute)
    if not isinstance(command, click.Command):
        raise TypeError(f"{entry.target} is not a command")
    return command
