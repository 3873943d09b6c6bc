"""What goods cost in each town: apart from town to town, and moved by who buys and who sells."""

from __future__ import annotations

from random import Random

from simulation.world import World

#: Prices at first, and the farthest that trade can move them, in percent of the base value.
_FIRST_PERCENT = (80, 120)
_PERCENT_MIN, _PERCENT_MAX = 60, 150
#: A load bought out of a town makes the goods dearer there by this, and one sold into it cheaper.
_STEP_PERCENT = 2


class Market:
    """The prices of all towns, in percent of the base value."""

    def __init__(self, seed: int, towns: int, world: World) -> None:
        """Draw first prices; the towns are numbered from 0."""
        drawn = Random(f"{seed}/market")
        self._percent = {
            (town, item.item_id): drawn.randint(*_FIRST_PERCENT)
            for town in range(towns)
            for item in world.catalogue
        }

    def percent(self, town: int, item_id: int) -> int:
        """Return what a unit costs in a town, in percent of its base value."""
        return self._percent[town, item_id]

    def carried_off(self, town: int, item_id: int) -> None:
        """Make an item dearer where a merchant bought it."""
        self._percent[town, item_id] = min(
            self._percent[town, item_id] + _STEP_PERCENT, _PERCENT_MAX
        )

    def brought_in(self, town: int, item_id: int) -> None:
        """Make an item cheaper where a merchant sold it."""
        self._percent[town, item_id] = max(
            self._percent[town, item_id] - _STEP_PERCENT, _PERCENT_MIN
        )
