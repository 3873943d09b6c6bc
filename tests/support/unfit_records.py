"""Records of the topic `trade` that must not land, each with the reason that must be told."""

from __future__ import annotations

import json
from typing import Any

from tests.support.events import trade


def record(event: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({**event, **changes}).encode()


def without(event: dict[str, Any], field: str) -> bytes:
    return json.dumps({name: value for name, value in event.items() if name != field}).encode()


GOOD = record(trade(1))
LEG = trade(1)["legs"][0]

UNFIT_TRADES = {
    "tombstone": (None, "tombstone"),
    "empty": (b"", "not_json"),
    "not utf-8": (GOOD.replace(b"player_trade", b"player\xfftrade"), "not_utf8"),
    "not json": (b"hello", "not_json"),
    "cut short": (GOOD[:-1], "not_json"),
    "single quotes": (GOOD.replace(b'"', b"'"), "not_json"),
    "not a number": (GOOD.replace(b'"player_1_id": 1', b'"player_1_id": NaN'), "not_json"),
    "text behind": (GOOD + b" x", "trailing_characters"),
    "two objects": (GOOD + GOOD, "trailing_characters"),
    "a list": (b"[" + GOOD + b"]", "not_an_object"),
    "a number": (b"1", "not_an_object"),
    "null": (b"null", "not_an_object"),
    "no trade_id": (without(trade(1), "trade_id"), "missing_field: trade_id"),
    "no seq": (without(trade(1), "seq"), "missing_field: seq"),
    "null trade_id": (record(trade(1), trade_id=None), "missing_field: trade_id"),
    "no legs": (without(trade(1), "legs"), "missing_field: legs"),
    "text as number": (record(trade(1), player_1_id="1"), "wrong_type: player_1_id"),
    "truth as number": (record(trade(1), player_1_id=True), "wrong_type: player_1_id"),
    "fraction": (record(trade(1), player_1_id=1.5), "wrong_type: player_1_id"),
    "whole fraction": (record(trade(1), player_1_id=1.0), "wrong_type: player_1_id"),
    "past 64 bits": (record(trade(1), player_1_id=2**63), "wrong_type: player_1_id"),
    "huge": (record(trade(1), player_2_id=10**30), "wrong_type: player_2_id"),
    "number as text": (record(trade(1), realm=5), "wrong_type: realm"),
    "truth as text": (record(trade(1), guild=True), "wrong_type: guild"),
    "object as text": (record(trade(1), guild={}), "wrong_type: guild"),
    "not a time": (record(trade(1), occurred_at="yesterday"), "wrong_type: occurred_at"),
    "time as number": (record(trade(1), occurred_at=5), "wrong_type: occurred_at"),
    "time of no zone": (
        record(trade(1), occurred_at="2026-11-22T16:30:00"),
        "wrong_type: occurred_at",
    ),
    "version to come": (record(trade(1), schema_version=2), "later_version: schema_version"),
    "version as text": (record(trade(1), schema_version="2"), "wrong_type: schema_version"),
    "unknown status": (record(trade(1), status="maybe"), "unknown_word: status"),
    "other event": (record(trade(1), event_type="player_state"), "unknown_word: event_type"),
    "leg is text": (record(trade(1), legs=["x"]), "wrong_type: legs[]"),
    "leg is null": (record(trade(1), legs=[None]), "missing_field: legs[]"),
    "leg of no quantity": (
        record(trade(1), legs=[{k: v for k, v in LEG.items() if k != "quantity"}]),
        "missing_field: legs[].quantity",
    ),
    "quantity of a leg": (
        record(trade(1), legs=[{**LEG, "quantity": "3"}]),
        "wrong_type: legs[].quantity",
    ),
    "asset of a leg": (
        record(trade(1), legs=[{**LEG, "asset": "soul"}]),
        "unknown_word: legs[].asset",
    ),
}
