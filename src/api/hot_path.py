"""The one route that is served without Flask as well: a single trade, most of what a game sends.

Flask and flask-restx took a third of a trade's processor time (docs/decisions/0029), a commit of
its own most of the rest (0032). So what is plainly a trade is decoded and answered here, by the
same decoder, services and views, and waits for a round of the group commit. Everything else goes
on to Flask: another address, a token or a body that is not good. Flask has the words for it, and
documents the route.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from flask import Response
from msgspec import Struct

from src.api.around import usable_id
from src.api.asking import asking
from src.api.authentication import Authenticator
from src.api.commit_queue import CommitQueue
from src.api.errors import problem_response, response_to
from src.api.metrics import count_request
from src.api.trades import TRADES_PATH, TRADING_ROLES
from src.api.views import json_of, outcome_body, replay_header
from src.api.wsgi_bridge import Receive, Scope, Send, WsgiBridge, head_of
from src.player_store.tokens import Holder
from src.services.answers import Told
from src.services.orders import TradeOrder
from src.services.trade_service import TradeService

_ASKS = f"POST {TRADES_PATH}"
_JSON = (b"content-type", b"application/json")


class HotPath:
    """An ASGI application: serves single trades, and lets another one serve all the rest."""

    def __init__(
        self,
        app: WsgiBridge,
        trades: TradeService,
        queue: CommitQueue,
        authenticator: Authenticator,
        *,
        new_id: Callable[[], str],
        body_bytes_max: int,
    ) -> None:
        """Stand before `app`; larger bodies than `body_bytes_max` are left to it."""
        self._app = app
        self._trades = trades
        self._queue = queue
        self._authenticator = authenticator
        self._new_id = new_id
        self._body_bytes_max = body_bytes_max
        self._decode = msgspec.json.Decoder(TradeOrder).decode

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a trade, or let the application serve whatever it is."""
        if scope["path"] != TRADES_PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        began_at = time.perf_counter()
        headers = dict(scope["headers"])
        holder = self._trader(headers, len(scope["headers"]))
        if holder is None:
            await self._app(scope, receive, send)
            return
        message = await receive()
        order = self._order(message, int(headers[b"content-length"]))
        if order is None:
            await self._app(scope, _Replayed(message, receive), send)
            return
        request_id = usable_id(_text(headers, b"x-request-id")) or self._new_id()
        sent = _Sent(order, message["body"], holder, request_id)
        answer = await self._answer(sent, _text(headers, b"idempotency-key"))
        count_request("POST", TRADES_PATH, str(answer.head["status"]), _since(began_at))
        answer.head["headers"].append((b"x-request-id", request_id.encode()))
        await send(answer.head)
        await send({"type": "http.response.body", "body": answer.content})

    def close(self) -> None:
        """Let the threads go that serve requests."""
        self._queue.close()
        self._app.close()

    def _trader(self, headers: Mapping[bytes, bytes], count: int) -> Holder | None:
        """Return who asks; None when there is anything to be said about it."""
        length = headers.get(b"content-length", b"")
        # Those that came twice, and those that say anything of their own about the body.
        if len(headers) != count or not length.isdigit() or len(length) > _LENGTH_DIGITS_MAX:
            return None
        if int(length) > self._body_bytes_max:
            return None
        holder = self._authenticator.remembered(_text(headers, b"authorization"))
        return holder if holder is not None and holder.role in TRADING_ROLES else None

    def _order(self, message: Mapping[str, Any], length: int) -> TradeOrder | None:
        """Return what is asked for; None when not all is there at once, or it is not a trade."""
        body = message.get("body", b"")
        if len(body) != length:
            return None
        try:
            return self._decode(body)
        except Exception:  # noqa: BLE001 - Flask meets the same, and has the words for it
            return None

    async def _answer(self, sent: _Sent, key: str | None) -> _Answer:
        try:
            asked = asking(sent.request_id, key, sent.holder.token_id, _ASKS, lambda: sent.body)
            told = await self._queue.told(self._trades.request(sent.order, asked))
        except Exception as error:  # noqa: BLE001 - as flask-restx does for a route
            return _answer_of(response_to(error))
        return _told(told)


class _Sent(Struct, frozen=True):
    """A trade as it was sent."""

    order: TradeOrder
    body: bytes
    holder: Holder
    request_id: str


class _Answer(Struct, frozen=True):
    """A response: the ASGI message that begins it, and its body."""

    head: dict[str, Any]
    content: bytes


class _Replayed:
    """What a client sends, with a message that was read before as the first again."""

    def __init__(self, message: Mapping[str, Any], receive: Receive) -> None:
        self._message: Mapping[str, Any] | None = message
        self._receive = receive

    async def __call__(self) -> Any:  # noqa: ANN401 - an ASGI message
        message, self._message = self._message, None
        return message if message is not None else await self._receive()


#: More digits than any length that is read has; int() of thousands fails.
_LENGTH_DIGITS_MAX = 15


def _told(told: Told) -> _Answer:
    view: Any = outcome_body(told.outcome)
    more = replay_header(replayed=told.replayed)
    if isinstance(view, dict):
        return _answer_of(problem_response(view, more))
    content = json_of(view)
    head = head_of(201, more.items())
    head["headers"] += (_JSON, (b"content-length", b"%d" % len(content)))
    return _Answer(head, content)


def _answer_of(response: Response) -> _Answer:
    return _Answer(head_of(response.status_code, response.headers.items()), response.get_data())


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _since(began_at: float) -> float:
    return time.perf_counter() - began_at
