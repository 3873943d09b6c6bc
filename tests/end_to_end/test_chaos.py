"""A short chaos run, as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from src.stack import proc
from src.stack.supervisor_config import STACK_MARK
from tests.support.stack import Stack

pytestmark = pytest.mark.stack

SEED = 4


def test_nothing_is_lost_or_doubled_while_every_process_is_killed(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    # One storm, however long this machine needs for it.
    result = stack.data("chaos", "--minutes", "0", "--seed", str(SEED), "--players", "60")
    assert (result["lost"], result["duplicated"], result["differs"]) == (0, 0, 0)
    assert result["reconciled"] is True
    assert result["findings"] == []
    assert {each["process"] for each in result["processes"] if each["kills"]} == {
        *("api worker", "api", "relay", "streaming", "kafka", "redis")
    }
    assert result["storms"] == result["outbox_full"] == 1
    assert result["acknowledged"] > 1_000
    assert result["settled"] > result["refused"] > 0
    assert result["retried"] >= result["in_doubt"] > 0
    # It was a stack of its own, and it is gone.
    assert list(proc.processes_with(STACK_MARK, str(tmp_path / "chaos"))) == []
    assert not (tmp_path / "chaos").exists()
    stack.close()
