"""The leak detector: after each test nothing of it is left behind.

It finds keys of the shared Redis that lie outside a realm of the running test, threads that a test
started and did not end, and child processes that still run (or that nobody waited for).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.redis import RunningRedis

#: How long threads and processes that are ending may take for it.
_GRACE_S = 5.0


@pytest.fixture(autouse=True)
def leak_detector(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves something behind."""
    # Servers of the whole run start before the count, those of the test before and after it.
    server: RunningRedis | None = None
    if "redis_server" in request.fixturenames:
        server = request.getfixturevalue("redis_server")
    threads, children = set(threading.enumerate()), running_children()
    yield
    left = _left(threads, children)
    deadline = time.monotonic() + _GRACE_S
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = _left(threads, children)
    left += _foreign_keys(server) if server is not None else []
    assert not left, f"left behind: {left}"


def running_children() -> set[int]:
    """Return the process ids of this process's children, those included that nobody waited for."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    if not tasks.exists():
        return set()
    found: set[int] = set()
    for task in tasks.iterdir():
        try:
            found.update(int(pid) for pid in (task / "children").read_text().split())
        except FileNotFoundError:
            continue
    return found


def _left(threads: set[threading.Thread], children: set[int]) -> list[str]:
    new_threads = [
        f"thread {thread.name}" for thread in threading.enumerate() if thread not in threads
    ]
    return new_threads + [f"process {pid}" for pid in running_children() - children]


def _foreign_keys(server: RunningRedis) -> list[str]:
    """Return the keys that are still there when the test's own realm has been removed."""
    if server.pid is None:
        return []
    with closing(server.client()) as client:
        return [f"key {key.decode()}" for key in client.scan_iter(count=1_000)]
