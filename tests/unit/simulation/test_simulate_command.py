"""`./guildhall simulate`: what it plays, prints, keeps and exits with."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from click.testing import CliRunner, Result

from simulation.summary import Summary, read_summary
from src.cli.commands.simulate import simulate
from src.cli.errors import CheckFailed, ServiceUnreachable
from tests.support.tiny_game import TinyGame, serving


def run(url: str, var: Path, *options: str) -> Result:
    environment = {
        "GUILDHALL_TOKEN": "token",
        "GUILDHALL_VAR_DIR": str(var),
        "GUILDHALL_API_PORT": str(urlsplit(url).port),
    }
    options = ("--players", "20", "--trades", "200", "--seed", "3", *options)
    return CliRunner(env=environment).invoke(simulate, options)


def test_a_run_is_told_and_kept(tmp_path: Path) -> None:
    with serving(TinyGame(iter(()))) as url:
        result = run(url, tmp_path)
    assert result.exit_code == 0, result.output
    assert "no difference from the books" in result.stdout
    assert "player_trade" in result.stdout
    kept = read_summary(tmp_path)
    assert kept is not None
    assert (kept.seed, kept.players, kept.trades, kept.difference_count) == (3, 20, 200, 0)


def test_json_is_the_summary_and_nothing_else(tmp_path: Path) -> None:
    with serving(TinyGame(iter(()))) as url:
        result = run(url, tmp_path, "--json", "--workers", "2")
    told = msgspec.json.decode(result.stdout, type=Summary)
    assert told == read_summary(tmp_path)
    assert told.workers == 2


def test_a_difference_fails_the_command(tmp_path: Path) -> None:
    with serving(TinyGame(chain(repeat(None, 100), ["steal_coin"], repeat(None)))) as url:
        result = run(url, tmp_path)
    assert isinstance(result.exception, CheckFailed)
    assert "player 1:" in result.exception.cause
    assert "--seed 3" in result.exception.remedy
    kept = read_summary(tmp_path)
    assert kept is not None
    assert kept.difference_count > 0


def test_an_api_that_is_not_there_is_told(tmp_path: Path) -> None:
    with serving(TinyGame(iter(()))) as url:
        pass
    result = run(url, tmp_path)
    assert isinstance(result.exception, ServiceUnreachable)
    assert result.exception.exit_code == 3
    assert "./guildhall up" in result.exception.remedy
    assert read_summary(tmp_path) is None


@pytest.mark.parametrize("options", [("--players", "1"), ("--trades", "-1"), ("--workers", "0")])
def test_wrong_usage_exits_with_2(tmp_path: Path, options: tuple[str, str]) -> None:
    assert run("http://127.0.0.1:1", tmp_path, *options).exit_code == 2
