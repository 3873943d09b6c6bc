"""Single trades, in front of Flask."""

from __future__ import annotations

from typing import Any

from src.api.asking import asking
from src.api.errors import problem_response, response_to
from src.api.hot.commit_queue import CommitQueue
from src.api.hot.exchange import Answer, Asker, Unread, answer_of, json_answer, text_of
from src.api.trades import TRADES_PATH, TRADING_ROLES
from src.api.views import json_of, outcome_body, replay_header
from src.decoding import json_decoder
from src.services.answers import Told
from src.services.orders import TradeOrder
from src.services.trade_service import TradeService

_ASKS = f"POST {TRADES_PATH}"


class SingleTrades:
    """Answers `POST` of a trade."""

    def __init__(self, trades: TradeService, queue: CommitQueue, body_bytes_max: int) -> None:
        """Have trades carried out by `queue`; larger bodies than `body_bytes_max` are not ours."""
        self._trades = trades
        self._queue = queue
        self._body_bytes_max = body_bytes_max
        self._decode = json_decoder(TradeOrder).decode

    async def answer(self, asker: Asker, unread: Unread) -> Answer | None:
        """Answer who asks for a trade; None when Flask has to."""
        length = asker.body_bytes
        if length is None or length > self._body_bytes_max:
            return None
        if asker.holder.role not in TRADING_ROLES:
            return None
        body = (await unread.first()).get("body", b"")
        order = self._order(body) if len(body) == length else None
        return None if order is None else await self._answer(asker, order, body)

    def _order(self, body: bytes) -> TradeOrder | None:
        """Return what is asked for; None when it is not a trade."""
        try:
            return self._decode(body)
        except Exception:  # noqa: BLE001 - Flask meets the same, and has the words for it
            return None

    async def _answer(self, asker: Asker, order: TradeOrder, body: bytes) -> Answer:
        key = text_of(asker.headers, b"idempotency-key")
        try:
            asked = asking(asker.request_id, key, asker.holder.token_id, _ASKS, lambda: body)
            told = await self._queue.answer_to(self._trades.request(order, asked))
        except Exception as error:  # noqa: BLE001 - as flask-restx does for a route
            return answer_of(TRADES_PATH, response_to(error))
        return _answer_to(told)


def _answer_to(told: Told) -> Answer:
    view: Any = outcome_body(told.outcome)
    more = replay_header(replayed=told.replayed)
    if isinstance(view, dict):
        return answer_of(TRADES_PATH, problem_response(view, more))
    return json_answer(TRADES_PATH, 201, json_of(view), more.items())
