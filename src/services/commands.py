"""Orders written as commands: which players they touch, and how they are decided.

A rule that breaks while the legs are being written is a refusal like any other: it is recorded,
with no legs, since they could not be written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from src.classes.errors import RuleError
from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Trade, player_trade, settle
from src.services.draft import Command, Decision
from src.services.orders import Side, TradeOrder


def settling(trade: Trade, catalogue: Catalogue) -> Command:
    """Return the command that settles a trade."""
    return Command(trade.player_ids, lambda players: settle(trade, players, catalogue))


def writing(write: Callable[[], Trade], unwritten: Trade, catalogue: Catalogue) -> Command:
    """Return the command of the trade that `write` writes.

    Args:
        write: returns the trade, or raises RuleError when its legs cannot be written.
        unwritten: what is recorded then: the same trade without legs.
        catalogue: the items that exist.
    """
    try:
        return settling(write(), catalogue)
    except RuleError as error:
        return Command(unwritten.player_ids, _always(Refusal(unwritten, error)))


def trading(order: TradeOrder, trade_id: str, catalogue: Catalogue) -> Command:
    """Return the command of a trade between two players."""
    one, two = order.player_1, order.player_2
    unwritten = Trade(
        trade_id=trade_id,
        kind=Kind.PLAYER_TRADE,
        player_1_id=one.player_id,
        player_2_id=two.player_id,
    )
    return writing(lambda: player_trade(trade_id, (_given(one), _given(two))), unwritten, catalogue)


def _given(side: Side) -> tuple[int, int, list[tuple[int, int]]]:
    return side.player_id, side.gold, [(line.item_id, line.quantity) for line in side.items]


def _always(refusal: Refusal) -> Callable[[Mapping[int, Player]], Decision]:
    return lambda _players: refusal
