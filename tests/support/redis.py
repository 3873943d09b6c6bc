"""A real Redis for a test run, configured as the stack's own, and a realm for each test."""

from __future__ import annotations

import resource
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import redis
from msgspec.structs import replace

from src.config import Settings
from src.stack.layout import Layout
from src.stack.redis_command import redis_command
from tests.support.kafka import free_ports

#: A busy machine needs a second or two; beyond this it will not come.
READY_S_MAX = 30.0


class RunningRedis:
    """A redis-server in a folder: it can be killed and started again on the same data."""

    def __init__(self, folder: Path, appendfsync: Literal["always", "everysec"]) -> None:
        self.settings = Settings(
            redis_port=free_ports(1)[0], redis_appendfsync=appendfsync, var_dir=str(folder)
        )
        self._layout = Layout(folder)
        self._layout.make()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, or None while it does not run."""
        return None if self._process is None else self._process.pid

    def client(self) -> redis.Redis:
        """Return a client for the test itself to look with."""
        return redis.Redis(self.settings.redis_host, self.settings.redis_port, protocol=2)

    def start(self) -> None:
        """Start the server and wait until it has read its log and answers."""
        with self._layout.log_of("redis").open("ab") as log:
            self._process = subprocess.Popen(
                redis_command(self.settings, self._layout),
                stdout=log,
                stderr=subprocess.STDOUT,
                # As Python does, it ignores the signal of a file that grows past its limit, and
                # the write fails: see `fill_disk`.
                restore_signals=False,
            )
        deadline = time.monotonic() + READY_S_MAX
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                told = self._layout.log_of("redis").read_text()[-2000:]
                raise RuntimeError(f"Redis did not start:\n{told}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End the server at once, as a crash would; what it has written stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def log_folder(self) -> Path:
        """Where the server keeps its log of writes."""
        return self._layout.redis / "appendonlydir"

    @property
    def written(self) -> Path:
        """The file that the newest writes are at the end of."""
        return max(self.log_folder.glob("*.incr.aof"))

    def fill_disk(self, room_bytes: int) -> None:
        """Let the server write only so many bytes more, as a disk that is nearly full would."""
        self._limit_files(self.written.stat().st_size + room_bytes)

    def make_room(self) -> None:
        """Take `fill_disk` back; a server that is started anew has room too."""
        self._limit_files(resource.RLIM_INFINITY)

    def ended(self) -> int:
        """Wait until the server has ended by itself; return its exit code."""
        assert self._process is not None
        code = self._process.wait(READY_S_MAX)
        self._process = None
        return code

    def _limit_files(self, size: int) -> None:
        assert self.pid is not None
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def restart(self) -> None:
        """Kill the server and start it again."""
        self.kill()
        self.start()

    def _answers(self) -> bool:
        with closing(self.client()) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False


@contextmanager
def running_redis(
    folder: Path, appendfsync: Literal["always", "everysec"] = "always"
) -> Iterator[RunningRedis]:
    """Run a server whose data lies in `folder`, and kill it at the end."""
    running = RunningRedis(folder, appendfsync)
    try:
        running.start()
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRedis]:
    """Give the server that all tests share; each has a realm of its own in it."""
    # No test asks this one what a crash leaves, so it need not wait for the disk.
    with running_redis(tmp_path_factory.mktemp("redis"), "everysec") as running:
        yield running


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RunningRedis]:
    """Give a server of the test's own, to kill, flush or fill."""
    with running_redis(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def settings(redis_server: RunningRedis, tmp_path: Path) -> Iterator[Settings]:
    """Give the settings of a realm that no other test has; its keys are removed at the end."""
    realm = f"t{secrets.token_hex(6)}"
    found = replace(redis_server.settings, realm=realm, var_dir=str(tmp_path / "var"))
    yield found
    with closing(redis_server.client()) as client:
        for keys in batches(client.scan_iter(match=f"{{{realm}}}:*", count=1_000)):
            client.delete(*keys)


def batches(keys: Iterator[Any], size: int = 500) -> Iterator[list[Any]]:
    """Iterate over `keys`, some at a time."""
    batch: list[Any] = []
    for key in keys:
        batch.append(key)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def dump(client: redis.Redis) -> dict[bytes, bytes]:
    """Return every key of the server with its serialized value."""
    found: dict[bytes, bytes] = {}
    for key in client.scan_iter(count=1_000):
        value: Any = client.dump(key)
        found[key] = value
    return found
