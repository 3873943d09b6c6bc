"""Battles: the server draws the roll, once for each that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from src.classes.battle import Battle, Enemy, fight
from src.classes.item import Catalogue
from src.services.answers import Asked, Told
from src.services.draft import Command
from src.services.ledger import Ledger
from src.services.orders import BattleOrder


class BattleService:
    """Battles of one realm."""

    def __init__(
        self,
        ledger: Ledger,
        catalogue: Catalogue,
        enemies: Mapping[str, Enemy],
        *,
        new_id: Callable[[], str],
        roll: Callable[[], int],
    ) -> None:
        """Carry out battles against `enemies` on `ledger`; `roll` draws as `Battle` has it."""
        self._ledger = ledger
        self._catalogue = catalogue
        self._new_id = new_id
        self._roll = roll
        #: The enemies by name, the weakest first as they stand in their file.
        self.enemies = enemies

    def fight(self, player_id: int, order: BattleOrder, asked: Asked) -> Told:
        """Settle or refuse a battle.

        Raises:
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        # Drawn here and not where it is decided: deciding again on fresher players must not roll
        # again, or a client could wish for conflicts until it wins.
        battle = Battle(
            trade_id=self._new_id(),
            player_id=player_id,
            enemy=order.enemy,
            weapon_item_id=order.weapon_item_id,
            roll=self._roll(),
        )
        command = Command(
            (player_id,), lambda players: fight(battle, self.enemies, players, self._catalogue)
        )
        return self._ledger.carry_out(command, asked)
