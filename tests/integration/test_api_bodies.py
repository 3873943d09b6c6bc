"""Bodies of every malformed kind: 400 when it is not JSON, 422 with each fault when it is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from src.classes.amounts import AMOUNT_MAX
from tests.support.api import Api
from tests.support.routes import ROUTES, TRADE, Route

BODIES = [route for route in ROUTES if route.body is not None]
DEEP = 100_000

NOT_JSON = {
    "truncated": b'{"player_1":',
    "not UTF-8": b'{"username":"\xff\xfe"}',
    "a lone surrogate": b'{"username":"\\ud800"}',
    "a pair the wrong way round": b'{"username":"\\udc00\\ud800"}',
    "an encoded surrogate": b'{"username":"\xed\xa0\x80"}',
    "UTF-16": '{"username":"x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"item_id":NaN}',
    "Infinity": b'{"item_id":Infinity}',
    "single quotes": b"{'item_id':1}",
    "a comment": b'{"item_id":1} // one',
    "two objects": b"{}{}",
    "a trailing comma": b'{"item_id":1,}',
    "a leading zero": b'{"item_id":01}',
    "a NUL": b"\x00",
    "a NUL after": b"{}\x00",
    "a raw line feed in text": b'{"username":"a\nb"}',
    "a form": b"player_1=1&player_2=2",
    "only blanks": b"   ",
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and unfinished": b'{"player_1":' + b"[" * DEEP,
    "a wrong type and then rubbish": b'{"player_1":5,"item_id":"x","name":5,"guild":5,"trades":5,',
}

NOT_AN_OBJECT = (b"null", b"[]", b'"x"', b"1", b"true", b"[" * 500 + b"]" * 500)


@pytest.fixture
def game(api: Api) -> Api:
    """An API with a farmer, player 1, and a hunter, player 2."""
    api.realm.create("farmer")
    api.realm.create("hunter")
    return api


@pytest.mark.parametrize("kind", NOT_JSON)
def test_what_is_not_json_is_malformed(game: Api, kind: str) -> None:
    before = game.realm.services.store.last_seq()
    for route in BODIES:
        answer = game.ask(route.method, route.path, NOT_JSON[kind])
        assert (answer.status, answer.reason) == (400, "malformed"), route
        assert len(answer.raw) < 2_000
    assert game.realm.services.store.last_seq() == before


@pytest.mark.parametrize("body", NOT_AN_OBJECT)
def test_what_is_no_object_is_invalid(game: Api, body: bytes) -> None:
    for route in BODIES:
        answer = game.ask(route.method, route.path, body)
        assert (answer.status, answer.reason) == (422, "invalid"), route
        assert answer.body["faults"][0]["path"] == "$"


@pytest.mark.parametrize("route", BODIES, ids=lambda route: f"{route.method} {route.rule}")
def test_an_empty_body_is_an_object_without_fields(game: Api, route: Route) -> None:
    answer = game.ask(route.method, route.path, b"")
    if route.path == "/v1/players":  # all its fields are optional
        assert answer.status == 201
    else:
        assert (answer.status, answer.reason) == (422, "invalid")


@pytest.mark.parametrize("route", BODIES, ids=lambda route: f"{route.method} {route.rule}")
def test_a_field_that_is_not_known_is_named(game: Api, route: Route) -> None:
    answer = game.ask(route.method, route.path, {**route.body, "price": 1})
    assert (answer.status, answer.reason) == (422, "invalid")
    assert "price" in answer.body["detail"]


@pytest.mark.parametrize("route", BODIES, ids=lambda route: f"{route.method} {route.rule}")
def test_a_body_of_two_megabytes_is_too_large(game: Api, route: Route) -> None:
    answer = game.ask(route.method, route.path, b" " * 2_000_000)
    assert (answer.status, answer.reason) == (413, "too_large")


def side(**fields: Any) -> bytes:
    return msgspec.json.encode(
        {"player_1": {"player_id": 1, **fields}, "player_2": {"player_id": 2}}
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (side(gold=-1), "$.player_1.gold"),
        (side(gold=1.5), "$.player_1.gold"),
        (side(gold="1"), "$.player_1.gold"),
        (side(gold=True), "$.player_1.gold"),
        (side(gold=None), "$.player_1.gold"),
        (side(gold=AMOUNT_MAX + 1), "$.player_1.gold"),
        (side(gold=2**64), "$.player_1.gold"),
        (side(gold=0).replace(b'"gold":0', b'"gold":' + b"9" * 5_000), "$.player_1.gold"),
        (side(gold=0).replace(b'"gold":0', b'"gold":1e400'), "$.player_1.gold"),
        (side(gold=0).replace(b'"gold":0', b'"gold":1.0'), "$.player_1.gold"),
        (side(player_id=0), "$.player_1.player_id"),
        (side(player_id=2**64), "$.player_1.player_id"),
        (side(items=[{"item_id": 5, "quantity": 0}]), "$.player_1.items[0].quantity"),
        (side(items=[{"item_id": 5, "quantity": -1}]), "$.player_1.items[0].quantity"),
        (side(items=[{"item_id": 5}]), "$.player_1.items[0]"),
        (side(items=[{"item_id": 5, "quantity": 1}] * 1_001), "$.player_1.items"),
        (side(items={}), "$.player_1.items"),
        (side(price=1), "$.player_1"),
        (b"{}", "$"),
    ],
)
def test_a_fault_is_told_with_its_path(game: Api, body: bytes, path: str) -> None:
    answer = game.post("/v1/trades", body)
    assert (answer.status, answer.reason) == (422, "invalid")
    assert answer.body["faults"][0]["path"] == path


def test_all_faults_of_a_body_are_told_at_once(game: Api) -> None:
    wrong = {"player_1": {"player_id": "x", "gold": -1}, "player_2": {"player_id": 2.5, "foo": 1}}
    faults = game.post("/v1/trades", wrong).body["faults"]
    assert sorted(fault["path"] for fault in faults) == [
        "$.player_1.gold",
        "$.player_1.player_id",
        "$.player_2",
        "$.player_2.player_id",
    ]


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", "\xff", "x" * 5_000])
def test_a_body_is_read_as_json_whatever_it_is_called(game: Api, content_type: str) -> None:
    answer = game.post("/v1/trades", TRADE, headers={"Content-Type": content_type})
    assert answer.status == 201


def test_of_a_doubled_field_the_last_holds(game: Api) -> None:
    body = b'{"player_1":{"player_id":1,"gold":1,"gold":2},"player_2":{"player_id":2}}'
    assert game.post("/v1/trades", body).body["players"][0]["gold"] == 498


@pytest.mark.parametrize(
    "username",
    ["a\x00b", "\n{}\n", 'x" "y', "\u2028", "\U0001f409" * 64, "' or 1=1 --", "é", "{realm}:seq"],
)
def test_a_name_of_any_text_is_kept_to_the_letter(game: Api, username: str) -> None:
    player = game.post("/v1/players", {"username": username}).body["player_id"]
    assert game.get(f"/v1/players/{player}").body["username"] == username
    assert game.realm.events()[-1]["username"] == username
    game.realm.audit()


@pytest.mark.parametrize("name", ["", " x", "a" * 65, "x\n", "é", "a/b", "a\x00b"])
def test_a_guild_of_an_odd_name_is_not_founded(game: Api, name: str) -> None:
    answer = game.post("/v1/guilds", {"name": name})
    assert (answer.status, answer.reason) == (422, "invalid")
    assert answer.body["faults"][0]["path"] == "$.name"


def test_leaving_needs_no_body_and_takes_one(game: Api) -> None:
    game.ask("PUT", "/v1/players/1/guild", {"guild": "Wayfarers"})
    assert game.ask("DELETE", "/v1/players/1/guild", {"guild": "Ironhand"}).status == 409
    assert game.ask("DELETE", "/v1/players/1/guild", b"[").status == 400
    assert game.ask("DELETE", "/v1/players/1/guild", {"guild": "Wayfarers"}).status == 200
