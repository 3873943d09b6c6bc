from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from src.cli.lazy import load
from src.cli.main import COMMANDS
from src.stack.layout import ROOT

_HEAVY = {"kafka", "redis", "pyspark", "duckdb", "pandas", "flask", "matplotlib", "pyarrow"}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "src.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there_under_its_name(name: str) -> None:
    assert load(COMMANDS[name]).name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_begins_with_its_line_in_the_list(name: str) -> None:
    text = load(COMMANDS[name]).help or ""
    first_paragraph = " ".join(text.partition("\n\n")[0].split())
    assert first_paragraph.startswith(COMMANDS[name].help)


def test_without_arguments_the_commands_are_listed() -> None:
    ended = run()
    assert ended.returncode == 0
    assert all(f"  {name} " in ended.stdout for name in COMMANDS)


def test_the_list_of_commands_imports_nothing_heavy() -> None:
    program = "import sys, src.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not _HEAVY & set(ended.stdout.split())


def test_an_unknown_command_is_wrong_usage() -> None:
    ended = run("nonsense")
    assert ended.returncode == 2
    assert "nonsense" in ended.stderr


def test_a_listed_object_that_is_no_command_is_refused() -> None:
    from src.cli.lazy import Entry  # noqa: PLC0415 - beside its only use

    with pytest.raises(TypeError, match="not a command"):
        load(Entry("src.config:PREFIX", "Not a command."))
    assert isinstance(load(COMMANDS["status"]), click.Command)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--table", "player"], "no table 'player': there are trade, "),
        (["--anew", "--table", "trade"], "--anew is for player_latest_materialized, "),
    ],
)
def test_maintenance_of_a_wrong_table_is_wrong_usage(arguments: list[str], told: str) -> None:
    ended = run("maintain", *arguments)
    assert ended.returncode == 2
    assert told in ended.stderr
