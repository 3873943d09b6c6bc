"""A real Kafka broker for a test run: `kafka_broker` gives its `host:port`."""

from __future__ import annotations

import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from src.config import Settings
from src.event_log import broker

#: A busy machine has taken 43 s; beyond this the broker will not come.
READY_S_MAX = 90.0


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [int(opened.getsockname()[1]) for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


class RunningBroker:
    """A Kafka broker in a folder: it can be stopped, killed and started again on the same data."""

    def __init__(self, folder: Path, session_ms: int | None = None) -> None:
        port, controller_port = free_ports(2)
        self._settings = Settings(kafka_port=port, kafka_controller_port=controller_port)
        self._config = broker.render_config(self._settings, folder)
        if session_ms is not None:
            with self._config.open("a") as config:
                config.write(f"broker.session.timeout.ms={session_ms}\n")
        self._log = folder / "broker.log"
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        subprocess.run(  # the command is ours
            broker.format_command(self._config), check=True, capture_output=True
        )

    @property
    def bootstrap(self) -> str:
        """The broker's `host:port`."""
        return self._settings.kafka_bootstrap

    @property
    def pid(self) -> int | None:
        """The broker's process, or None while it does not run."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the broker and wait until it accepts connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                broker.run_command(self._config), stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + READY_S_MAX
        while not _accepts(self._settings.kafka_host, self._settings.kafka_port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.1)

    def bytes_of(self, topic: str) -> int:
        """Return how many bytes the broker has written to the first partition of a topic."""
        return sum(path.stat().st_size for path in self._data.glob(f"{topic}-0/*.log"))

    def fill_disk(self, room_bytes: int) -> None:
        """Let no file of the events grow by more than so many bytes, as a full disk would.

        A broker that is started anew has room again.
        """
        assert self.pid is not None
        largest = max(path.stat().st_size for path in self._data.rglob("*.log"))
        limits = (largest + room_bytes, resource.RLIM_INFINITY)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, limits)

    def ended(self) -> int:
        """Wait until the broker has ended by itself; return its exit code."""
        assert self._process is not None
        code = self._process.wait(READY_S_MAX)
        self._process = None
        return code

    def kill(self) -> None:
        """End the broker at once, as a crash would; what it has written stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def running_broker(folder: Path, session_ms: int | None = None) -> Iterator[RunningBroker]:
    """Run a broker whose data lies in `folder`, and kill it at the end.

    One that was killed works again when its session has ended, after nine seconds or `session_ms`.
    """
    running = RunningBroker(folder, session_ms)
    try:
        running.start()
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the `host:port` of a broker that lives as long as the test run."""
    with running_broker(tmp_path_factory.mktemp("kafka")) as running:
        yield running.bootstrap


def _accepts(host: str, port: int) -> bool:
    with closing(socket.socket()) as client:
        client.settimeout(1.0)
        return client.connect_ex((host, port)) == 0
