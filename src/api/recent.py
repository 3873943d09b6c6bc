"""A page of recent trades."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from src.api.errors import InvalidRequest
from src.decoding import json_decoder
from src.events.definitions import LegRecord


class RecentTrade(Struct, frozen=True):
    """A trade as a player's list shows it: the trade event without its envelope."""

    trade_id: str
    kind: str
    status: str
    reason: str | None
    occurred_at: datetime
    player_1_id: int
    player_2_id: int | None
    guild: str | None
    legs: list[LegRecord]
    enemy: str | None = None
    outcome: str | None = None
    weapon_item_id: int | None = None


class RecentPage(Struct, frozen=True):
    """Some recent trades, newest first; `next_cursor` is null on the last page."""

    trades: list[RecentTrade]
    next_cursor: str | None


_DECODER = json_decoder(RecentTrade)


def recent_page(lines: Sequence[bytes], cursor: str | None, limit: int) -> RecentPage:
    """Return the page that begins after the trade that `cursor` names.

    A cursor is a trade's id, so that a page does not shift when new trades come.

    Raises:
        InvalidRequest: the trade is not among those kept any more.
    """
    trades = [_DECODER.decode(line) for line in lines]
    start = 0
    if cursor is not None:
        places = [place for place, trade in enumerate(trades) if trade.trade_id == cursor]
        if not places:
            fault = "names a trade that is not kept here any more; start again without it"
            raise InvalidRequest([{"path": "query cursor", "fault": fault}])
        start = places[0] + 1
    page = trades[start : start + limit]
    has_more = start + limit < len(trades)
    return RecentPage(page, page[-1].trade_id if has_more else None)
