"""Players that are looked up at the same time, read together."""

from __future__ import annotations

from collections.abc import Sequence

from src.classes.player import Player
from src.services.errors import UnknownPlayer
from src.services.player_service import found
from src.services.ports import LoopPlayerStore


class GroupReading:
    """Looks up players for requests that know nothing of each other."""

    def __init__(self, store: LoopPlayerStore) -> None:
        """Read from `store`."""
        self._store = store

    async def look_up(self, player_ids: Sequence[int]) -> list[Player | UnknownPlayer]:
        """Return each of these players as it is now, or that there is none.

        Raises:
            StoreUnreachable: the store does not answer.
        """
        reading = await self._store.read(sorted(set(player_ids)))
        return [found(player_id, reading) for player_id in player_ids]
