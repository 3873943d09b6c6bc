"""The API to test: in this process by Flask's client, or as the real server with its workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from msgspec import Struct

from src.api.application import build_app
from src.api.context import services
from src.config import PREFIX, Settings, as_environment
from src.player_store.tokens import Role
from src.stack.layout import ROOT
from tests.support.realm import Realm

#: A worker imports everything first; a busy machine has taken some seconds.
READY_S_MAX = 60.0

#: The header of any method that can be repeated.
KEY = "Idempotency-Key"


class Answer(Struct, frozen=True):
    """What the API answered; `headers` by lower-case name, `body` decoded when it is JSON."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON of the answer."""
        return msgspec.json.decode(self.raw)

    @property
    def reason(self) -> str:
        """The word of a problem; checks that it has the one shape of all problems."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.body.keys() >= {"type", "title", "status", "detail", "reason"}
        assert self.body["status"] == self.status
        return str(self.body["reason"])


class Api:
    """Asks an application in this process."""

    def __init__(self, app: Flask, realm: Realm, token: str) -> None:
        self.app = app
        self.realm = realm
        self.token = token

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request; `body` goes as it is when it is bytes, else as JSON."""
        sent = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        given = {"Authorization": f"Bearer {token or self.token}", **(headers or {})}
        if key is not None:
            given[KEY] = key
        # Flask's client keeps a caller's request open until it is used again, which tests of
        # parallel requests must not share: so each request has one of its own.
        with self.app.test_client() as client:
            found = client.open(path, method=method, data=sent, headers=given)
            try:
                lowered = {name.lower(): value for name, value in found.headers.items()}
                return Answer(found.status_code, lowered, found.data)
            finally:
                found.close()

    def get(self, path: str, **more: Any) -> Answer:
        """Send a GET."""
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        """Send a POST."""
        return self.ask("POST", path, body, **more)

    def token_of(self, role: Role, player_id: int | None = None) -> str:
        """Return a token of a role."""
        return self.realm.services.tokens.issue(role, player_id)


@contextmanager
def api_of(realm: Realm, settings: Settings | None = None) -> Iterator[Api]:
    """Build the application for a realm, and close its connections at the end.

    Args:
        realm: where its token is known.
        settings: of the application, the realm's own when not given.
    """
    app = build_app(settings or realm.settings)
    try:
        yield Api(app, realm, realm.services.tokens.issue(Role.OPERATOR))
    finally:
        with app.app_context():
            services().store.close()
            services().tokens.close()


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a warehouse with all tables, in which nothing has landed."""
    from tests.support.economy import make_tables  # noqa: PLC0415 - pyiceberg takes a second

    folder = tmp_path_factory.mktemp("warehouse")
    make_tables(folder)
    return folder


@pytest.fixture
def api(realm: Realm, empty_warehouse: Path) -> Iterator[Api]:
    """Give the application of a realm that takes commits, asked by an operator."""
    shutil.copytree(empty_warehouse, realm.settings.warehouse)
    with api_of(realm) as found:
        yield found


@contextmanager
def running_api(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the real server, as the stack does, give it when it answers, and end it in order."""
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(PREFIX)}
    with log.open("ab") as output:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**environment, **as_environment(settings)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + READY_S_MAX
        while not _answers(settings):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the API did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.05)
        yield server
    finally:
        server.terminate()
        server.wait(timeout=READY_S_MAX)


def _answers(settings: Settings) -> bool:
    connection = HTTPConnection(settings.api_host, settings.api_port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
