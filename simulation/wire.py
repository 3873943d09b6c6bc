"""Actions as HTTP requests, and answers as values: the only place that knows the API's shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from simulation.actions import Action, Gift, Step
from src.decoding import json_decoded

#: Reasons of an answer that says "not now": the same request may be sent again.
NOT_NOW = frozenset({"busy", "outbox_full", "unchecked", "store_unreachable"})
_NOT_NOW_STATUSES = frozenset({429, 502, 503, 504})
_CONFLICT, _MULTIPLE_CHOICES = 409, 300


Method = Literal["GET", "POST", "PUT", "DELETE"]


class Request(Struct, frozen=True):
    """A request; `path` starts after the API's base address."""

    method: Method
    path: str
    body: bytes | None = None


class Stack(Struct, frozen=True):
    """Units of one item in an inventory."""

    item_id: int
    quantity: int


class InventoryAnswer(Struct, frozen=True):
    """An inventory, as far as the simulation reads it."""

    max_capacity: int
    used_capacity: int
    free_capacity: int
    items: list[Stack]


class PlayerAnswer(Struct, frozen=True):
    """A player, as the API tells it."""

    player_id: int
    version: int
    username: str
    player_class: str
    guild: str | None
    gold: int
    inventory: InventoryAnswer


class Glance(Struct, frozen=True):
    """What a settled trade tells of a player."""

    player_id: int
    version: int
    gold: int


class Settled(Struct, frozen=True):
    """A trade that was settled; `outcome` tells how a battle ended."""

    trade_id: str
    players: list[Glance]
    outcome: Literal["won", "lost"] | None = None


class Problem(Struct, frozen=True):
    """A refusal or an error; `trade_id` is there when a trade was decided."""

    reason: str = "unknown"
    detail: str = ""
    trade_id: str | None = None


Outcome = Settled | Problem

Answer = TypeVar("Answer")


class UnreadableAnswer(Exception):
    """An answer has a shape that the API does not promise; the text says which."""


def creation(username: str, player_class: str) -> Request:
    """Return the request that creates a player."""
    body = {"username": username, "player_class": player_class}
    return Request("POST", "/v1/players", msgspec.json.encode(body))


def look_up(player_id: int) -> Request:
    """Return the request that reads a player."""
    return Request("GET", f"/v1/players/{player_id}")


def request_of(step: Step, ids: Sequence[int]) -> Request:
    """Return the request of a step.

    Args:
        step: one action, or the player trades of a batch.
        ids: the player ids, by place in the plan.
    """
    if len(step) > 1:
        trades = [_trade_body(action, ids) for action in step]
        return Request("POST", "/v1/trades/batch", msgspec.json.encode({"trades": trades}))
    (action,) = step
    player = f"/v1/players/{ids[action.player]}"
    match action.kind:
        case "player_trade":
            body = msgspec.json.encode(_trade_body(action, ids))
            return Request("POST", "/v1/trades", body)
        case "purchase":
            return Request("POST", f"{player}/purchases", _shop_body(action.takes))
        case "sale":
            return Request("POST", f"{player}/sales", _shop_body(action.gives))
        case "guild_join" | "guild_leave":
            body = msgspec.json.encode({"guild": action.guild})
            method: Method = "PUT" if action.kind == "guild_join" else "DELETE"
            return Request(method, f"{player}/guild", body)
        case "battle":
            return Request("POST", f"{player}/battles", msgspec.json.encode(action.fight))


def is_not_now(status: int, body: bytes) -> bool:
    """Say whether an answer asks for the same request again, for a part of a batch too."""
    if status in _NOT_NOW_STATUSES:
        return True
    if status == _CONFLICT:
        return _decode(body, Problem).reason in NOT_NOW
    if status < _MULTIPLE_CHOICES and any(reason.encode() in body for reason in NOT_NOW):
        # The words can stand in a name; only a batch's results say it of themselves.
        results = _decode(body, dict[str, Any]).get("results", [])
        return any(each.get("reason") in NOT_NOW for each in results)
    return False


def outcomes_of(step: Step, status: int, body: bytes) -> list[Outcome]:
    """Return what became of each action of a step.

    Raises:
        UnreadableAnswer: the answer is neither a settled trade, nor a refusal, nor the results
            of the batch.
    """
    if status == _CONFLICT:
        return [_decode(body, Problem)]
    if status >= _MULTIPLE_CHOICES:
        raise UnreadableAnswer(f"status {status}: {body[:500].decode(errors='replace')}")
    if len(step) == 1:
        return [_decode(body, Settled)]
    results = _decode(body, _BatchAnswer).results
    if len(results) != len(step):
        raise UnreadableAnswer(f"{len(results)} results for a batch of {len(step)}")
    return [_result(each) for each in results]


def player_of(status: int, body: bytes) -> PlayerAnswer:
    """Return the player that an answer tells of.

    Raises:
        UnreadableAnswer: the answer is not a player.
    """
    if status >= _MULTIPLE_CHOICES:
        raise UnreadableAnswer(f"status {status}: {body[:500].decode(errors='replace')}")
    return _decode(body, PlayerAnswer)


class _BatchAnswer(Struct, frozen=True):
    results: list[msgspec.Raw]


class _Told(Struct, frozen=True):
    reason: str | None = None


def _result(result: msgspec.Raw) -> Outcome:
    # A problem's `status` is a number and a settled trade's a word: `reason` tells them apart.
    is_problem = _decode(result, _Told).reason is not None
    return _decode(result, Problem) if is_problem else _decode(result, Settled)


def _decode(body: bytes | msgspec.Raw, shape: type[Answer]) -> Answer:
    try:
        return json_decoded(body, shape)
    except msgspec.DecodeError as error:
        told = bytes(body)[:500].decode(errors="replace")
        raise UnreadableAnswer(f"{error}: {told}") from error


def _trade_body(action: Action, ids: Sequence[int]) -> dict[str, Any]:
    partner = action.player if action.partner is None else action.partner
    return {
        "player_1": {"player_id": ids[action.player], **_gift_body(action.gives)},
        "player_2": {"player_id": ids[partner], **_gift_body(action.takes)},
    }


def _gift_body(gift: Gift) -> dict[str, Any]:
    lines = [{"item_id": item_id, "quantity": quantity} for item_id, quantity in gift.items]
    return {"gold": gift.gold, "items": lines}


def _shop_body(gift: Gift) -> bytes:
    ((item_id, quantity),) = gift.items
    return msgspec.json.encode({"item_id": item_id, "quantity": quantity})
