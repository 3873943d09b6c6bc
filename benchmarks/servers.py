"""Servers that a benchmark starts beside the stack: the hello, and the peers."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from src.config import Settings, as_environment
from src.stack.layout import ROOT, Layout

#: Ports are looked for from here on: below those that the kernel gives to clients.
_FIRST_PORT = 19_600
_LAST_PORT = 19_699
#: Longer than a busy machine needs to start a server.
_PATIENCE_S = 300.0
_POLL_S = 0.05


class BenchmarkFailed(Exception):
    """The stand did not do what a benchmark needs."""


@contextmanager
def serving(
    name: str, command: Sequence[str], settings: Settings, more: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run a server on `settings.api_port` while its caller measures; yields its process id.

    Args:
        name: of its log.
        command: the program and its arguments.
        settings: what it loads.
        more: further variables of its environment.

    Raises:
        BenchmarkFailed: it did not take connections.
    """
    log = Layout.of(settings).log_of(name)
    with log.open("wb") as written:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(settings) | dict(more or {}),
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for_port(settings.api_port, process, log)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that a server starts with."""
    return {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(ROOT)} | as_environment(
        settings
    )


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a process takes connections.

    Raises:
        BenchmarkFailed: it ended, or took too long.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(_POLL_S)
        else:
            return
    raise BenchmarkFailed(f"{log.stem} did not start:\n{log.read_text()}")


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on.

    Raises:
        BenchmarkFailed: there are fewer.
    """
    found: list[int] = []
    for port in range(_FIRST_PORT, _LAST_PORT + 1):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise BenchmarkFailed(f"fewer than {count} ports are free from {_FIRST_PORT} to {_LAST_PORT}")
