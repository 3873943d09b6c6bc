"""What clients are shown: players, items, outcomes and recent trades as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from flask import Response
from msgspec import Struct, structs

from src.api.errors import problem, problem_response
from src.classes.battle import Loot
from src.classes.inventory import Inventory
from src.classes.item import Catalogue
from src.classes.player import Player
from src.services.answers import Told
from src.services.outcomes import BattleReport, Outcome, PlayerGlance

_ENCODER = msgspec.json.Encoder()


class StackView(Struct, frozen=True):
    """One stack of an inventory; `value` is of one unit, in coins."""

    item_id: int
    item_uid: str | None
    name: str
    level: int
    value: int
    quantity: int


class InventoryView(Struct, frozen=True):
    """An inventory, its items sorted by item_id; capacities are in units."""

    max_capacity: int
    used_capacity: int
    free_capacity: int
    items: list[StackView]


class PlayerView(Struct, frozen=True):
    """A player; gold in coins."""

    player_id: int
    version: int
    username: str
    player_class: str
    guild: str | None
    gold: int
    inventory: InventoryView


class SettledView(Struct, frozen=True):
    """A trade that was settled, and what it left each player with."""

    trade_id: str
    status: str
    settled_at: datetime | None
    players: tuple[PlayerGlance, ...]


class BattleView(SettledView, frozen=True):
    """A battle that was fought: how it ended, and what it moved; gold in coins."""

    enemy: str
    outcome: str
    weapon_item_id: int | None
    gold_won: int
    gold_lost: int
    items_won: tuple[Loot, ...]


def inventory_view(inventory: Inventory, catalogue: Catalogue) -> InventoryView:
    """Return an inventory as it is shown."""
    stacks = []
    for item_id, quantity in inventory.items.items():
        item = catalogue.item(item_id)
        stacks.append(StackView(item_id, None, item.name, item.level, item.value, quantity))
    return InventoryView(
        inventory.max_capacity, inventory.used_capacity, inventory.free_capacity, stacks
    )


def player_view(player: Player, catalogue: Catalogue) -> PlayerView:
    """Return a player as it is shown."""
    return PlayerView(
        player.player_id,
        player.version,
        player.username,
        player.player_class,
        player.guild,
        player.gold,
        inventory_view(player.inventory, catalogue),
    )


def outcome_body(outcome: Outcome) -> SettledView | dict[str, Any]:
    """Return what is told of a trade: that it was settled, or the problem."""
    if outcome.status == "settled":
        view = SettledView(outcome.trade_id, "settled", outcome.settled_at, outcome.players)
        return view if outcome.battle is None else _battle_view(view, outcome.battle)
    return problem(
        outcome.reason or "", outcome.detail or "", trade_id=outcome.trade_id, facts=outcome.facts
    )


def _battle_view(settled: SettledView, battle: BattleReport) -> BattleView:
    return BattleView(**structs.asdict(settled), **structs.asdict(battle))


def outcome_response(told: Told, settled_status: int = 201) -> Response:
    """Return the response to one trade: `settled_status`, or its refusal's status."""
    body = outcome_body(told.outcome)
    headers = replay_header(replayed=told.replayed)
    if isinstance(body, dict):
        return problem_response(body, headers)
    return json_response(body, settled_status, headers)


def json_of(body: Any) -> bytes:  # noqa: ANN401 - whatever JSON can say
    """Return a body as JSON."""
    return _ENCODER.encode(body)


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:  # noqa: ANN401 - whatever JSON can say
    """Return a body as a JSON response."""
    return Response(json_of(body), status=status, headers=headers, content_type="application/json")


def replay_header(*, replayed: bool) -> dict[str, str]:
    """Return the header that tells a repeated answer from a first one."""
    return {"Idempotency-Replayed": "true"} if replayed else {}
