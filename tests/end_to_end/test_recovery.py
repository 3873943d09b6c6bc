"""A whole stack that is stopped, loses what Redis had, and is rebuilt, as a user does it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from src.audit.sql import check_sql
from src.config import Settings
from src.economy.engines import open_engine
from src.events.definitions import EVENTS
from src.stack import proc
from src.stack.supervisor_config import STACK_MARK
from tests.support.forgetting import contents
from tests.support.stack import Stack

pytestmark = pytest.mark.stack

PLAYERS, TRADES, SEED = 60, 2_500, 11


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack on which some thousand trades were made."""
    stack = Stack(tmp_path / "var")
    try:
        stack.done("up")
        played = ("--players", PLAYERS, "--trades", TRADES, "--seed", SEED)
        stack.done("simulate", *map(str, played))
        yield stack
    finally:
        stack.close()
        stack.run("down")


def forget_in_kafka(settings: Settings) -> None:
    """Do what Kafka's retention does once events are old: remove all there are."""
    with closing(KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)) as admin:
        parts = {
            TopicPartition(topic, n): OffsetSpec.LATEST
            for topic in EVENTS
            for n in range(settings.kafka_partitions)
        }
        ends = admin.list_partition_offsets(parts)
        admin.delete_records({part: end.offset for part, end in ends.items()})


def landed(settings: Settings, last_seq: int) -> int:
    """Count the events up to `last_seq` that the tables have."""
    with open_engine(settings) as engine:
        return int(engine.ask(check_sql("landed_count"), [last_seq]).only()["events"])


def pay(stack: Stack) -> int:
    """Let a player give another one a coin; return the status."""
    sides = {"player_1": {"player_id": 1, "gold": 1}, "player_2": {"player_id": 2}}
    return stack.request("POST", "/v1/trades", sides)[0]


def test_a_stack_that_forgot_is_stopped_rebuilt_and_trades_on(stack: Stack) -> None:
    settings = stack.settings
    assert stack.data("reconcile")["differences"] == []
    forget_in_kafka(settings)
    # These Kafka still has; and a guild that nobody joins.
    assert stack.request("POST", "/v1/guilds", {"name": "Night Watch", "fee": 5})[0] == 201
    assert [pay(stack) for _ in range(20)] == [201] * 20
    before = contents(settings)
    last_seq = int(before["seq"])

    # Down drains: with the stack stopped, the tables have all that was acknowledged.
    stack.done("down")
    assert landed(settings, last_seq) == last_seq

    shutil.rmtree(settings.var / "redis" / "appendonlydir")
    refused = stack.run("up")
    assert refused.returncode == 3
    assert "Redis forgot" in refused.stderr
    assert "./guildhall rebuild" in refused.stderr
    assert proc.processes_with(STACK_MARK, str(settings.var)) == ()

    told = stack.data("rebuild", "--dry-run")["rebuilt"]
    assert (told["is_needed"], told["is_done"], told["redis_seq"]) == (True, False, 0)
    assert proc.processes_with(STACK_MARK, str(settings.var)) == ()
    done = stack.data("rebuild")
    assert done["rebuilt"] == {**told, "is_done": True}
    assert (done["rebuilt"]["log_seq"], done["rebuilt"]["guilds"]) == (last_seq, 1)
    assert done["reconciliation"]["differences"] == []
    assert contents(settings) == before

    # Tokens do not come back.
    stack.forget_token()
    assert pay(stack) == 201
    assert int(contents(settings)["seq"]) == last_seq + 3
    assert not stack.data("rebuild")["rebuilt"]["is_needed"]
    assert pay(stack) == 201
    assert stack.data("reconcile")["differences"] == []
