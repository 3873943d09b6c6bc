"""A whole stack of a test's own, through `./guildhall` as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Literal

import urllib3

from src.config import PREFIX, Settings, as_environment
from src.stack.layout import ROOT
from tests.support.kafka import free_ports

#: A cold Spark, or a storm of faults, on a very busy machine; beyond this something hangs.
COMMAND_S_MAX = 1_800


class Stack:
    """A stack with a folder and ports of its own."""

    def __init__(self, folder: Path, profile: Literal["embedded", "full"] = "embedded") -> None:
        names = [name for name in Settings.__struct_fields__ if name.endswith("_port")]
        ports: dict[str, Any] = dict(zip(names, free_ports(len(names)), strict=True))
        self.settings = Settings(var_dir=str(folder), profile=profile, **ports)
        self._http = urllib3.PoolManager()
        self._tokens: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment with the stack's settings and no others."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
        return {**kept, **as_environment(self.settings)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `./guildhall` and return how it ended."""
        return subprocess.run(
            [str(ROOT / "guildhall"), *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_S_MAX,
            check=False,
        )

    def done(self, *words: str) -> str:
        """Run a command that must succeed and return what it printed."""
        ended = self.run(*words)
        assert ended.returncode == 0, f"{words} ended with {ended.returncode}:\n{ended.stderr}"
        return ended.stdout

    def data(self, *words: str) -> Any:
        """Run a command that must succeed with `--json` and return its answer."""
        return json.loads(self.done(*words, "--json"))

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        role: str = "game",
    ) -> tuple[int, Any]:
        """Ask the API in a role; return the status and the decoded body."""
        if role not in self._tokens:
            self._tokens[role] = self.done("token", role).strip()
        answered = self._http.request(
            method,
            self.settings.api_url + path,
            body=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self._tokens[role]}", **(headers or {})},
            retries=False,
            timeout=30.0,
        )
        return answered.status, json.loads(answered.data)

    def forget_token(self) -> None:
        """Ask with new tokens from now on."""
        self._tokens.clear()

    def processes(self) -> dict[str, dict[str, Any]]:
        """Return what `status` tells of each process, by name."""
        return {each["name"]: each for each in self.data("status")["processes"]}

    def close(self) -> None:
        """Close the connections to the API."""
        self._http.clear()
