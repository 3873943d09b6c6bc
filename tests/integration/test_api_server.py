"""The real server with its workers: what a client in this process could not show."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from src.player_store.tokens import Role
from tests.support.api import running_api
from tests.support.kafka import free_ports
from tests.support.realm import Realm, open_realm
from tests.support.redis import RunningRedis, running_redis
from tests.support.routes import ROUTES, TRADE

WORKERS = 2
THREADS = 8
TRADES = 40
#: Can be settled for ever.
SWAP = {"player_1": {"player_id": 1, "gold": 1}, "player_2": {"player_id": 2, "gold": 1}}


class Served(NamedTuple):
    """A server, its Redis, its realm, and a token of an operator."""

    process: subprocess.Popen[bytes]
    redis: RunningRedis
    realm: Realm
    token: str

    @property
    def address(self) -> tuple[str, int]:
        return self.realm.settings.api_host, self.realm.settings.api_port

    def connect(self) -> HTTPConnection:
        return HTTPConnection(*self.address, timeout=30)

    def ask(
        self, method: str, path: str, body: Any = None, connection: HTTPConnection | None = None
    ) -> tuple[int, Any]:
        """Send a request, on a connection of its own when none is given."""
        asked = connection or self.connect()
        sent = None if body is None else msgspec.json.encode(body)
        try:
            asked.request(method, path, sent, {"Authorization": f"Bearer {self.token}"})
            answer = asked.getresponse()
            raw = answer.read()
            is_json = "json" in (answer.getheader("Content-Type") or "")
            return answer.status, msgspec.json.decode(raw) if is_json else raw
        finally:
            if connection is None:
                asked.close()

    def raw(self, request: bytes) -> bytes:
        """Send bytes and return all bytes that come back until the server closes."""
        with socket.create_connection(self.address, timeout=30) as client:
            pieces = []
            # A server need not read all that was sent, and closes.
            with suppress(ConnectionError, OSError):
                client.sendall(request)
                client.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                while piece := client.recv(65_536):
                    pieces.append(piece)
            return b"".join(pieces)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as found:
        yield found


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Run a server with two workers, for a farmer, player 1, and a hunter, player 2."""
    with running_redis(folder / "redis") as redis:
        settings = replace(
            redis.settings,
            api_port=free_ports(1)[0],
            api_workers=WORKERS,
            api_body_bytes_max=100_000,
            var_dir=str(folder / "var"),
        )
        with (
            open_realm(settings) as realm,
            running_api(settings, folder / "api.log") as process,
        ):
            realm.create("farmer")
            realm.create("hunter")
            yield Served(process, redis, realm, realm.services.tokens.issue(Role.OPERATOR))


def workers_of(process: subprocess.Popen[bytes]) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {
        int(pid)
        for pid in children.split()
        if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    }


def test_http_1_0_is_served_and_closed(server: Served) -> None:
    body = msgspec.json.encode(SWAP)
    for request, status in (
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /v1/players/1 HTTP/1.0\r\n\r\n", b"401"),
        (
            b"POST /v1/trades HTTP/1.0\r\nAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b"
            % (server.token.encode(), len(body), body),
            b"201",
        ),
    ):
        for _ in range(5):
            with socket.create_connection(server.address, timeout=30) as client:
                client.sendall(request)
                answer = b""
                while piece := client.recv(65_536):
                    answer += piece
            assert answer.split(b" ", 2)[1] == status


@pytest.mark.parametrize(
    ("request_line", "headers", "body"),
    [
        (b"GET / HTTP/1.0", b"", b""),
        (b"GET /purchase_a_sword HTTP/1.0", b"Host: user1.comcast.com\r\n", b""),
        (
            b"GET /purchase_a_sword?metal=\xe2\x80\x93&user=\xc3\xa9 HTTP/1.0",
            b"Host: \xff\r\n",
            b"",
        ),
        (b"GET /purchase_a_sword HTTP/1.0", b"Accept: */*\r\nUser-Agent: ApacheBench/2.3\r\n", b""),
        (
            b"PUT /create_player HTTP/1.0",
            b"Content-type: text/plain\r\n",
            b'{\t"player_class": "random"}\n',
        ),
        (
            b"POST /enter_a_battle HTTP/1.0",
            b"Content-type: application/json\r\nHost: user2.att.com\r\n",
            b'{"enemy": "Exodus", "outcome": "won"}',
        ),
    ],
)
def test_apache_bench_is_answered_and_the_connection_closed(
    server: Served, request_line: bytes, headers: bytes, body: bytes
) -> None:
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    with socket.create_connection(server.address, timeout=30) as client:
        # Apache Bench leaves its side open: only the server can end this.
        client.sendall(request_line + b"\r\n" + headers + length + b"\r\n" + body)
        answer = b""
        while piece := client.recv(65_536):
            answer += piece
    assert answer.split(b" ", 2)[1] == b"200", answer
    server.realm.audit()


