"""Trades between players: one, or many at once."""

from __future__ import annotations

from collections.abc import Callable

from src.classes.item import Catalogue
from src.services.commands import trading
from src.services.errors import Busy, NotAccepting
from src.services.ledger import Asked, Ledger, Told
from src.services.orders import BatchOrder, TradeOrder


class TradeService:
    """Settles or refuses what players give each other."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, new_id: Callable[[], str]) -> None:
        """Carry out trades on `ledger`."""
        self._ledger = ledger
        self._catalogue = catalogue
        self._new_id = new_id

    def trade(self, order: TradeOrder, asked: Asked) -> Told:
        """Settle or refuse one trade.

        Raises:
            Unwritable: lines of one item add up to more than an amount can be.
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        command = trading(order, self._new_id(), self._catalogue)
        return self._ledger.carry_out(command, asked)

    def batch(self, order: BatchOrder, asked: Asked) -> list[Told | Busy | NotAccepting]:
        """Settle or refuse each trade on its own, as if one came after the other.

        Returns:
            For each trade in order what became of it, or why it was not tried to the end.

        Raises:
            Unwritable: as `trade` says, of any of them; nothing was carried out.
            NotAccepting, KeyReused: as `Ledger.carry_out_all` says.
        """
        commands = [trading(trade, self._new_id(), self._catalogue) for trade in order.trades]
        return self._ledger.carry_out_all(commands, asked)
