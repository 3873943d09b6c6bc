"""What became of a command: kept under its idempotency key, and told to whoever asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from src.classes.battle import Loot
from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Settlement, Trade


class PlayerGlance(Struct, frozen=True):
    """What a settled trade tells of a player."""

    player_id: int
    version: int
    gold: int


class BattleReport(Struct, frozen=True, kw_only=True):
    """How a battle ended, and what it moved: coins, and units of items."""

    enemy: str
    outcome: Literal["won", "lost"]
    weapon_item_id: int | None
    gold_won: int
    gold_lost: int
    items_won: tuple[Loot, ...]


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trade that was settled or refused.

    `created` is the new player of a starter grant, `battle` tells of a battle.
    """

    trade_id: str
    status: Literal["settled", "rejected"]
    settled_at: datetime | None = None
    players: tuple[PlayerGlance, ...] = ()
    reason: str | None = None
    detail: str | None = None
    facts: dict[str, Any] = {}
    created: Player | None = None
    battle: BattleReport | None = None


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
        players=tuple([PlayerGlance(p.player_id, p.version, p.gold) for p in players]),
        created=next(iter(players)) if is_new else None,
        battle=_report(decision.trade) if decision.trade.kind is Kind.BATTLE else None,
    )


def _report(trade: Trade) -> BattleReport:
    coins = sum(leg.quantity for leg in trade.legs if leg.item_id is None)
    outcome = trade.outcome or "lost"
    return BattleReport(
        enemy=trade.enemy or "",
        outcome=outcome,
        weapon_item_id=trade.weapon_item_id,
        gold_won=coins if outcome == "won" else 0,
        gold_lost=coins if outcome == "lost" else 0,
        items_won=tuple(
            Loot(item_id=leg.item_id, quantity=leg.quantity)
            for leg in trade.legs
            if leg.item_id is not None
        ),
    )
