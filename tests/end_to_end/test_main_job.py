"""The main job as a user runs it: two commands, and everything that they promise."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest
import redis
from kafka import KafkaProducer
from urllib3.exceptions import HTTPError

from src.economy.questions import questions
from src.player_store.keys import Keys
from src.stack import proc
from src.stack.supervisor_config import STACK_MARK
from tests.support.stack import Stack

pytestmark = pytest.mark.stack

PLAYERS, TRADES, SEED = 60, 600, 7
PROCESSES = {"redis", "kafka", "relay", "api", "streaming"}
IRON_SWORD_SHOP_ITEM = 101


class Demo(NamedTuple):
    """What was there right after the demo: tests run in any order, and play on."""

    stack: Stack
    printed: str
    status: dict[str, Any]
    trades_by_kind: dict[str, int]
    summary: dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A stack on which the demo was played."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        words = ("--players", PLAYERS, "--trades", TRADES, "--seed", SEED)
        printed = stack.done("demo", *map(str, words))
        rows = stack.data("query", "trades_by_kind")["rows"]
        by_kind = {row["kind"]: row["trades"] for row in rows}
        summary = json.loads((stack.settings.var / "run" / "simulation.json").read_text())
        yield Demo(stack, printed, stack.data("status"), by_kind, summary)
    finally:
        stack.close()
        stack.run("down")


@pytest.fixture
def stack(demo: Demo) -> Stack:
    """The demo's stack."""
    return demo.stack


def eventually(is_so: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait until something is so; fail when it is not in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.5)


def test_the_demo_tells_where_everything_is_and_how_to_stop_it(demo: Demo) -> None:
    assert demo.stack.settings.api_url in demo.printed
    assert "./guildhall down" in demo.printed
    assert "report.md" in demo.printed


def test_status_names_every_process_and_nothing_is_behind(demo: Demo) -> None:
    status = demo.status
    assert status["profile"] == "embedded"
    assert {each["name"] for each in status["processes"]} == PROCESSES
    assert {each["state"] for each in status["processes"]} == {"running"}
    assert {each["restarts"] for each in status["processes"]} == {0}
    assert all(each["resident_mib"] > 0 for each in status["processes"])
    assert status["outbox_length"] == 0
    assert status["freshness_s"] > 0
    eventually(lambda: demo.stack.data("status")["lag"] == {"trade": 0, "player_state": 0})


def test_every_acknowledged_trade_is_in_the_tables(demo: Demo) -> None:
    told: Counter[str] = Counter()
    for each in demo.summary["outcomes"]:
        told[each["kind"]] += each["count"]
    # Creating a player is no trade of the simulation's, but it is one of the ledger's.
    assert demo.trades_by_kind == {**told, "starter_grant": PLAYERS}


def test_every_question_is_answered_over_http_and_by_the_command(stack: Stack) -> None:
    # What the demo's market has not: battles, gifts in a circle, wash trades.
    words = ("--players", "200", "--trades", "1500", "--seed", "2")
    assert not stack.data("simulate", "--agents", "--cheats", *words)["differences"]
    eventually(lambda: stack.data("status")["lag"] == {"trade": 0, "player_state": 0})
    for name in questions():
        status, answer = stack.request("GET", f"/v1/economy/queries/{name}", role="analyst")
        assert (status, bool(answer["rows"])) == (200, True), name
    assert stack.data("query", "battle_outcomes")["rows"]


def test_the_report_has_its_charts(stack: Stack) -> None:
    folder = stack.settings.var / "report"
    text = (folder / "report.md").read_text()
    charts = [line.split("](")[1].rstrip(")") for line in text.splitlines() if line[:2] == "!["]
    assert charts
    assert all((folder / chart).stat().st_size > 0 for chart in charts)


def test_the_books_balance_and_a_planted_coin_is_found(stack: Stack) -> None:
    assert stack.data("reconcile")["differences"] == []
    key = Keys(stack.settings.realm).player(1)
    with closing(redis.Redis(port=stack.settings.redis_port)) as client:
        state: Any = client.get(key)
        head, _, gold = state.partition(b'"gold":')
        coins = int(gold.split(b",")[0])
        client.set(key, head + gold.replace(b"%d" % coins, b'"gold":%d' % (coins + 1), 1))
        ended = stack.run("reconcile", "--json")
        client.set(key, state)
    assert ended.returncode == 1
    (found,) = json.loads(ended.stdout)["differences"]
    assert (found["check"], found["facts"]["player_id"]) == ("redis_unlike_tables", 1)
    assert stack.data("reconcile")["differences"] == []


def test_a_first_session_is_seen_in_a_query(stack: Stack) -> None:
    before = sword_purchases(stack)
    status, nansa = stack.request("POST", "/v1/players", {"player_class": "farmer"})
    assert status == 201
    _, hunter = stack.request("POST", "/v1/players", {"player_class": "hunter"})
    status, _ = stack.request(
        "POST",
        "/v1/trades",
        {
            "player_1": {"player_id": nansa["player_id"], "gold": 10},
            "player_2": {
                "player_id": hunter["player_id"],
                "items": [{"item_id": 7, "quantity": 1}],
            },
        },
    )
    assert status == 201
    path = f"/v1/players/{nansa['player_id']}"
    status, _ = stack.request("POST", f"{path}/purchases", {"item_id": IRON_SWORD_SHOP_ITEM})
    assert status == 201
    status, _ = stack.request("PUT", f"{path}/guild", {"guild": "Wayfarers"})
    assert status == 200
    status, inventory = stack.request("GET", f"{path}/inventory")
    held = {each["item_id"]: each["quantity"] for each in inventory["items"]}
    assert (status, held[7], held[IRON_SWORD_SHOP_ITEM]) == (200, 1, 1)
    eventually(lambda: sword_purchases(stack) == before + 1)


def sword_purchases(stack: Stack) -> int:
    rows = stack.data("query", "sword_purchases_by_material")["rows"]
    return sum(row["purchases"] for row in rows)


def test_a_record_that_is_no_event_is_kept_and_those_after_it_land(stack: Stack) -> None:
    producer = KafkaProducer(bootstrap_servers=stack.settings.kafka_bootstrap)
    with closing(producer):
        producer.send("trade", key=b"x", value=b"this is no event").get(timeout=30)
    status, _ = stack.request("POST", "/v1/players", {"player_class": "warrior"})
    assert status == 201
    assert stack.data("reconcile")["differences"] == []


@pytest.mark.parametrize("name", ["api", "relay", "streaming"])
def test_a_process_that_is_killed_comes_back_and_nothing_is_lost(stack: Stack, name: str) -> None:
    before = stack.processes()[name]
    os.kill(before["pid"], signal.SIGKILL)

    def is_back() -> bool:
        now = stack.processes()[name]
        return bool(now["state"] == "running" and now["restarts"] == before["restarts"] + 1)

    eventually(is_back)
    eventually(lambda: create(stack) == 201)
    assert stack.data("reconcile")["differences"] == []


def create(stack: Stack) -> int:
    try:
        return stack.request("POST", "/v1/players", {"player_class": "tailor"})[0]
    except (OSError, HTTPError):  # the API is not back yet
        return 0


def test_down_leaves_no_process(stack: Stack) -> None:
    stack.done("down")
    assert list(proc.processes_with(STACK_MARK, str(stack.settings.var))) == []
    assert stack.run("status", "--json").returncode == 3
    # What was stored stays: the questions are still answered.
    assert stack.data("query", "trade_count")["rows"]
    stack.done("up")
    assert stack.data("reconcile")["differences"] == []
