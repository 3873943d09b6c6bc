"""The shop: the house account that buys and sells at the catalogue's prices."""

from __future__ import annotations

from collections.abc import Iterable

from src.classes.account import MINT, SHOP, player_account
from src.classes.item import Catalogue
from src.classes.trade import Kind, Trade, gives


def price(item_id: int, catalogue: Catalogue) -> int:
    """Return what the shop asks and pays for one unit, in coins: the base value.

    An unknown item has no price; 0 is returned and `settle` refuses the trade for the item.
    """
    return catalogue.value_of(item_id) or 0


def purchase(
    trade_id: str, player_id: int, item_id: int, quantity: int, catalogue: Catalogue
) -> Trade:
    """Write the trade of a player that buys `quantity` units from the shop.

    Raises:
        AmountTooLarge: the price of all units passes the largest amount.
    """
    buyer = player_account(player_id)
    cost = quantity * price(item_id, catalogue)
    return Trade(
        trade_id=trade_id,
        kind=Kind.PURCHASE,
        player_1_id=player_id,
        legs=gives(buyer, SHOP, cost, ()) + gives(SHOP, buyer, 0, [(item_id, quantity)]),
    )


def sale(trade_id: str, player_id: int, item_id: int, quantity: int, catalogue: Catalogue) -> Trade:
    """Write the trade of a player that sells `quantity` units to the shop.

    Raises:
        AmountTooLarge: the price of all units passes the largest amount.
    """
    seller = player_account(player_id)
    proceeds = quantity * price(item_id, catalogue)
    return Trade(
        trade_id=trade_id,
        kind=Kind.SALE,
        player_1_id=player_id,
        legs=gives(seller, SHOP, 0, [(item_id, quantity)]) + gives(SHOP, seller, proceeds, ()),
    )


def starter_grant(
    trade_id: str, player_id: int, gold: int, items: Iterable[tuple[int, int]]
) -> Trade:
    """Write the trade that gives a new player what its class begins with."""
    return Trade(
        trade_id=trade_id,
        kind=Kind.STARTER_GRANT,
        player_1_id=player_id,
        legs=gives(MINT, player_account(player_id), gold, items),
    )
