"""Every route, what it answers, and what it says when it cannot."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from tests.support.api import Answer, Api
from tests.support.routes import OPEN_ROUTES, OTHER_RULES, ROUTES, TRADE, Route

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture
def game(api: Api) -> Api:
    """An API with a farmer, player 1, and a hunter, player 2."""
    api.realm.create("farmer", "Nansa")
    api.realm.create("hunter")
    return api


def given(game: Api, route: Route) -> None:
    if route.method == "DELETE":
        game.ask("PUT", "/v1/players/1/guild", {"guild": "Wayfarers"})


def test_all_routes_are_listed_in_these_tests(api: Api) -> None:
    served = {
        (method, str(rule))
        for rule in api.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith("legacy.") or str(rule) == "/"
    }
    listed = {(route.method, route.rule) for route in ROUTES}
    assert served == listed | {("GET", rule) for rule in (*OPEN_ROUTES, *OTHER_RULES)}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.rule}")
def test_a_route_answers_in_json_with_its_status(game: Api, route: Route) -> None:
    given(game, route)
    answer = game.ask(route.method, route.path, route.body)
    assert answer.status == route.status
    assert answer.headers["content-type"] == "application/json"
    assert UUID7.fullmatch(answer.headers["x-request-id"])
    game.realm.audit()


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.changes], ids=lambda r: f"{r.method} {r.rule}"
)
def test_a_change_sent_again_by_its_key_is_told_again_and_not_made_again(
    game: Api, route: Route
) -> None:
    given(game, route)
    first = game.ask(route.method, route.path, route.body, key="k")
    before = game.realm.dump()
    again = game.ask(route.method, route.path, route.body, key="k")
    assert (again.status, again.raw) == (first.status, first.raw)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    after = game.realm.dump()
    # A number that was drawn for a player that was not needed is not drawn again.
    before.pop(game.realm.keys.player_ids.encode())
    after.pop(game.realm.keys.player_ids.encode())
    assert after == before


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.changes], ids=lambda r: f"{r.method} {r.rule}"
)
def test_a_key_that_was_used_for_something_else_is_refused(game: Api, route: Route) -> None:
    given(game, route)
    used = game.post("/v1/players/2/purchases", {"item_id": 101}, key="k")
    assert used.status == 201
    before = game.realm.redis.get(game.realm.keys.seq)
    answer = game.ask(route.method, route.path, route.body, key="k")
    assert (answer.status, answer.reason) == (422, "idempotency_key_reused")
    assert game.realm.redis.get(game.realm.keys.seq) == before


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb"])
def test_a_key_that_is_no_key_is_told(game: Api, key: str) -> None:
    answer = game.post("/v1/trades", TRADE, key=key)
    assert (answer.status, answer.reason) == (422, "invalid")
    assert answer.body["faults"][0]["path"] == "header Idempotency-Key"
    assert game.post("/v1/trades", TRADE, key="!~" + "x" * 253).status == 201


def test_a_player_is_shown_whole(game: Api) -> None:
    player = game.get("/v1/players/1").body
    assert player == {
        "player_id": 1,
        "version": 1,
        "username": "Nansa",
        "player_class": "farmer",
        "guild": None,
        "gold": 500,
        "inventory": {
            "max_capacity": 999,
            "used_capacity": 899,
            "free_capacity": 100,
            "items": [
                {
                    "item_id": 5,
                    "item_uid": None,
                    "name": "Food Package",
                    "level": 1,
                    "value": 6,
                    "quantity": 500,
                },
                {
                    "item_id": 6,
                    "item_uid": None,
                    "name": "Milk",
                    "level": 1,
                    "value": 3,
                    "quantity": 399,
                },
            ],
        },
    }
    assert game.get("/v1/players/1/inventory").body == player["inventory"]


def test_a_new_player_is_told_as_it_is_shown(api: Api) -> None:
    told = api.post("/v1/players", {"username": "Bo", "player_class": "banker"})
    assert told.body == api.get("/v1/players/1").body
    drawn = api.post("/v1/players").body
    assert drawn["username"] == f"{drawn['player_class']}-2"


def test_items_are_sorted_by_id_whatever_order_they_came_in(game: Api) -> None:
    for item_id in (141, 101, 121):
        assert game.post("/v1/players/1/purchases", {"item_id": item_id}).status == 201
    items = game.get("/v1/players/1/inventory").body["items"]
    assert [item["item_id"] for item in items] == [5, 6, 101, 121, 141]


def test_a_settled_trade_tells_what_it_left_each_with(game: Api) -> None:
    told = game.post("/v1/trades", TRADE).body
    assert UUID7.fullmatch(told.pop("trade_id"))
    assert told.pop("settled_at").endswith("Z")
    assert told == {
        "status": "settled",
        "players": [
            {"player_id": 1, "version": 2, "gold": 499},
            {"player_id": 2, "version": 2, "gold": 501},
        ],
    }


def test_a_refused_trade_is_a_problem_with_its_id_and_facts_and_is_recorded(game: Api) -> None:
    order = {"player_1": {"player_id": 1, "gold": 501}, "player_2": {"player_id": 2}}
    before = [game.get(f"/v1/players/{player}").body for player in (1, 2)]
    answer = game.post("/v1/trades", order)
    assert (answer.status, answer.reason) == (409, "insufficient_gold")
    assert answer.body["facts"] == {"player_id": 1, "has": 500, "needs": 501}
    assert answer.body["type"] == "urn:guildhall:problem:insufficient_gold"
    assert [game.get(f"/v1/players/{player}").body for player in (1, 2)] == before
    event = game.realm.events()[-1]
    assert event["trade_id"] == answer.body["trade_id"]
    assert (event["status"], event["reason"]) == ("rejected", "insufficient_gold")
    assert [leg["quantity"] for leg in event["legs"]] == [501]


def test_each_trade_of_a_batch_is_answered_as_it_would_be_alone(game: Api) -> None:
    poor = {"player_1": {"player_id": 1, "gold": 501}, "player_2": {"player_id": 2}}
    lost = {"player_1": {"player_id": 9, "gold": 1}, "player_2": {"player_id": 2}}
    results = game.post("/v1/trades/batch", {"trades": [TRADE, poor, lost]}).body["results"]
    assert [result["status"] for result in results] == ["settled", 409, 404]
    assert [result.get("reason") for result in results] == [
        None,
        "insufficient_gold",
        "unknown_player",
    ]
    game.realm.audit()


def test_a_batch_takes_a_thousand_trades_and_no_more(game: Api) -> None:
    full = game.post("/v1/trades/batch", {"trades": [TRADE] * 1_000})
    assert full.status == 200
    # Venison runs out after 100 units: a farmer has room for no more.
    assert sum(result["status"] == "settled" for result in full.body["results"]) == 100
    over = game.post("/v1/trades/batch", {"trades": [TRADE] * 1_001})
    assert (over.status, over.reason) == (422, "invalid")
    assert over.body["faults"][0]["path"] == "$.trades"
    assert game.post("/v1/trades/batch", {"trades": []}).status == 422
    game.realm.audit()


def test_the_answer_of_a_request_carries_its_own_id(game: Api) -> None:
    answer = game.post("/v1/trades", TRADE, headers={"X-Request-Id": "click-17"})
    assert answer.headers["x-request-id"] == "click-17"
    assert game.realm.events()[-1]["request_id"] == "click-17"
    for odd in ("a b", "x" * 129, "é", ""):
        answer = game.post("/v1/trades", TRADE, headers={"X-Request-Id": odd})
        assert UUID7.fullmatch(answer.headers["x-request-id"])


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/v1/players/3", 404, "unknown_player"),
        ("/v1/players/3/inventory", 404, "unknown_player"),
        ("/v1/players/3/trades", 404, "unknown_player"),
        ("/v1/players/9007199254740991", 404, "unknown_player"),
        ("/v1/items/16", 404, "unknown_item"),
        ("/v1/guilds/Nobody/members", 404, "unknown_guild"),
        ("/v1/guilds/%00%FF%ED%A0%80/members", 404, "unknown_guild"),
        ("/v1/nothing", 404, "not_found"),
        ("/v1/players/", 404, "not_found"),
        ("//v1//players//1", 404, "not_found"),
        ("/static/app.py", 404, "not_found"),
        ("/swaggerui/../../app.py", 404, "not_found"),
        ("/swaggerui/%00", 404, "not_found"),
    ],
)
def test_what_is_not_there_is_not_found(game: Api, path: str, status: int, reason: str) -> None:
    answer = game.get(path)
    assert (answer.status, answer.reason) == (status, reason)


@pytest.mark.parametrize(
    "player_id",
    ["0", "-1", "+1", "1.0", "x", "٣", "¹", "9007199254740992", str(2**64), "9" * 5_000, "%201"],
)
@pytest.mark.parametrize("rest", ["", "/purchases"])
def test_what_is_no_id_names_no_player(game: Api, player_id: str, rest: str) -> None:
    before = game.realm.services.store.last_seq()
    method, body = ("POST", {"item_id": 101}) if rest else ("GET", None)
    answer = game.ask(method, f"/v1/players/{player_id}{rest}", body)
    assert (answer.status, answer.reason) == (404, "not_found")
    # No event may carry a number that a reader of the log cannot keep.
    assert game.realm.services.store.last_seq() == before


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT", "BREW"])
def test_another_method_is_told_which_there_are(game: Api, method: str) -> None:
    answer = game.ask(method, "/v1/trades")
    assert (answer.status, answer.reason) == (405, "method_not_allowed")
    assert "POST" in answer.headers["allow"]


def test_odd_methods_do_not_grow_the_metrics(game: Api) -> None:
    for number in range(20):
        game.ask(f"BREW{number}", "/v1/trades")
    shown = game.get("/metrics").raw.decode()
    assert "BREW" not in shown
    assert 'method="other"' in shown


# Paging


def pages(api: Api, path: str, name: str, limit: int) -> list[list[Any]]:
    """Read a list page by page."""
    found, cursor = [], None
    joined = "&" if "?" in path else "?"
    while True:
        after = f"&cursor={cursor}" if cursor else ""
        page = api.get(f"{path}{joined}limit={limit}{after}").body
        found.append(page[name])
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_items_are_paged_without_gap_or_double(api: Api) -> None:
    whole = api.get("/v1/items?limit=1000").body["items"]
    assert [item["item_id"] for item in whole] == sorted(item["item_id"] for item in whole)
    paged = pages(api, "/v1/items", "items", 7)
    assert [item for page in paged for item in page] == whole
    assert {len(page) for page in paged[:-1]} == {7}


def test_items_can_be_chosen_by_kind_and_material(api: Api) -> None:
    swords = api.get("/v1/items?kind=sword").body["items"]
    copper = api.get("/v1/items?kind=sword&material=copper").body["items"]
    assert {item["kind"] for item in swords} == {"sword"}
    assert copper == [item for item in swords if item["material"] == "copper"] != []
    assert api.get("/v1/items?kind=spoon").body == {"items": [], "next_cursor": None}


def test_members_are_paged_by_rising_id(api: Api) -> None:
    for _ in range(5):
        player = api.realm.create()
        api.ask("PUT", f"/v1/players/{player}/guild", {"guild": "Green Table"})
    assert pages(api, "/v1/guilds/Green%20Table/members", "members", 2) == [[1, 2], [3, 4], [5]]
    guilds = {guild["name"]: guild["members"] for guild in api.get("/v1/guilds").body["guilds"]}
    assert guilds["Green Table"] == 5
    assert guilds["Wayfarers"] == 0


def test_recent_trades_are_paged_newest_first_while_new_ones_come(game: Api) -> None:
    ids = [game.post("/v1/trades", TRADE).body["trade_id"] for _ in range(4)]
    first = game.get("/v1/players/1/trades?limit=2").body
    game.post("/v1/trades", TRADE)
    second = game.get(f"/v1/players/1/trades?limit=2&cursor={first['next_cursor']}").body
    listed = [trade["trade_id"] for trade in first["trades"] + second["trades"]]
    assert listed == ids[::-1]
    assert first["trades"][0]["kind"] == "player_trade"
    assert {trade["kind"] for trade in game.get("/v1/players/2/trades").body["trades"]} == {
        "player_trade",
        "starter_grant",
    }


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "x", "", "٣", "1e2", " 1", "9" * 30])
@pytest.mark.parametrize(
    "path", ["/v1/items", "/v1/players/1/trades", "/v1/guilds/Ironhand/members"]
)
def test_a_limit_out_of_bounds_is_told(game: Api, path: str, limit: str) -> None:
    answer = game.get(f"{path}?limit={limit}")
    assert (answer.status, answer.reason) == (422, "invalid")
    assert answer.body["faults"][0]["path"] == "query limit"


@pytest.mark.parametrize(
    "path", ["/v1/items", "/v1/players/1/trades", "/v1/guilds/Ironhand/members"]
)
def test_a_cursor_that_no_page_gave_is_told(game: Api, path: str) -> None:
    answer = game.get(f"{path}?cursor=no-such-cursor")
    assert (answer.status, answer.reason) == (422, "invalid")
    assert answer.body["faults"][0]["path"] == "query cursor"


# Health


def test_health_readiness_and_metrics_need_no_token(api: Api) -> None:
    def asked(path: str) -> Answer:
        return api.get(path, headers={"Authorization": ""})

    assert asked("/healthz").body == {"status": "ok"}
    ready = {"status": "ready", "redis": "ok", "relay": "ok", "outbox": "ok"}
    assert asked("/readyz").body == ready
    shown = asked("/metrics").raw.decode()
    assert "guildhall_redis_up 1.0" in shown
    assert asked("/docs").status == 200


def test_a_realm_that_is_not_checked_is_not_ready_and_takes_no_change(api: Api) -> None:
    api.realm.redis.delete(api.realm.keys.checked_run_id)
    ready = api.get("/readyz")
    assert ready.status == 503
    assert ready.body["relay"] != "ok"
    answer = api.post("/v1/players")
    assert (answer.status, answer.reason) == (503, "unchecked")
    assert answer.headers["retry-after"] == "1"


def test_messages_do_not_quote_a_whole_body_back(api: Api) -> None:
    huge = "x" * 500_000
    for body in ({"player_class": huge}, {"username": huge}, {huge: 1}, {"player_class": [huge]}):
        assert len(api.post("/v1/players", msgspec.json.encode(body)).raw) < 5_000