def test_a_guest_that_all_workers_meet_at_once_is_one_player(server: Served) -> None:
    def buy(_number: int) -> int:
        return server.ask("GET", "/purchase_a_potion?user=met-by-all")[0]

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(buy, range(4 * THREADS))) == {200}
    players = server.realm.services.store.all_players()
    (guest,) = (player for player in players if player.username == "met-by-all")
    assert guest.inventory.used_capacity == 4 * THREADS


def test_many_clients_at_once_are_answered_and_the_books_balance(server: Served) -> None:
    def client(_number: int) -> set[int]:
        connection = server.connect()
        try:
            return {
                server.ask("POST", "/v1/trades", TRADE, connection)[0] for _ in range(TRADES)
            } | {server.ask("POST", "/v1/players", None, connection)[0]}
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = set[int]().union(*pool.map(client, range(THREADS)))
    assert statuses <= {201, 409}
    server.realm.audit()


def test_all_workers_count_into_one_metric(server: Served) -> None:
    def answered() -> float:
        _, shown = server.ask("GET", "/metrics")
        return sum(
            float(line.rsplit(b" ", 1)[1])
            for line in shown.splitlines()
            if line.startswith(b"guildhall_http_requests_total{") and b"/v1/items/" in line
        )

    before = answered()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: server.ask("GET", "/v1/items/101"), range(64)))
    assert answered() == before + 64


def test_a_worker_that_dies_is_replaced(server: Served) -> None:
    workers = workers_of(server.process)
    assert len(workers) == WORKERS
    os.kill(min(workers), signal.SIGKILL)
    while len(workers_of(server.process) - {min(workers)}) < WORKERS:
        assert server.process.poll() is None
        time.sleep(0.05)
    assert server.ask("GET", "/v1/players/1")[0] == 200


def test_a_body_in_chunks_is_read_whole(server: Served) -> None:
    connection = server.connect()
    pieces = [b'{"username":', b'"in pieces"', b', "player_class": "banker"}']
    headers = {"Authorization": f"Bearer {server.token}"}
    connection.request("POST", "/v1/players", iter(pieces), headers, encode_chunked=True)
    answer: HTTPResponse = connection.getresponse()
    shown = msgspec.json.decode(answer.read())
    connection.close()
    assert (answer.status, shown["username"]) == (201, "in pieces")


def test_a_body_in_chunks_that_is_too_large_is_refused(server: Served) -> None:
    connection = server.connect()
    headers = {"Authorization": f"Bearer {server.token}"}
    # The server may answer, and close, before the last chunk is sent.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(
            "POST", "/v1/players", iter([b" " * 50_000] * 4), headers, encode_chunked=True
        )
    answer = connection.getresponse()
    told = msgspec.json.decode(answer.read())
    assert (answer.status, told["reason"]) == (413, "too_large"), told
    connection.close()


def head(server: Served, line: bytes, *headers: bytes) -> bytes:
    own = (b"Host: x", b"Connection: close", b"Authorization: Bearer " + server.token.encode())
    return b"\r\n".join((line, *own, *headers, b"", b""))


