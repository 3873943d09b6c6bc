"""Orders written as commands: which players they touch, and how they are decided."""

from __future__ import annotations

from collections.abc import Callable

from src.classes.errors import AmountTooLarge
from src.classes.item import Catalogue
from src.classes.trade import Trade, player_trade, settle
from src.services.draft import Command
from src.services.errors import Unwritable
from src.services.orders import Side, TradeOrder


def settling(write: Callable[[], Trade], catalogue: Catalogue) -> Command:
    """Return the command that settles the trade that `write` writes.

    Raises:
        Unwritable: an amount of the trade cannot be written down.
    """
    try:
        trade = write()
    except AmountTooLarge as error:
        raise _unwritable(error) from error
    return Command(trade.player_ids, lambda players: settle(trade, players, catalogue))


def trading(order: TradeOrder, trade_id: str, catalogue: Catalogue) -> Command:
    """Return the command of a trade between two players.

    Raises:
        Unwritable: an amount of the trade cannot be written down.
    """
    trade = swapping(order, trade_id)
    return Command(trade.player_ids, lambda players: settle(trade, players, catalogue))


def swapping(order: TradeOrder, trade_id: str) -> Trade:
    """Return the trade of two players that is asked for.

    Raises:
        Unwritable: an amount of the trade cannot be written down.
    """
    try:
        return player_trade(trade_id, (_given(order.player_1), _given(order.player_2)))
    except AmountTooLarge as error:
        raise _unwritable(error) from error


def _unwritable(error: AmountTooLarge) -> Unwritable:
    return Unwritable(f"{error}. Ask for less at a time.")


def _given(side: Side) -> tuple[int, int, list[tuple[int, int]]]:
    return side.player_id, side.gold, [(line.item_id, line.quantity) for line in side.items]
