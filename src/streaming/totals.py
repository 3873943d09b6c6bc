"""What the two sides of a trade gave, added up: columns of `trade` beside those of its event.

Most questions about trades ask what a side gave, and to add up the legs again for each of them
took most of its time (docs/decisions/0033).
`./guildhall reconcile` holds the totals against the legs.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from src.classes.account import player_account
from src.events.fields import Field, fields_of_struct
from src.streaming.validity import LONG_MAX


class Totals(Struct, frozen=True, gc=False):
    """What each side of a settled trade gave; nothing when it was refused.

    A column is null in a row that landed before there were totals, until `backfill.py` fills it.
    """

    player_1_gold: Annotated[int, Meta(description="Coins that player 1 gave; 0 when refused.")]
    player_1_units: Annotated[int, Meta(description="Units of items that it gave.")]
    player_1_value: Annotated[
        int, Meta(description="Base value of all that it gave, in coins; a coin is worth 1.")
    ]
    partner_gold: Annotated[
        int, Meta(description="Coins that the partner, player 2 or the house, gave.")
    ]
    partner_units: Annotated[int, Meta(description="Units of items that the partner gave.")]
    partner_value: Annotated[
        int, Meta(description="Base value of all that the partner gave, in coins.")
    ]
    only_item_id: Annotated[
        int | None, Meta(description="The item that moved; null when none or several did.")
    ] = None


#: The columns, in the form in which an event's fields are described.
TOTALS_FIELDS: tuple[Field, ...] = fields_of_struct(Totals)
TOTALS_COLUMNS = tuple(field.name for field in TOTALS_FIELDS)

_NOTHING = Totals(0, 0, 0, 0, 0, 0)


def totals_of(trade: Any) -> Totals:  # noqa: ANN401 - a trade event of a type made at run time
    """Return the totals of a trade event; one too large for a column is the largest it holds."""
    if trade.status != "settled" or not trade.legs:
        return _NOTHING
    own = player_account(trade.player_1_id)
    # Coins, units and value of a side. One walk for both: this runs for each trade that lands.
    given, received = [0, 0, 0], [0, 0, 0]
    items = set()
    for leg in trade.legs:
        side = given if leg.from_account == own else received
        quantity = leg.quantity
        if leg.asset == "gold":
            side[0] += quantity
        else:
            side[1] += quantity
            items.add(leg.item_id)
        side[2] += quantity * (leg.unit_value or 0)
    only_item_id = items.pop() if len(items) == 1 else None
    return Totals(*_bounded(given), *_bounded(received), only_item_id)


def _bounded(side: list[int]) -> tuple[int, int, int]:
    """Return a side's coins, units and value, each of them as far as a column reaches."""
    if max(side) > LONG_MAX or min(side) < -LONG_MAX:
        side = [max(-LONG_MAX, min(amount, LONG_MAX)) for amount in side]
    gold, units, value = side
    return gold, units, value
