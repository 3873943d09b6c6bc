"""The load scripts for Apache Bench, as they are run, against the real API."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from src.stack.layout import ROOT
from tests.support.served import ServedRealm, served_realm

SCRIPTS = ROOT / "simulation" / "ab"
#: Programs that the scripts need beside ab.
NEEDED = ("awk", "bash", "basename", "cat", "dirname", "env", "grep", "mktemp", "rm", "sed", "sort")
#: A busy machine takes some seconds for the first request; beyond this it will not come.
PATIENCE_S = 60.0

needs_ab = pytest.mark.skipif(shutil.which("ab") is None, reason="Apache Bench is not installed")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedRealm]:
    with served_realm(tmp_path_factory.mktemp("ab")) as found:
        yield found


def run(
    tmp_path: Path, script: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script, and check that it leaves no file behind."""
    tmp_path.joinpath("tmp").mkdir()
    ended = subprocess.run(
        [str(SCRIPTS / script), *arguments],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp"), "SEED": "5", **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert list(tmp_path.joinpath("tmp").iterdir()) == []
    return ended


def summary(text: str) -> Mapping[str, tuple[int, int]]:
    """Return the requests and failures by route, and of `all`."""
    rows = [line.split() for line in text.splitlines() if line.startswith(("/", "all, "))]
    return {row[0].rstrip(","): (int(row[-2]), int(row[-1])) for row in rows}


def players_of(served: ServedRealm) -> int:
    return len(list(served.realm.services.store.all_players()))


@needs_ab
def test_basic_sends_every_request(served: ServedRealm, tmp_path: Path) -> None:
    ended = run(tmp_path, "basic.sh", "1", API_URL=served.url)
    assert ended.returncode == 0, ended.stderr
    told = summary(ended.stdout)
    bodies = {kind: len(list(SCRIPTS.glob(f"bodies/{kind}_*"))) for kind in ("weapon", "battle")}
    assert told["/purchase_a_weapon"] == (1 + bodies["weapon"], 0)
    assert told["/enter_a_battle"] == (1 + bodies["battle"], 0)
    assert told.keys() >= {"/", "/purchase_sword", "/join_a_guild", "/leave_guild", "/get_credit"}
    served.realm.audit()


@needs_ab
def test_limited_sends_as_many_as_it_is_told(served: ServedRealm, tmp_path: Path) -> None:
    ended = run(tmp_path, "limited.sh", "25", API_URL=f"{served.url}/")
    assert ended.returncode == 0, ended.stderr
    assert summary(ended.stdout)["all"] == (25, 0)


@needs_ab
def test_players_are_created(served: ServedRealm, tmp_path: Path) -> None:
    before = players_of(served)
    ended = run(tmp_path, "players.sh", "7", API_URL=served.url)
    assert ended.returncode == 0, ended.stderr
    assert summary(ended.stdout)["/create_player"] == (7, 0)
    assert players_of(served) == before + 7


@needs_ab
def test_trades_settle_and_are_refused_for_what_they_are(
    served: ServedRealm, tmp_path: Path
) -> None:
    ended = run(tmp_path, "trades.sh", "12", API_URL=served.url)
    assert ended.returncode == 0, ended.stderr
    assert summary(ended.stdout)["/trade"] == (12, 0)
    said = dict(line.strip().split(maxsplit=1) for line in ended.stdout.splitlines()[1:5])
    assert said["swap"] == "settled"
    assert "insufficient_gold" in said["overdraft"]
    assert "claim_differs" in said["forged_gold"]
    assert "claim_differs" in said["forged_goods"]
    served.realm.audit()


@needs_ab
def test_infinite_stops_on_an_interrupt_and_leaves_no_process(
    served: ServedRealm, tmp_path: Path
) -> None:
    # More than one burst can bring.
    wanted = len(served.realm.entries()) + 25
    script = subprocess.Popen(
        [str(SCRIPTS / "infinite.sh")],
        env={**os.environ, "API_URL": served.url, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while len(served.realm.entries()) < wanted and time.monotonic() < deadline:
        assert script.poll() is None
        time.sleep(0.05)
    os.killpg(script.pid, signal.SIGINT)
    told, _ = script.communicate(timeout=PATIENCE_S)
    assert script.returncode == 0
    assert summary(told)["all"][0] > 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(script.pid, 0)


def test_a_missing_ab_is_told(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        programs.joinpath(name).symlink_to(shutil.which(name) or "")
    ended = run(tmp_path, "limited.sh", "5", PATH=str(programs))
    assert ended.returncode == 3
    assert "apache2-utils" in ended.stderr


@needs_ab
def test_an_api_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = run(tmp_path, "basic.sh", API_URL="http://127.0.0.1:1")
    assert ended.returncode == 3
    assert "nothing answers at http://127.0.0.1:1" in ended.stderr


@pytest.mark.parametrize(
    ("script", "argument"), [("limited.sh", ""), ("limited.sh", "ten"), ("infinite.sh", "5")]
)
def test_wrong_usage_is_told(tmp_path: Path, script: str, argument: str) -> None:
    ended = run(tmp_path, script, argument)
    assert ended.returncode == 2
    assert "--help" in ended.stderr


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("[!c]*.sh")))
def test_help_is_given(tmp_path: Path, script: str) -> None:
    ended = run(tmp_path, script, "--help")
    assert ended.returncode == 0
    assert ended.stdout.startswith(script)
    assert "API_URL" in ended.stdout
