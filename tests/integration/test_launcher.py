"""The launcher as a user meets it; CI runs it on a clean checkout, which is its setup's test."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.cli.main import COMMANDS
from src.stack.layout import ROOT

_ABSENT = {"redis-server", "apt-get"}


def run(
    program: Path, *words: str, folder: Path, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    return subprocess.run(
        [program, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def fresh_tree(tmp_path: Path) -> Path:
    """A checkout that was never set up; only what the launcher reads before it sets up."""
    tree = tmp_path / "tree"
    page = tree / "docs" / "reference" / "commands.md"
    page.parent.mkdir(parents=True)
    shutil.copy(ROOT / "guildhall", tree)
    shutil.copy(ROOT / "docs" / "reference" / "commands.md", page)
    return tree


@pytest.fixture
def path_without_redis(tmp_path: Path) -> str:
    """A PATH with this machine's programs, but without Redis and without a way to install it."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).glob("*"):
            link = programs / program.name
            if program.name not in _ABSENT and not link.is_symlink():
                link.symlink_to(program)
    return str(programs)


def test_it_runs_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "link"
    (tmp_path / "further").symlink_to(ROOT / "guildhall")
    link.symlink_to("further")
    ended = run(link, folder=tmp_path)
    assert ended.returncode == 0
    assert all(f"  {name} " in ended.stdout for name in COMMANDS)


def test_the_first_look_at_the_commands_sets_nothing_up(fresh_tree: Path) -> None:
    ended = run(fresh_tree / "guildhall", folder=fresh_tree)
    assert ended.returncode == 0
    assert all(f"  {name} " in ended.stdout for name in COMMANDS)
    assert not (fresh_tree / ".venv").exists()


def test_what_the_machine_lacks_is_told_before_anything_is_made(
    fresh_tree: Path, path_without_redis: str
) -> None:
    ended = run(fresh_tree / "guildhall", "up", folder=fresh_tree, path=path_without_redis)
    assert ended.returncode == 2
    assert "error: this machine lacks: redis-server" in ended.stderr
    assert "no Redis" in ended.stderr
    assert "apt-get install redis-server" in ended.stderr
    assert not (fresh_tree / ".venv").exists()


def test_two_runs_do_not_set_up_at_once(fresh_tree: Path, path_without_redis: str) -> None:
    lock = os.open(fresh_tree, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with subprocess.Popen(
        [fresh_tree / "guildhall", "up"],
        env={**os.environ, "PATH": path_without_redis},
        stderr=subprocess.PIPE,
        text=True,
    ) as second:
        assert second.stderr is not None
        assert second.stderr.readline() == "Another run is setting up; waiting for it ...\n"
        os.close(lock)
        assert "Setting up" in second.stderr.readline()
        second.communicate()
    assert second.returncode == 2


def test_of_two_pythons_the_one_in_one_piece_is_taken(fresh_tree: Path, tmp_path: Path) -> None:
    programs, taken = tmp_path / "programs", tmp_path / "taken"
    programs.mkdir()
    for name, is_shared in (("python3.12", 1), ("python3.11", 0), ("python3", 0)):
        program = programs / name
        program.write_text(
            f"""#!/bin/sh
case "$*" in *libpython*) exit {is_shared} ;; *venv\\ *) echo {name} >>{taken} ;; esac
exec {sys.executable} "$@"
"""
        )
        program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    ended = run(fresh_tree / "guildhall", "up", folder=fresh_tree, path=path)
    assert ended.returncode != 0, "nothing that it could install is there"
    assert taken.read_text().split() == ["python3.11"]
