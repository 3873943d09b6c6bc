"""`./guildhall simulate`: what it plays, prints, keeps and exits with."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from click.testing import CliRunner, Result

from simulation.labels import Truth
from simulation.summary import Summary, read_summary
from src.cli.commands.simulate import simulate
from src.cli.errors import CheckFailed, ServiceUnreachable
from tests.support.tiny_game import Answer, TinyGame, serving


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


def test_an_economy_is_told_and_labelled(tmp_path: Path) -> None:
    labels = tmp_path / "truth" / "labels.json"
    options = ("--agents", "--cheats", "--players", "60", "--labels", str(labels))
    with serving(TinyGame(iter(()))) as url:
        result = run(url, tmp_path, *options, "--day-seconds", "0.001")
    assert result.exit_code == 0, result.output
    assert "no difference from the books" in result.stdout
    assert "simulated hours, a day in 0.001 s" in result.stdout
    truth = msgspec.json.decode(labels.read_bytes(), type=Truth)
    assert truth.seed == 3
    assert [player.player_id for player in truth.players if not player.player_id] == []
    assert len(truth.players) == 60
    assert {ring.kind for ring in truth.rings} == {
        "gold_selling",
        "circular_trading",
        "wash_trading",
        "duplication",
    }


def test_an_economy_that_is_broken_off_leaves_its_labels(tmp_path: Path) -> None:
    class Ending(TinyGame):
        def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
            if self.requests > 150:
                return 500, {"reason": "internal"}, {}
            return super().answer(method, path, key, text)

    with serving(Ending(iter(()))) as url:
        result = run(url, tmp_path, "--agents", "--cheats", "--players", "60")
    assert isinstance(result.exception, CheckFailed)
    truth = msgspec.json.decode((tmp_path / "run" / "labels.json").read_bytes(), type=Truth)
    assert len(truth.players) == 60
    assert read_summary(tmp_path) is None


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


@pytest.mark.parametrize(
    "options",
    [
        ("--players", "1"),
        ("--trades", "-1"),
        ("--workers", "0"),
        ("--cheats",),
        ("--day-seconds", "60"),
        ("--labels", "labels.json"),
        ("--agents", "--players", "19"),
        ("--agents", "--cheats", "--players", "59"),
    ],
)
def test_wrong_usage_exits_with_2(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run("http://127.0.0.1:1", tmp_path, *options).exit_code == 2
