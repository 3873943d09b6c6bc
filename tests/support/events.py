"""Small real events, as dictionaries that a test can bend before it encodes them."""

from __future__ import annotations

from typing import Any


def trade(seq: int, legs: int = 2) -> dict[str, Any]:
    """Return a settled trade: 25 coins one way, and units of items 2, 3, ... the other way."""
    gold = _leg(1, "player:1", "player:2", asset="gold", quantity=25, unit_value=1)
    items = [
        _leg(number, "player:2", "player:1", asset="item", item_id=number, quantity=number)
        for number in range(2, legs + 1)
    ]
    return {
        **_envelope(seq, "trade"),
        "trade_id": f"trade-{seq}",
        "kind": "player_trade",
        "status": "settled",
        "reason": None,
        "player_1_id": 1,
        "player_2_id": 2,
        "guild": None,
        "enemy": None,
        "outcome": None,
        "weapon_item_id": None,
        "asked": None,
        "legs": [gold, *items],
    }


def player_state(seq: int, player_id: int, version: int = 1, stacks: int = 2) -> dict[str, Any]:
    """Return a state that holds `stacks` items, each of as many units as its id says."""
    items = [
        {"item_id": number, "item_uid": None, "quantity": number, "unit_value": 10}
        for number in range(1, stacks + 1)
    ]
    units = sum(item["quantity"] or 0 for item in items)
    return {
        **_envelope(seq, "player_state"),
        "player_id": player_id,
        "version": version,
        "cause_trade_id": f"trade-{seq}",
        "username": f"Åse {player_id}",
        "player_class": "farmer",
        "guild": None,
        "gold": 500,
        "max_capacity": 999,
        "used_capacity": units,
        "distinct_items": stacks,
        "inventory_value": 10 * units,
        "items": items,
    }


def _envelope(seq: int, event_type: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "event_type": event_type,
        "event_id": f"event-{seq}",
        "schema_version": 1,
        "realm": "main",
        "occurred_at": f"2026-11-22T16:30:{seq % 60:02d}.123456Z",
        "request_id": None,
    }


def _leg(leg_no: int, from_account: str, to_account: str, **asset: Any) -> dict[str, Any]:
    return {
        "leg_no": leg_no,
        "from_account": from_account,
        "to_account": to_account,
        "item_id": None,
        "item_uid": None,
        "unit_value": None,
        **asset,
    }