@pytest.mark.parametrize(
    ("line", "headers", "body", "statuses"),
    [
        (b"GET //v1//players//1 HTTP/1.1", (), b"", {404}),
        (b"GET /v1/players/" + b"9" * 5_000 + b" HTTP/1.1", (), b"", {404}),
        (b"GET /v1/players/%D9%A3 HTTP/1.1", (), b"", {404}),
        (b"GET /v1/players/\xd9\xa3 HTTP/1.1", (), b"", {400, 404}),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1", (), b"", {404, 414, 431}),
        (b"GET /v1/items?limit=%FF%00 HTTP/1.1", (), b"", {422}),
        (b"GET http://other.example/v1/items/101 HTTP/1.1", (), b"", {200, 404}),
        (b"GET * HTTP/1.1", (), b"", {400, 404}),
        (b"OPTIONS * HTTP/1.1", (), b"", {200, 400, 404}),
        (b"GET /healthz HTTP/9.9", (), b"", {400, 505}),
        (b"GET /healthz", (), b"", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (), b"", {400}),
        (b"BREW /v1/trades HTTP/1.1", (), b"", {405}),
        (b"CONNECT other.example:443 HTTP/1.1", (), b"", {400, 404, 405}),
        (b"POST /v1/players HTTP/1.1", (b"Content-Length: x",), b"{}", {400}),
        (b"POST /v1/players HTTP/1.1", (b"Content-Length: -1",), b"{}", {400}),
        (b"POST /v1/players HTTP/1.1", (b"Content-Length: 2", b"Content-Length: 3"), b"{}", {400}),
        (b"POST /v1/players HTTP/1.1", (b"Content-Length: 99999999999",), b"{}", {400, 413}),
        (b"POST /v1/players HTTP/1.1", (b"Transfer-Encoding: gzip",), b"{}", {400, 501}),
        (b"POST /v1/players HTTP/1.1", (b"Transfer-Encoding: chunked",), b"zz\r\n{}", {400}),
        (b"GET /v1/items/101 HTTP/1.1", (b"Host: " + b"y" * 200,), b"", {200, 400}),
        (b"GET /v1/items/101 HTTP/1.1", (b"X-Odd: " + b"y" * 2_000_000,), b"", {400, 431}),
        (b"GET /v1/items/101 HTTP/1.1", (b"X-Odd: \xff\xfe\x80",), b"", {200, 400}),
        (b"GET /v1/items/101 HTTP/1.1", (b"Idempotency-Key: \xff",), b"", {200}),
        (b"POST /v1/players HTTP/1.1", (b"Idempotency-Key: \xff",), b"", {422}),
    ],
)
def test_an_odd_request_gets_its_answer_and_the_server_lives_on(
    server: Served, line: bytes, headers: tuple[bytes, ...], body: bytes, statuses: set[int]
) -> None:
    answer = server.raw(head(server, line, *headers) + body)
    # A server may also close a connection without a word that no HTTP client sent.
    if answer:
        assert int(answer.split(b" ", 2)[1]) in statuses
    assert server.ask("GET", "/v1/players/1")[0] == 200


def test_a_client_that_goes_away_in_mid_body_changes_nothing(server: Served) -> None:
    before = server.realm.services.store.last_seq()
    answer = server.raw(head(server, b"POST /v1/players HTTP/1.1", b"Content-Length: 50") + b"{}")
    assert not answer or answer.split(b" ", 2)[1] in {b"400", b"408"}
    assert server.realm.services.store.last_seq() == before
    assert server.ask("GET", "/v1/players/1")[0] == 200


def test_without_redis_every_route_says_later_and_with_it_all_is_well_again(
    own_server: Served,
) -> None:
    server = own_server
    server.redis.kill()
    try:
        for route in ROUTES:
            if route.path.startswith(("/v1/items", "/v1/enemies", "/v1/economy")):
                continue  # neither the catalogue nor the tables lie in Redis
            for _ in range(WORKERS + 1):
                connection = server.connect()
                sent = None if route.body is None else msgspec.json.encode(route.body)
                headers = {"Authorization": f"Bearer {server.token}"}
                connection.request(route.method, route.path, sent, headers)
                answer = connection.getresponse()
                told = msgspec.json.decode(answer.read())
                assert (answer.status, told["reason"]) == (503, "store_unreachable"), route
                assert answer.getheader("Retry-After") == "1"
                connection.close()
        assert server.ask("GET", "/healthz")[0] == 200
        ready, told = server.ask("GET", "/readyz")
        assert (ready, told["redis"]) == (503, "unreachable")
        assert b"guildhall_redis_up 0.0" in server.ask("GET", "/metrics")[1]
    finally:
        server.redis.start()
    for _ in range(WORKERS + 1):
        status, told = server.ask("POST", "/v1/players")
        assert (status, told["reason"]) == (503, "unchecked")
        assert server.ask("GET", "/readyz")[0] == 503
        assert server.ask("GET", "/v1/players/1")[0] == 200
    server.realm.open()
    for _ in range(2 * WORKERS):
        assert server.ask("POST", "/v1/players")[0] == 201
    assert server.ask("GET", "/readyz")[0] == 200
    server.realm.audit()
