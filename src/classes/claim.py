"""Claims: what a client says that players hold. They are compared, and never believed."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from src.classes.errors import Reason, RuleError
from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.trade import Refusal, Settlement, Trade, check_room, settle


class Claim(Struct, frozen=True, kw_only=True):
    """What one player is said to hold: `gold` in coins, `items` in units by item id.

    `is_consistent` is False when the client described an item otherwise than the catalogue does.
    """

    gold: int
    max_capacity: int
    free_capacity: int
    items: Mapping[int, int]
    is_consistent: bool = True


def settle_claimed(
    trade: Trade,
    claims: Mapping[int, Claim],
    players: Mapping[int, Player],
    catalogue: Catalogue,
) -> Settlement | Refusal:
    """Settle a trade whose client says what its players hold, or refuse it.

    A claim that differs is refused before what it was meant to pay for is looked at: all
    inventories first, then all gold. After that come gold, room and ownership, in the order that
    clients of whole states know; `settle` alone names ownership before room.
    """
    decision = settle(trade, players, catalogue)
    if isinstance(decision, Refusal) and decision.reason.precedes(Reason.CLAIM_DIFFERS):
        return decision
    try:
        _check_claims(claims, players)
        if isinstance(decision, Refusal) and decision.reason is Reason.MISSING_ITEMS:
            check_room(trade, players)
    except RuleError as error:
        return Refusal(trade, error.told())
    return decision


def _check_claims(claims: Mapping[int, Claim], players: Mapping[int, Player]) -> None:
    for player_id, claim in claims.items():
        if not _is_inventory_of(players[player_id], claim):
            raise RuleError(Reason.CLAIM_DIFFERS, player_id=player_id, claimed="inventory")
    for player_id, claim in claims.items():
        if claim.gold != players[player_id].gold:
            raise RuleError(Reason.CLAIM_DIFFERS, player_id=player_id, claimed="gold")


def _is_inventory_of(player: Player, claim: Claim) -> bool:
    inventory = player.inventory
    return (
        claim.is_consistent
        and claim.max_capacity == inventory.max_capacity
        and claim.free_capacity == inventory.free_capacity
        and {item_id: units for item_id, units in claim.items.items() if units} == inventory.items
    )
