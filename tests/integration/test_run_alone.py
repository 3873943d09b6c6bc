"""One part by itself, as in a container: it is run, looked at, and told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from src.config import Settings
from src.stack.layout import ROOT, Layout
from src.stack.secrets import stack_secret
from src.stack.supervisor_config import child_environment
from src.streaming.ready import announce, is_announced
from tests.support.kafka import free_ports

READY_S_MAX = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(redis_port=free_ports(1)[0], var_dir=str(tmp_path / "var"))


def check(settings: Settings, name: str) -> tuple[int, str]:
    """Return the exit code of a health check, and what it says."""
    ended = subprocess.run(
        [sys.executable, "-m", "src.stack.check", name],
        env=child_environment(settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ended.stderr
    return ended.returncode, ended.stdout.strip()


@contextmanager
def running(settings: Settings, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a part, and end it if it does not end itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "src.stack.run", name],
        env=child_environment(settings),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_ready(settings: Settings, name: str) -> str:
    """Return what the check said last before it found the part ready."""
    deadline = time.monotonic() + READY_S_MAX
    said = ""
    while time.monotonic() < deadline:
        code, told = check(settings, name)
        if code == 0:
            assert told == f"{name}: ready"
            return said
        said = told
        time.sleep(0.2)
    raise AssertionError(said)


def test_a_part_is_not_ready_before_it_runs_nor_after_it_ended(settings: Settings) -> None:
    assert check(settings, "redis") == (1, "redis: it was not started yet")
    with running(settings, "redis") as process:
        wait_until_ready(settings, "redis")
        process.send_signal(signal.SIGTERM)
        # The part took the place of what started it, so that the signal was its own.
        assert process.wait(timeout=READY_S_MAX) == 0
    code, told = check(settings, "redis")
    assert code == 1
    assert "refused" in told


def test_the_pid_that_is_written_down_is_the_parts_own(settings: Settings) -> None:
    with running(settings, "redis") as process:
        wait_until_ready(settings, "redis")
        assert Layout.of(settings).pid_of("redis").read_text() == str(process.pid)
        command = Path(f"/proc/{process.pid}/cmdline").read_text().split("\0")
        assert command[0] == "redis-server"


def test_what_an_earlier_life_announced_does_not_count(settings: Settings) -> None:
    announce(settings, "redis")
    assert is_announced(settings, "redis", os.getpid())
    with running(settings, "redis"):
        wait_until_ready(settings, "redis")
        assert not is_announced(settings, "redis", os.getpid())


def test_a_secret_that_is_given_comes_before_one_that_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = stack_secret(Layout(tmp_path), "metastore_db_password")
    monkeypatch.setenv("METASTORE_DB_PASSWORD", "given")
    assert stack_secret(Layout(tmp_path), "metastore_db_password") == "given"
    # Compose hands an unset variable on as an empty one.
    monkeypatch.setenv("METASTORE_DB_PASSWORD", "")
    assert stack_secret(Layout(tmp_path), "metastore_db_password") == drawn
