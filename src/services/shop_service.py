"""Buying from the shop and selling to it."""

from __future__ import annotations

from collections.abc import Callable

from src.classes.item import Catalogue
from src.classes.shop import purchase, sale
from src.classes.trade import Trade
from src.services.answers import Asked, Told
from src.services.commands import settling
from src.services.ledger import Ledger
from src.services.orders import ShopOrder


class ShopService:
    """Trades with the shop at its price: no price comes from a client."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, new_id: Callable[[], str]) -> None:
        """Carry out purchases and sales on `ledger`."""
        self._ledger = ledger
        self._catalogue = catalogue
        self._new_id = new_id

    def buy(self, player_id: int, order: ShopOrder, asked: Asked) -> Told:
        """Settle or refuse a purchase.

        Raises:
            Unwritable: the price of all units cannot be written down.
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        return self._carry_out(purchase, player_id, order, asked)

    def sell(self, player_id: int, order: ShopOrder, asked: Asked) -> Told:
        """Settle or refuse a sale.

        Raises:
            Unwritable: the price of all units cannot be written down.
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        return self._carry_out(sale, player_id, order, asked)

    def _carry_out(
        self,
        write: Callable[[str, int, int, int, Catalogue], Trade],
        player_id: int,
        order: ShopOrder,
        asked: Asked,
    ) -> Told:
        command = settling(
            lambda: write(
                self._new_id(), player_id, order.item_id, order.quantity, self._catalogue
            ),
            self._catalogue,
        )
        return self._ledger.carry_out(command, asked)
