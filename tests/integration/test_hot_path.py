"""What the hot path serves, and what it leaves to Flask, is answered as Flask alone answers it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from src.api.application import build_asgi_app
from src.api.hot.path import HotPath
from src.api.wsgi_bridge import Scope, WsgiBridge
from src.player_store.tokens import Role
from src.services.orders import LINES_MAX
from tests.support.api import Api

PATH = "/v1/trades"
#: What no two answers share.
_OWN = {"trade_id", "settled_at"}

#: Status, headers and body.
Told = tuple[int, dict[str, str], Any]


class Client:
    """Sends the same requests to what the server serves and to Flask alone."""

    def __init__(
        self, api: Api, hot_path: HotPath, alone: WsgiBridge, runner: asyncio.Runner
    ) -> None:
        self.api = api
        self.runner = runner
        self.hot_path = hot_path
        self.alone = alone
        self.players = [api.post("/v1/players", {"player_class": "farmer"}).body for _ in range(2)]

    @property
    def ids(self) -> tuple[int, int]:
        """The two players."""
        one, two = (player["player_id"] for player in self.players)
        return one, two

    def order(self, **more: Any) -> bytes:
        """Return a trade of one coin, which has no effect when it is sent twice in turn."""
        one, two = self.ids
        return msgspec.json.encode(
            {"player_1": {"player_id": one, "gold": 1}, "player_2": {"player_id": two}} | more
        )

    def scope(self, body: bytes, changes: Mapping[str, str | None]) -> Scope:
        """Return the ASGI scope of a POST.

        `changes` are headers, `method`, `path` and `query`; a change to None takes a header away.
        """
        headers = {
            "host": "127.0.0.1",
            "content-length": str(len(body)),
            "authorization": f"Bearer {self.api.token}",
            **changes,
        }
        path, query = headers.pop("path", None) or PATH, headers.pop("query", None) or ""
        return {
            "type": "http",
            "method": headers.pop("method", None) or "POST",
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": query.encode(),
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 50_000),
            "headers": [
                (name.encode(), value.encode())
                for name, value in headers.items()
                if value is not None
            ],
        }

    def served(self, body: bytes, changes: Mapping[str, str | None] | None = None) -> Told:
        """Return what the server's application answers."""
        scope = self.scope(body, changes or {})
        return self.runner.run(answer(self.hot_path, scope, body))

    def both(
        self, body: bytes, changes: Mapping[str, str | None] | None = None
    ) -> tuple[Told, Told]:
        """Return what the server's application and what Flask alone answers."""
        return (
            self.served(body, changes),
            self.runner.run(answer(self.alone, self.scope(body, changes or {}), body)),
        )


async def answer(app: Callable[..., Any], scope: Scope, body: bytes) -> Told:
    """Return status, headers and body; without what no two answers share."""
    sent: list[dict[str, Any]] = []
    # As granian sends them: the end comes by itself.
    to_come = [{"body": b"", "more_body": False}, {"body": body, "more_body": True}]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", **to_come.pop()}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    head, content = sent
    headers = {name.decode(): value.decode() for name, value in head["headers"]}
    assert headers.pop("x-request-id")
    assert int(headers.pop("content-length")) == len(content["body"])
    told = msgspec.json.decode(content["body"])
    return head["status"], headers, {name: told[name] for name in told if name not in _OWN}


@pytest.fixture
def client(api: Api) -> Iterator[Client]:
    app = build_asgi_app(api.app, api.realm.settings)
    alone = WsgiBridge(api.app, 1, api.realm.settings.api_body_bytes_max)
    with asyncio.Runner() as runner:
        try:
            yield Client(api, app, alone, runner)
        finally:
            app.close()
            alone.close()


def test_a_trade_of_a_known_token_needs_no_flask(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.api.app, "wsgi_app", None)
    status, _, told = client.served(client.order())
    assert (status, told["status"]) == (201, "settled")


