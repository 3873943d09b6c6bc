"""Look-ups that wait at the same time are read together, and each is told its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from src.api.hot.lookups import LookupQueue
from src.classes.inventory import Inventory
from src.classes.player import Player
from src.services.errors import UnknownPlayer


def player(player_id: int) -> Player:
    return Player(
        player_id=player_id,
        version=1,
        username=f"p{player_id}",
        player_class="farmer",
        inventory=Inventory(999),
    )


def test_each_is_told_its_own_and_who_waits_shares_a_reading() -> None:
    readings: list[list[int]] = []

    async def look_up(player_ids: Sequence[int]) -> list[Player | UnknownPlayer]:
        readings.append(list(player_ids))
        return [player(p) if p < 9 else UnknownPlayer(f"no {p}") for p in player_ids]

    async def asked() -> list[Player | BaseException]:
        queue = LookupQueue(look_up)
        first = asyncio.create_task(queue.answer_to(1))
        await asyncio.sleep(0)
        later = [queue.answer_to(p) for p in (2, 9, 2)]
        return await asyncio.gather(first, *later, return_exceptions=True)

    one, two, nobody, again = asyncio.run(asked())
    assert (one, two, again) == (player(1), player(2), player(2))
    assert isinstance(nobody, UnknownPlayer)
    assert nobody.detail == "no 9"
    assert [p for reading in readings for p in reading] == [1, 2, 9, 2]
    assert len(readings) <= 2
