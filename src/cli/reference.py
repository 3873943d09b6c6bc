"""The reference pages of commands and settings, written from what the program knows.

`python -m src.cli.reference` writes them; a test fails when a page is not what this writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
from msgspec import inspect

from src.cli.lazy import Entry, load
from src.cli.main import COMMANDS
from src.config import PREFIX, Settings
from src.stack.layout import ROOT

_FOLDER = ROOT / "docs" / "reference"
_WIDTH = 90

_COMMANDS_HEAD = """# Commands

`./guildhall` runs from any folder. The first command sets up `.venv`, once. Written by
`python -m src.cli.reference`; change the command instead of this page.

| command | does |
|---|---|
"""

_COMMANDS_ENDS = """
A command ends with 0 when it did its work, 1 when the check failed or the request was refused,
2 for wrong usage, 3 when a needed service is not reachable. Errors go to stderr: what happened,
its cause, and what to do next. Progress goes to stderr too, so that answers can be piped.
Setting up ends with 2 when the machine lacks something, 3 when something could not be fetched.
"""

_SETTINGS_HEAD = """# Settings

A setting is read from its environment variable, else from the running stack's own record
(`var/run/settings.json`, written by `./guildhall up`), else its default holds. A variable that
begins with `GUILDHALL_` and is not listed here is refused. Two stacks run side by side when
`GUILDHALL_VAR_DIR` and every port differ. Written by `python -m src.cli.reference`; change
`src/settings.py` instead of this page.

| variable | default | values | meaning |
|---|---|---|---|
"""


def commands_page(commands: Mapping[str, Entry] = COMMANDS) -> str:
    """Return the page of commands: the list, then each one's help."""
    rows = [f"| `./guildhall {name}` | {entry.help} |\n" for name, entry in commands.items()]
    pages = [_command(name, load(entry)) for name, entry in commands.items()]
    return _COMMANDS_HEAD + "".join(rows) + _COMMANDS_ENDS + "".join(pages)


def settings_page() -> str:
    """Return the page of settings, in the order of their definition."""
    return _SETTINGS_HEAD + "".join(_settings_rows())


def _command(name: str, command: click.Command) -> str:
    context = click.Context(
        command, info_name=f"./guildhall {name}", terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    page = f"\n## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    children = command.commands if isinstance(command, click.Group) else {}
    return page + "".join(_command(f"{name} {each}", children[each]) for each in children)


def _settings_rows() -> Iterator[str]:
    described = inspect.type_info(Settings)
    if not isinstance(described, inspect.StructType):
        raise TypeError("Settings is not a Struct")
    for field in described.fields:
        if not isinstance(field.type, inspect.Metadata):
            raise TypeError(f"the setting {field.name} has no description")
        meaning = (field.type.extra_json_schema or {}).get("description", "")
        values = _values(field.type.type)
        yield f"| `{PREFIX}{field.name.upper()}` | `{field.default}` | {values} | {meaning} |\n"


def _values(described: inspect.Type) -> str:
    match described:
        case inspect.Metadata():
            return _values(described.type)
        case inspect.LiteralType(values=values):
            return " or ".join(f"`{value}`" for value in values)
        case inspect.IntType() | inspect.FloatType():
            kind = "integer" if isinstance(described, inspect.IntType) else "number"
            if described.le is not None:
                return f"{kind}, {described.ge} to {described.le}"
            return f"{kind}, {described.ge} or more"
        case inspect.StrType(pattern=pattern):
            return f"text like `{pattern}`" if pattern else "text"
        case _:
            raise TypeError(f"a setting cannot be a {type(described).__name__}")


def main() -> None:
    """Write both pages."""
    (_FOLDER / "settings.md").write_text(settings_page())
    (_FOLDER / "commands.md").write_text(commands_page())


if __name__ == "__main__":
    main()
