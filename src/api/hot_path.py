"""The one route that is served without Flask as well: a single trade, most of what a game sends.

Flask and flask-restx took a third of a trade's processor time (docs/decisions/0029). So what is
plainly a trade is decoded and answered here, by the same decoder, services and views. Everything
else goes on to Flask: another address, a token or a body that is not good. Flask has the words for
it, and documents the route.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec

from src.api.around import ROUTE
from src.api.asking import asking
from src.api.authentication import Authenticator
from src.api.errors import problem_response, response_to
from src.api.trades import TRADES_PATH, TRADING_ROLES
from src.api.views import json_of, outcome_body, replay_header
from src.player_store.tokens import Holder
from src.services.orders import TradeOrder
from src.services.trade_service import TradeService

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ASKS = f"POST {TRADES_PATH}"


class HotPath:
    """Serves single trades in front of a WSGI application that can serve all there is."""

    def __init__(
        self,
        app: WSGIApplication,
        trades: TradeService,
        authenticator: Authenticator,
        body_bytes_max: int,
    ) -> None:
        """Stand before `app`; larger bodies than `body_bytes_max` are left to it."""
        self._app = app
        self._trades = trades
        self._authenticator = authenticator
        self._body_bytes_max = body_bytes_max
        self._decode = msgspec.json.Decoder(TradeOrder).decode

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a trade, or let the application serve whatever it is."""
        if environ["PATH_INFO"] == TRADES_PATH and environ["REQUEST_METHOD"] == "POST":
            asked_for = self._read(environ)
            if asked_for is not None:
                return self._trade(*asked_for, environ, start_response)
        return self._app(environ, start_response)

    def _read(self, environ: WSGIEnvironment) -> tuple[Holder, bytes, TradeOrder] | None:
        """Return who asks for which trade; None when there is anything to be said about it."""
        length = environ.get("CONTENT_LENGTH") or ""
        try:
            if not (length.isascii() and length.isdecimal()) or int(length) > self._body_bytes_max:
                return None
            holder = self._authenticator.holder(environ.get("HTTP_AUTHORIZATION"))
            if holder.role not in TRADING_ROLES:
                return None
            body = environ["wsgi.input"].read(int(length))
            environ["wsgi.input"] = BytesIO(body)
            return holder, body, self._decode(body)
        except Exception:  # noqa: BLE001 - Flask meets the same, and has the words for it
            return None

    def _trade(
        self,
        holder: Holder,
        body: bytes,
        order: TradeOrder,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        environ[ROUTE] = TRADES_PATH
        try:
            told = self._trades.trade(order, asking(environ, holder.token_id, _ASKS, lambda: body))
        except Exception as error:  # noqa: BLE001 - as flask-restx does for a route
            return response_to(error)(environ, start_response)
        view: Any = outcome_body(told.outcome)
        more = replay_header(replayed=told.replayed)
        if isinstance(view, dict):
            return problem_response(view, more)(environ, start_response)
        answer = json_of(view)
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(answer))),
            *more.items(),
        ]
        start_response("201 CREATED", headers)
        return [answer]
