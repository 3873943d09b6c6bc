"""Actions as requests, and answers as values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulation.actions import Action, Fight, Gift
from simulation.wire import (
    Glance,
    Problem,
    Settled,
    UnreadableAnswer,
    is_not_now,
    outcomes_of,
    player_of,
    request_of,
)

IDS = [11, 12]
SWAP = Action(
    number=0,
    kind="player_trade",
    player=0,
    partner=1,
    gives=Gift(5, ((6, 2), (6, 1))),
    takes=Gift(0, ((7, 4),)),
)
BUY = Action(number=1, kind="purchase", player=1, gives=Gift(12), takes=Gift(0, ((111, 3),)))
SELL = Action(number=2, kind="sale", player=0, gives=Gift(0, ((6, 2),)), takes=Gift(6))
JOIN = Action(number=3, kind="guild_join", player=0, gives=Gift(50), guild="Wayfarers")
FIGHT = Action(
    number=5, kind="battle", player=0, gives=Gift(10), takes=Gift(12), fight=Fight("Goblin", 111)
)
LEAVE = Action(number=4, kind="guild_leave", player=0, guild="Wayfarers")

SWAP_BODY = {
    "player_1": {
        "player_id": 11,
        "gold": 5,
        "items": [{"item_id": 6, "quantity": 2}, {"item_id": 6, "quantity": 1}],
    },
    "player_2": {"player_id": 12, "gold": 0, "items": [{"item_id": 7, "quantity": 4}]},
}


@pytest.mark.parametrize(
    ("action", "method", "path", "body"),
    [
        (SWAP, "POST", "/v1/trades", SWAP_BODY),
        (BUY, "POST", "/v1/players/12/purchases", {"item_id": 111, "quantity": 3}),
        (SELL, "POST", "/v1/players/11/sales", {"item_id": 6, "quantity": 2}),
        (JOIN, "PUT", "/v1/players/11/guild", {"guild": "Wayfarers"}),
        (FIGHT, "POST", "/v1/players/11/battles", {"enemy": "Goblin", "weapon_item_id": 111}),
        (LEAVE, "DELETE", "/v1/players/11/guild", {"guild": "Wayfarers"}),
    ],
)
def test_an_action_is_one_request(
    action: Action, method: str, path: str, body: dict[str, Any]
) -> None:
    request = request_of((action,), IDS)
    assert (request.method, request.path) == (method, path)
    assert request.body is not None
    assert json.loads(request.body) == body


def test_several_trades_are_one_batch() -> None:
    request = request_of((SWAP, SWAP), IDS)
    assert request.path == "/v1/trades/batch"
    assert request.body is not None
    assert json.loads(request.body) == {"trades": [SWAP_BODY, SWAP_BODY]}


SETTLED_BODY = {
    "trade_id": "t-1",
    "status": "settled",
    "settled_at": "2026-11-22T16:30:00Z",
    "players": [{"player_id": 11, "version": 2, "gold": 495}],
}
PROBLEM_BODY = {"status": 409, "reason": "no_space", "detail": "Full.", "trade_id": "t-2"}


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def test_a_settled_trade_is_read() -> None:
    assert outcomes_of((SWAP,), 201, encoded(SETTLED_BODY)) == [
        Settled("t-1", [Glance(11, 2, 495)])
    ]


def test_a_refused_trade_is_read() -> None:
    assert outcomes_of((SWAP,), 409, encoded(PROBLEM_BODY)) == [Problem("no_space", "Full.", "t-2")]


def test_the_results_of_a_batch_are_read_in_order() -> None:
    body = encoded({"results": [PROBLEM_BODY, SETTLED_BODY]})
    assert outcomes_of((SWAP, SWAP), 200, body) == [
        Problem("no_space", "Full.", "t-2"),
        Settled("t-1", [Glance(11, 2, 495)]),
    ]


@pytest.mark.parametrize(
    ("status", "body"),
    [(422, b'{"reason": "invalid"}'), (500, b"oops"), (201, b"[]"), (201, b"not JSON")],
)
def test_what_is_not_promised_is_refused(status: int, body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        outcomes_of((SWAP,), status, body)
    with pytest.raises(UnreadableAnswer):
        player_of(status, body)


def test_a_batch_that_lacks_a_result_is_refused() -> None:
    with pytest.raises(UnreadableAnswer, match="1 results for a batch of 2"):
        outcomes_of((SWAP, SWAP), 200, encoded({"results": [SETTLED_BODY]}))


@pytest.mark.parametrize(
    ("status", "body", "not_now"),
    [
        (503, b"", True),
        (409, encoded({"status": 409, "reason": "busy"}), True),
        (409, encoded(PROBLEM_BODY), False),
        (201, encoded(SETTLED_BODY), False),
        (200, encoded({"results": [SETTLED_BODY, {"status": 409, "reason": "busy"}]}), True),
        (200, encoded({"results": [SETTLED_BODY, PROBLEM_BODY]}), False),
        (201, encoded({"username": "busy"}), False),
    ],
)
def test_not_now_is_told_from_a_refusal(status: int, body: bytes, not_now: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_not_now(status, body) is not_now
