"""Trades between players: one, or many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from src.classes.claim import Claim, settle_claimed
from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.trade import Settlement
from src.services.answers import Asked, Told
from src.services.commands import swapping, trading
from src.services.draft import Command, Decision
from src.services.errors import Busy, NotAccepting
from src.services.group_commit import Request
from src.services.ledger import Ledger
from src.services.orders import BatchOrder, TradeOrder
from src.services.turns import Turns

#: While one waits for the store, the next is decided.
_BATCHES_AT_ONCE = 2


class ClaimedTold(Struct, frozen=True):
    """What became of a trade with claims, and its players as they were left, by id."""

    told: Told
    players: Mapping[int, Player]


class TradeService:
    """Settles or refuses what players give each other."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, new_id: Callable[[], str]) -> None:
        """Carry out trades on `ledger`."""
        self._ledger = ledger
        self._catalogue = catalogue
        self._new_id = new_id
        # More would mostly wait for each other's players, and for the interpreter.
        self._batch_turns = Turns(_BATCHES_AT_ONCE)

    def trade(self, order: TradeOrder, asked: Asked) -> Told:
        """Settle or refuse one trade.

        Raises:
            Unwritable: lines of one item add up to more than an amount can be.
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        command = trading(order, self._new_id(), self._catalogue)
        return self._ledger.carry_out(command, asked)

    def request(self, order: TradeOrder, asked: Asked) -> Request:
        """Return one trade as a request for the group commit.

        Raises:
            Unwritable: as `trade` says.
        """
        return Request(trading(order, self._new_id(), self._catalogue), asked)

    def batch(self, order: BatchOrder, asked: Asked) -> list[Told | Busy | NotAccepting]:
        """Settle or refuse each trade on its own, as if one came after the other.

        Returns:
            For each trade in order what became of it, or why it was not tried to the end.

        Raises:
            Unwritable: as `trade` says, of any of them; nothing was carried out.
            NotAccepting, KeyReused: as `Ledger.carry_out_all` says.
        """
        commands = [trading(trade, self._new_id(), self._catalogue) for trade in order.trades]
        with self._batch_turns:
            return self._ledger.carry_out_all(commands, asked)

    def trade_claimed(
        self, order: TradeOrder, claims: Mapping[int, Claim], asked: Asked
    ) -> ClaimedTold:
        """Settle or refuse one trade whose client also says what its players hold.

        Args:
            order: the trade.
            claims: what each of its players is said to hold, by id.
            asked: without an idempotency key: an earlier answer would come without its players.

        Raises:
            Unwritable: as `trade` says.
            Busy, NotAccepting: as `Ledger.carry_out` says.
        """
        trade = swapping(order, self._new_id())
        seen: dict[int, Player] = {}

        def decide(players: Mapping[int, Player]) -> Decision:
            decision = settle_claimed(trade, claims, players, self._catalogue)
            # A draft that lost its race is forgotten, and so is what it left the players with.
            seen.clear()
            seen.update({p: players[p] for p in trade.player_ids if p in players})
            if isinstance(decision, Settlement):
                seen.update(decision.players)
            return decision

        told = self._ledger.carry_out(Command(trade.player_ids, decide), asked)
        return ClaimedTold(told, seen)
