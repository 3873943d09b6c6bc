"""The integers of the economy: gold in coins, items in units."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

#: The largest amount anywhere: 2**53 - 1, what every JSON reader keeps exactly (RFC 8259, 6).
AMOUNT_MAX = 9_007_199_254_740_991

Gold = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="coins")]
Quantity = Annotated[int, Meta(ge=1, le=AMOUNT_MAX, description="units of an item")]
PlayerId = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
ItemId = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
