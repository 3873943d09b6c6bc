"""The program of random trades against the real API, as a file and as a module."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from simulation.summary import Summary
from src.config import PREFIX
from src.player_store.tokens import Role
from src.stack.layout import ROOT
from tests.support.served import ServedRealm, served_realm

FILE = (str(ROOT / "simulation" / "trade_simulation.py"),)
MODULE = ("-m", "simulation.trade_simulation")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedRealm]:
    with served_realm(tmp_path_factory.mktemp("trades")) as found:
        yield found


def run(
    served: ServedRealm,
    program: tuple[str, ...],
    folder: Path,
    *options: str,
    port: int | None = None,
) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(PREFIX)}
    settings = served.realm.settings
    return subprocess.run(
        [sys.executable, *program, *options],
        cwd=folder,
        env={
            **environment,
            "GUILDHALL_TOKEN": served.token,
            "GUILDHALL_API_PORT": str(port or settings.api_port),
            "GUILDHALL_VAR_DIR": settings.var_dir,
        },
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("program", "folder"), [(FILE, "elsewhere"), (MODULE, "here")])
def test_players_are_found_or_created_and_trade(
    served: ServedRealm, program: tuple[str, ...], folder: str, tmp_path: Path
) -> None:
    served.realm.create("banker")
    there = len(list(served.realm.services.store.all_players()))
    wanted = there + 20
    ended = run(
        served,
        program,
        ROOT if folder == "here" else tmp_path,
        *("--players", str(wanted), "--trades", "300", "--seed", "5", "--json"),
    )
    assert ended.returncode == 0, ended.stderr
    summary = msgspec.json.decode(ended.stdout, type=Summary)
    assert (summary.players, summary.trades, summary.differences) == (wanted, 300, [])
    assert summary.settled + summary.rejected == 300
    assert {each.kind for each in summary.outcomes} == {"player_trade"}
    assert summary.rejected > 0
    served.realm.audit()
    assert len(list(served.realm.services.store.all_players())) == wanted
    assert "reading players" in ended.stderr


def test_a_token_that_may_not_trade_is_told(served: ServedRealm, tmp_path: Path) -> None:
    analyst = served._replace(token=served.realm.services.tokens.issue(Role.ANALYST))
    ended = run(analyst, FILE, tmp_path, "--players", "1000")
    assert ended.returncode == 1
    assert "status 403" in ended.stderr


def test_an_api_that_is_not_there_is_told(served: ServedRealm, tmp_path: Path) -> None:
    ended = run(served, FILE, tmp_path, port=1)
    assert ended.returncode == 3
    assert "does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
