"""What the two sides of a trade gave, added up: columns of `trade` beside those of its event.

Most questions about trades ask what a side gave, and to add up the legs again for each of them
took most of its time (docs/decisions/0033).
`./guildhall reconcile` holds the totals against the legs.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    given = _added_up(leg for leg in trade.legs if leg.from_account == own)
    received = _added_up(leg for leg in trade.legs if leg.from_account != own)
    items = {leg.item_id for leg in trade.legs if leg.asset == "item"}
    return Totals(*given, *received, items.pop() if len(items) == 1 else None)


def _added_up(legs: Iterable[Any]) -> tuple[int, int, int]:
    """Return the coins, the units and the value of one side's legs."""
    gold = units = value = 0
    for leg in legs:
        if leg.asset == "gold":
            gold += leg.quantity
        else:
            units += leg.quantity
        value += leg.quantity * (leg.unit_value or 0)
    return _bounded(gold), _bounded(units), _bounded(value)


def _bounded(amount: int) -> int:
    return max(-LONG_MAX, min(amount, LONG_MAX))
