"""The full stack as a user runs it: from nothing, through the death of its parts, to its end.

One stack serves all tests here: booting it takes longer than all else. So the fixture does what a
day of it would bring and writes down what it saw; the tests say what of it must be so.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import pytest

from src.bootstrap import build_store
from src.economy.frames import as_frame
from src.economy.presto_engine import presto_engine
from src.stack import proc
from src.stack.layout import ROOT
from src.stack.parts.java import jars
from src.stack.parts.postgres import program
from src.stack.supervisor_config import STACK_MARK
from tests.support.stack import Stack

pytestmark = pytest.mark.stack

PLAYERS, TRADES, SEED = 40, 300, 7
#: While these are played, one part after the other is killed.
MORE_TRADES, MORE_SEED = 600, 8
VICTIMS = ("datanode", "metastore", "presto")
#: A part that was killed is back within this on a machine that does much else.
BACK_S_MAX = 400.0
#: What the machine that this is made for has, in MiB.
MEMORY_MIB_MAX = 8 * 1024

Holdings = dict[int, tuple[int, int, int]]


class Day(NamedTuple):
    """What was seen."""

    demo: str
    status: dict[str, Any]
    simulated: tuple[int, str]
    restarts: dict[str, int]
    questions_meanwhile: list[int]
    told: Counter[str]
    landed: Counter[str]
    in_redis: Holdings
    in_presto: Holdings
    differences: list[Any]
    left: tuple[int, ...]
    password_files: list[Path]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Live through the day."""
    if program("postgres") is None or not any(jars("presto").glob("*.jar")):
        pytest.skip("the full profile's parts are not here: ./guildhall test fetches them")
    stack = Stack(tmp_path_factory.mktemp("full"), "full")
    try:
        yield lived_through(stack)
    finally:
        stack.close()
        stack.run("down")


def lived_through(stack: Stack) -> Day:
    words = ("--players", PLAYERS, "--trades", TRADES, "--seed", SEED)
    demo = stack.done("demo", *map(str, words))
    told = told_by_simulation(stack)
    status = stack.data("status")
    simulated, asked = kill_while_playing(stack)
    told += told_by_simulation(stack)
    differences = reconciled(stack)
    restarts = {name: each["restarts"] for name, each in stack.processes().items()}
    landed = landed_by_kind(stack)
    in_redis, in_presto = holdings_in_redis(stack), holdings_in_presto(stack)
    stack.done("down")
    return Day(
        demo=demo,
        status=status,
        simulated=simulated,
        restarts=restarts,
        questions_meanwhile=asked,
        told=told,
        landed=landed,
        in_redis=in_redis,
        in_presto=in_presto,
        differences=differences,
        left=proc.processes_with(STACK_MARK, str(stack.settings.var)),
        password_files=files_with_the_password(stack),
    )


def kill_while_playing(stack: Stack) -> tuple[tuple[int, str], list[int]]:
    """Kill each victim while players trade; return how that ended, and how asking did."""
    words = ("--players", PLAYERS, "--trades", MORE_TRADES, "--seed", MORE_SEED)
    asked = []
    with (
        TemporaryFile("w+") as words_said,
        subprocess.Popen(
            [str(ROOT / "guildhall"), "simulate", *map(str, words)],
            env=stack.environment,
            stdout=subprocess.DEVNULL,
            stderr=words_said,
        ) as playing,
    ):
        for name in VICTIMS:
            before = stack.processes()[name]
            os.kill(before["pid"], signal.SIGKILL)
            asked.append(stack.run("query", "trade_count").returncode)
            eventually(lambda name=name, before=before: is_back(stack, name, before))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
        playing.wait()
        words_said.seek(0)
        return (playing.returncode, words_said.read()), asked


def is_back(stack: Stack, name: str, before: dict[str, Any]) -> bool:
    now = stack.processes()[name]
    return bool(now["state"] == "running" and now["pid"] not in {None, before["pid"]})


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BACK_S_MAX
    while not is_so():
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.5)