@pytest.mark.parametrize("more", ["", "/inventory"])
def test_a_look_up_of_a_known_token_needs_no_flask(
    client: Client, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    player_id, player = client.ids[0], client.players[0]
    monkeypatch.setattr(client.api.app, "wsgi_app", None)
    status, _, told = client.served(b"", looking_up(f"{player_id}{more}"))
    assert (status, told) == (200, player["inventory"] if more else player)


def looking_up(rest: str, **changes: str | None) -> dict[str, str | None]:
    """Return the changes that make a request one for what lies under the players' address."""
    return {"method": "GET", "path": f"/v1/players/{rest}", "content-length": None, **changes}


#: What is looked up, more of the request, and the status.
LOOK_UPS: dict[str, tuple[str, dict[str, str | None], int]] = {
    "a player": ("1", {}, 200),
    "an inventory": ("1/inventory", {}, 200),
    "nobody": ("999", {}, 404),
    "the inventory of nobody": ("999/inventory", {}, 404),
    "an id that is none": ("0", {}, 404),
    "a sign": ("+1", {}, 404),
    "a leading zero": ("01", {}, 404),
    "other digits": ("\u0661", {}, 404),
    "an id that can be none": (str(2**53), {}, 404),
    "an id beyond all digits": ("9" * 5_000, {}, 404),
    "a name": ("one", {}, 404),
    "a slash too many": ("1/", {}, 404),
    "what a player did": ("1/trades", {}, 200),
    "a query": ("1", {"query": "a=b"}, 200),
    "a body": ("1", {"content-length": "2"}, 200),
    "another method": ("1", {"method": "DELETE"}, 405),
    "no token": ("1", {"authorization": None}, 401),
    "a token of nobody": ("1", {"authorization": "Bearer nobody"}, 401),
}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_look_up_is_told_alike(client: Client, name: str) -> None:
    rest, changes, status = LOOK_UPS[name]
    request = looking_up(rest, **changes)
    body = b"{}" if request["content-length"] else b""
    ours, theirs = client.both(body, request)
    assert ours == theirs
    assert ours[0] == status


@pytest.mark.parametrize("role", list(Role))
def test_a_look_up_by_each_role_is_told_alike(client: Client, role: Role) -> None:
    own, other = client.ids
    token = client.api.token_of(role, own if role is Role.PLAYER else None)
    statuses = []
    # Each twice: what the server has met once, it may answer without Flask.
    for player_id in (own, other, own, other):
        ours, theirs = client.both(b"", looking_up(str(player_id), authorization=f"Bearer {token}"))
        assert ours == theirs
        statuses.append(ours[0])
    assert statuses == [200, 403 if role is Role.PLAYER else 200] * 2


def test_a_settled_trade_is_told_alike(client: Client) -> None:
    (status, headers, ours), (theirs_status, theirs_headers, theirs) = client.both(client.order())
    assert (status, headers) == (theirs_status, theirs_headers)
    assert (status, headers) == (201, {"content-type": "application/json"})
    # The second trade came on top of the first.
    for mine, other, change in zip(ours["players"], theirs["players"], (-1, 1), strict=True):
        assert other["version"] == mine["version"] + 1
        assert other["gold"] == mine["gold"] + change
    assert ours["status"] == theirs["status"] == "settled"


def test_a_key_spent_on_one_way_is_replayed_on_the_other(client: Client) -> None:
    ours, theirs = client.both(client.order(), {"idempotency-key": "once"})
    assert theirs[2] == ours[2]
    assert "idempotency-replayed" not in ours[1]
    assert theirs[1]["idempotency-replayed"] == "true"
    again, again_in_flask = client.both(client.order(), {"idempotency-key": "once"})
    assert again == again_in_flask == theirs
    other, other_in_flask = client.both(
        client.order(player_2={"player_id": client.ids[1], "gold": 1}), {"idempotency-key": "once"}
    )
    assert other == other_in_flask
    assert other[2]["reason"] == "idempotency_key_reused"


LARGEST = 2**53 - 1
LINE = {"item_id": 5, "quantity": LARGEST}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"player_1": {"player_id": 1}, "player_2": {"player_id": 2}}, "empty_trade"),
    "gold": (
        {"player_1": {"player_id": 1, "gold": LARGEST}, "player_2": {"player_id": 2}},
        "insufficient_gold",
    ),
    "player": (
        {"player_1": {"player_id": 999, "gold": 1}, "player_2": {"player_id": 2}},
        "unknown_player",
    ),
    "amount": (
        {"player_1": {"player_id": 1, "items": [LINE, LINE]}, "player_2": {"player_id": 2}},
        "amount_too_large",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_told_alike(client: Client, name: str) -> None:
    order, reason = REFUSED[name]
    ours, theirs = client.both(msgspec.json.encode(order))
    assert ours == theirs
    assert ours[2]["reason"] == reason


SENT: dict[str, tuple[bytes, dict[str, str | None], str]] = {
    "no JSON": (b"{", {}, "malformed"),
    "nothing": (b"", {}, "invalid"),
    "no length": (b"{}", {"content-length": None}, "invalid"),
    "a length that is none": (b"{}", {"content-length": "-1"}, "invalid"),
    "a length beyond all digits": (b"{}", {"content-length": "9" * 5_000}, "invalid"),
    "less than announced": (b"{}", {"content-length": "9"}, "malformed"),
    "a negative amount": (
        b'{"player_1":{"player_id":1,"gold":-1},"player_2":{"player_id":2}}',
        {},
        "invalid",
    ),
    "too many lines": (
        msgspec.json.encode(
            {
                "player_1": {
                    "player_id": 1,
                    "items": [{"item_id": 5, "quantity": 1}] * (LINES_MAX + 1),
                },
                "player_2": {"player_id": 2},
            }
        ),
        {},
        "invalid",
    ),
    "a name that is no UTF-8": (b'{"\xff":1}', {}, "malformed"),
    "too large": (b" " * 2_000_000, {}, "too_large"),
    "no token": (b"{}", {"authorization": None}, "unauthenticated"),
    "a token of nobody": (b"{}", {"authorization": "Bearer nobody"}, "unauthenticated"),
    "a key that is none": (b"", {"idempotency-key": "with space"}, "invalid"),
    "another address": (b"{}", {"path": f"{PATH}/none"}, "not_found"),
    "another method": (b"", {"method": "DELETE"}, "method_not_allowed"),
}


@pytest.mark.parametrize("name", SENT)
def test_what_cannot_be_served_is_told_alike(client: Client, name: str) -> None:
    body, changes, reason = SENT[name]
    ours, theirs = client.both(body, changes)
    assert ours == theirs
    assert ours[2]["reason"] == reason


def test_a_key_that_is_none_is_told_alike_of_a_good_trade(client: Client) -> None:
    ours, theirs = client.both(client.order(), {"idempotency-key": "with space"})
    assert ours == theirs
    assert ours[2]["faults"] == [
        {"path": "header Idempotency-Key", "fault": "must be 1 to 255 visible ASCII characters"}
    ]


@pytest.mark.parametrize("role", [Role.PLAYER, Role.ANALYST])
def test_a_role_that_may_not_is_told_alike(client: Client, role: Role) -> None:
    player_id = client.ids[0] if role is Role.PLAYER else None
    token = client.api.token_of(role, player_id)
    ours, theirs = client.both(client.order(), {"authorization": f"Bearer {token}"})
    assert ours == theirs
    assert ours[2]["reason"] == "forbidden"


def test_a_realm_that_takes_nothing_tells_alike(client: Client) -> None:
    realm = client.api.realm
    realm.redis.delete(realm.keys.checked_run_id)
    ours, theirs = client.both(client.order())
    assert ours == theirs
    assert (ours[2]["reason"], ours[1]["retry-after"]) == ("unchecked", "1")


def test_what_the_hot_path_serves_is_counted_under_its_route(client: Client) -> None:
    players = "/v1/players/<int:player_id>"
    for method, route, status, body, changes in (
        ("POST", "/v1/trades", 201, client.order(), {}),
        ("GET", players, 200, b"", looking_up("1")),
        ("GET", players, 404, b"", looking_up("999")),
        ("GET", f"{players}/inventory", 200, b"", looking_up("1/inventory")),
    ):
        labels = f'method="{method}",route="{route}",status="{status}"'
        series = f"guildhall_http_requests_total{{{labels}}}"
        before = value_of(client, series)
        client.both(body, changes)
        assert value_of(client, series) == before + 2


def value_of(client: Client, series: str) -> float:
    """Return the value of a series in the exposition, 0 when it is not there."""
    lines = client.api.get("/metrics").raw.decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(series))
