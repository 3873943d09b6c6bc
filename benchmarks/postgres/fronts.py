"""The servers that stand before the PostgreSQL function."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from benchmarks.servers import BenchmarkFailed
from src.config import Settings

_FOLDER = Path(__file__).parent
#: Where Go's own installer puts it, which is on few PATHs.
_GO_HOME = Path("/usr/local/go/bin")


class Front(Protocol):
    """A kind of server before the function.

    Attributes:
        threads: for each worker of the API; each thread has a connection. Trades under way at once
            share a write to disk, so more serve more, until they are in each other's way: these are
            the numbers with which each server served most.
    """

    threads: int

    def lacks(self) -> str:
        """Return what this machine lacks to run it; empty when nothing."""

    def command(self, settings: Settings) -> tuple[str, ...]:
        """Return what serves on `settings.api_port`; what it needs is made before.

        Raises:
            BenchmarkFailed: it could not be made.
        """


class GranianFront:
    """The same server as the API's, with as many workers."""

    threads = 8

    def lacks(self) -> str:
        """Return what this machine lacks: nothing that the API does not need."""
        return ""

    def command(self, settings: Settings) -> tuple[str, ...]:  # noqa: ARG002 - from its environment
        """Return what serves on `settings.api_port`."""
        return (sys.executable, "-m", "benchmarks.postgres.front")


class GoFront:
    """A thin server in Go; it has as many connections as all workers' threads together."""

    threads = 16

    def lacks(self) -> str:
        """Return what this machine lacks to build it; empty when nothing."""
        return "" if _go() else "Go is not installed"

    def command(self, settings: Settings) -> tuple[str, ...]:
        """Build the server and return what serves on `settings.api_port`.

        Raises:
            BenchmarkFailed: it could not be built.
        """
        built = settings.var / "run" / "postgres_front"
        environment = os.environ | {
            # The standard library is compiled once and kept beside what the launcher makes.
            "GOCACHE": str(Path(sys.prefix) / "go-cache"),
            "GOTOOLCHAIN": "local",
            "GOFLAGS": "",
        }
        made = subprocess.run(
            [str(_go()), "build", "-o", str(built), str(_FOLDER / "front.go")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise BenchmarkFailed(f"the Go server could not be built:\n{made.stderr}")
        connections = settings.api_workers * settings.api_threads
        return (str(built), str(_FOLDER / "call.sql"), str(connections))


def _go() -> str | None:
    return shutil.which("go") or shutil.which("go", path=_GO_HOME)