def reconciled(stack: Stack) -> list[Any]:
    """Return the differences, asking again while parts that were killed come back."""
    deadline = time.monotonic() + BACK_S_MAX
    while True:
        ended = stack.run("reconcile", "--json")
        if ended.returncode in {0, 1} or time.monotonic() > deadline:
            differences: list[Any] = json.loads(ended.stdout)["differences"]
            return differences
        time.sleep(1)


def told_by_simulation(stack: Stack) -> Counter[str]:
    """Return how many trades of each kind the API acknowledged."""
    summary = json.loads((stack.settings.var / "run" / "simulation.json").read_text())
    told: Counter[str] = Counter()
    for each in summary["outcomes"]:
        told[each["kind"]] += each["count"]
    # Creating a player is no trade of the simulation's, but it is one of the ledger's.
    return told + Counter(starter_grant=PLAYERS)


def landed_by_kind(stack: Stack) -> Counter[str]:
    with presto_engine(stack.settings) as engine:
        frame = as_frame(engine.ask("select kind, count(*) as trades from trade group by kind"))
    return Counter(
        {str(kind): int(count) for kind, count in zip(*frame_columns(frame), strict=True)}
    )


def frame_columns(frame: Any) -> list[Any]:
    return [frame[name] for name in frame.columns]


def holdings_in_presto(stack: Stack) -> Holdings:
    sql = "select player_id, version, gold, used_capacity from player_latest"
    with presto_engine(stack.settings) as engine:
        return {row[0]: row[1:] for row in engine.ask(sql).rows}


def holdings_in_redis(stack: Stack) -> Holdings:
    with closing(build_store(stack.settings)) as store:
        return {
            player.player_id: (player.version, player.gold, player.inventory.used_capacity)
            for player in store.all_players()
        }


def files_with_the_password(stack: Stack) -> list[Path]:
    """Return the files of the stack that anyone but the owner may read and hold the password."""
    secret = (stack.settings.var / "secrets" / "metastore_db_password").read_bytes()
    return [
        path
        for path in stack.settings.var.rglob("*")
        if path.is_file() and path.stat().st_mode & 0o077 and secret in path.read_bytes()
    ]


def test_the_demo_ends_as_the_embedded_one_does(day: Day) -> None:
    assert "Guildhall is running" in day.demo
    assert "agrees" in day.demo
    assert "report.md" in day.demo


def test_status_names_every_process(day: Day) -> None:
    assert day.status["profile"] == "full"
    expected = {"namenode", "datanode", "metastore", "presto", "postgres", "redis", "kafka"}
    names = {each["name"] for each in day.status["processes"]}
    assert expected <= names
    assert {each["state"] for each in day.status["processes"]} == {"running"}
    assert {each["restarts"] for each in day.status["processes"]} == {0}
    assert day.status["freshness_s"] > 0


def test_it_fits_in_the_memory_that_is_promised(day: Day) -> None:
    assert sum(each["resident_mib"] for each in day.status["processes"]) < MEMORY_MIB_MAX


def test_players_go_on_trading_while_parts_behind_them_die(day: Day) -> None:
    code, said = day.simulated
    assert code == 0, said
    assert all(day.restarts[name] >= 1 for name in VICTIMS)
    assert all(day.restarts[name] == 0 for name in ("redis", "kafka", "relay", "api", "namenode"))


def test_a_question_meanwhile_is_answered_or_says_that_it_cannot_be(day: Day) -> None:
    assert set(day.questions_meanwhile) <= {0, 3}


def test_presto_has_what_was_acknowledged_no_more_and_no_less(day: Day) -> None:
    assert day.landed == day.told


def test_presto_has_every_player_as_redis_has_it(day: Day) -> None:
    assert day.in_presto == day.in_redis
    assert len(day.in_redis) == 2 * PLAYERS


def test_the_books_balance(day: Day) -> None:
    assert day.differences == []


def test_down_leaves_no_process(day: Day) -> None:
    assert day.left == ()


def test_the_metastores_password_is_for_its_owner_alone(day: Day) -> None:
    assert day.password_files == []
