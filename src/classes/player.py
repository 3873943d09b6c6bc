"""A player: all that it owns and is, at one version. Immutable."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from src.classes.amounts import Gold, PlayerId
from src.classes.inventory import Inventory


class Player(Struct, frozen=True, kw_only=True):
    """A player state. `version` counts a player's states from 1; 0 is a player not yet created."""

    player_id: PlayerId
    version: int
    username: str
    player_class: str
    guild: str | None = None
    gold: Gold = 0
    inventory: Inventory

    def moved(self, gold: int, items: Mapping[int, int], guild: str | None) -> Player:
        """Return the next version of this player.

        Args:
            gold: coins received less coins given.
            items: units received less units given, by item id.
            guild: the guild that the player is in afterwards.
        """
        # Each field by name: msgspec's `replace` takes twice the time.
        return Player(
            player_id=self.player_id,
            version=self.version + 1,
            username=self.username,
            player_class=self.player_class,
            guild=guild,
            gold=self.gold + gold,
            inventory=self.inventory.moved(items) if items else self.inventory,
        )
