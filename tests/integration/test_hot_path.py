"""What the hot path serves, and what it leaves to Flask, is answered as Flask alone answers it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from flask import Flask

from src.api.around import around_requests
from src.bootstrap import new_id
from src.player_store.tokens import Role
from src.services.orders import LINES_MAX
from tests.support.api import Api

PATH = "/v1/trades"
#: What no two answers share.
_OWN = {"trade_id", "settled_at"}


class Client:
    """Sends the same requests through the whole application and to Flask alone."""

    def __init__(self, api: Api) -> None:
        self.api = api
        # Flask as it was before `build_app` put anything in front of it.
        alone = Flask.wsgi_app.__get__(api.app)
        self.flask = around_requests(alone, new_id)
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

    def environ(self, body: bytes, **changes: str | None) -> dict[str, Any]:
        """Return the WSGI environment of a POST; a change to None takes a variable away."""
        found: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": PATH,
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Bearer {self.api.token}",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **changes,
        }
        return {name: value for name, value in found.items() if value is not None}

    def both(self, body: bytes, **changes: str | None) -> tuple[Any, Any]:
        """Return what the application and what Flask alone answers."""
        return (
            answer(self.api.app, self.environ(body, **changes)),
            answer(self.flask, self.environ(body, **changes)),
        )


def answer(app: Callable[..., Any], environ: dict[str, Any]) -> tuple[str, dict[str, str], Any]:
    """Return status, headers and body; without what no two answers share."""
    begun: list[tuple[str, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        begun.append((status, {name.lower(): value for name, value in headers}))

    raw = b"".join(app(environ, start))
    ((status, headers),) = begun
    assert headers.pop("x-request-id")
    assert int(headers.pop("content-length")) == len(raw)
    body = msgspec.json.decode(raw)
    return status, headers, {name: body[name] for name in body if name not in _OWN}


@pytest.fixture
def client(api: Api) -> Client:
    return Client(api)


def test_a_settled_trade_is_told_alike(client: Client) -> None:
    (status, headers, ours), (theirs_status, theirs_headers, theirs) = client.both(client.order())
    assert (status, headers) == (theirs_status, theirs_headers)
    assert (status, headers) == ("201 CREATED", {"content-type": "application/json"})
    # The second trade came on top of the first.
    for mine, other, change in zip(ours["players"], theirs["players"], (-1, 1), strict=True):
        assert other["version"] == mine["version"] + 1
        assert other["gold"] == mine["gold"] + change
    assert ours["status"] == theirs["status"] == "settled"


def test_a_key_spent_on_one_way_is_replayed_on_the_other(client: Client) -> None:
    ours, theirs = client.both(client.order(), HTTP_IDEMPOTENCY_KEY="once")
    assert theirs[2] == ours[2]
    assert "idempotency-replayed" not in ours[1]
    assert theirs[1]["idempotency-replayed"] == "true"
    again, again_in_flask = client.both(client.order(), HTTP_IDEMPOTENCY_KEY="once")
    assert again == again_in_flask == theirs
    other, other_in_flask = client.both(
        client.order(player_2={"player_id": client.ids[1], "gold": 1}), HTTP_IDEMPOTENCY_KEY="once"
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
    "no length": (b"{}", {"CONTENT_LENGTH": None}, "invalid"),
    "a length that is none": (b"{}", {"CONTENT_LENGTH": "-1"}, "invalid"),
    "a length beyond all digits": (b"{}", {"CONTENT_LENGTH": "9" * 5_000}, "invalid"),
    "less than announced": (b"{}", {"CONTENT_LENGTH": "9"}, "malformed"),
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
    "too large": (b" " * 2_000_000, {}, "too_large"),
    "no token": (b"{}", {"HTTP_AUTHORIZATION": None}, "unauthenticated"),
    "a token of nobody": (b"{}", {"HTTP_AUTHORIZATION": "Bearer nobody"}, "unauthenticated"),
    "a key that is none": (b"", {"HTTP_IDEMPOTENCY_KEY": "with space"}, "invalid"),
    "another address": (b"{}", {"PATH_INFO": f"{PATH}/none"}, "not_found"),
    "another method": (b"", {"REQUEST_METHOD": "DELETE"}, "method_not_allowed"),
}


@pytest.mark.parametrize("name", SENT)
def test_what_cannot_be_served_is_told_alike(client: Client, name: str) -> None:
    body, changes, reason = SENT[name]
    ours, theirs = client.both(body, **changes)
    assert ours == theirs
    assert ours[2]["reason"] == reason


def test_a_key_that_is_none_is_told_alike_of_a_good_trade(client: Client) -> None:
    ours, theirs = client.both(client.order(), HTTP_IDEMPOTENCY_KEY="with space")
    assert ours == theirs
    assert ours[2]["faults"] == [
        {"path": "header Idempotency-Key", "fault": "must be 1 to 255 visible ASCII characters"}
    ]


@pytest.mark.parametrize("role", [Role.PLAYER, Role.ANALYST])
def test_a_role_that_may_not_is_told_alike(client: Client, role: Role) -> None:
    player_id = client.ids[0] if role is Role.PLAYER else None
    token = client.api.token_of(role, player_id)
    ours, theirs = client.both(client.order(), HTTP_AUTHORIZATION=f"Bearer {token}")
    assert ours == theirs
    assert ours[2]["reason"] == "forbidden"


def test_a_realm_that_takes_nothing_tells_alike(client: Client) -> None:
    realm = client.api.realm
    realm.redis.delete(realm.keys.checked_run_id)
    ours, theirs = client.both(client.order())
    assert ours == theirs
    assert (ours[2]["reason"], ours[1]["retry-after"]) == ("unchecked", "1")


def test_what_the_hot_path_serves_is_counted_under_its_route(client: Client) -> None:
    series = 'guildhall_http_requests_total{method="POST",route="/v1/trades",status="201"}'
    before = value_of(client, series)
    answer(client.api.app, client.environ(client.order()))
    assert value_of(client, series) == before + 1


def value_of(client: Client, series: str) -> float:
    """Return the value of a series in the exposition, 0 when it is not there."""
    lines = client.api.get("/metrics").raw.decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(series))
