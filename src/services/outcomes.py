"""What became of a command: kept under its idempotency key, and told to whoever asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Settlement


class PlayerGlance(Struct, frozen=True):
    """What a settled trade tells of a player."""

    player_id: int
    version: int
    gold: int


class Outcome(Struct, frozen=True, kw_only=True):
    """A trade that was settled or refused. `created` is the new player of a starter grant."""

    trade_id: str
    status: Literal["settled", "rejected"]
    settled_at: datetime | None = None
    players: tuple[PlayerGlance, ...] = ()
    reason: str | None = None
    detail: str | None = None
    facts: dict[str, Any] = {}
    created: Player | None = None


def outcome_of(decision: Settlement | Refusal, decided_at: datetime) -> Outcome:
    """Return what is told of a decision that was committed."""
    if isinstance(decision, Refusal):
        return Outcome(
            trade_id=decision.trade.trade_id,
            status="rejected",
            reason=decision.reason.word,
            detail=decision.error.detail,
            facts=decision.error.facts,
        )
    players = decision.players.values()
    is_new = decision.trade.kind is Kind.STARTER_GRANT
    return Outcome(
        trade_id=decision.trade.trade_id,
        status="settled",
        settled_at=decided_at,
        players=tuple(PlayerGlance(p.player_id, p.version, p.gold) for p in players),
        created=next(iter(players)) if is_new else None,
    )
