"""The way in: each request goes to what serves it without Flask, or on to Flask."""

from __future__ import annotations

import time
from collections.abc import Callable

from src.api.around import usable_id
from src.api.authentication import Authenticator
from src.api.hot.exchange import Answer, Asker, Unread, text_of
from src.api.hot.lookups import Lookups
from src.api.hot.single_trades import SingleTrades
from src.api.metrics import count_request
from src.api.players import PLAYERS_PATH
from src.api.trades import TRADES_PATH
from src.api.wsgi_bridge import Receive, Scope, Send, WsgiBridge
from src.services.ports import LoopPlayerStore


class HotPath:
    """An ASGI application: serves single trades and look-ups, and lets another one serve the rest.

    Whoever asks must be known already, and a header that came twice is for Flask to judge.
    """

    def __init__(
        self,
        app: WsgiBridge,
        trades: SingleTrades,
        lookups: Lookups,
        authenticator: Authenticator,
        *,
        store: LoopPlayerStore,
        new_id: Callable[[], str],
    ) -> None:
        """Stand before `app`.

        Args:
            app: serves what is not served here.
            trades: serve single trades.
            lookups: serve look-ups.
            authenticator: knows who asks.
            store: what trades and look-ups use, to be closed with them.
            new_id: names requests that bring no name.
        """
        self._app = app
        self._trades = trades
        self._lookups = lookups
        self._authenticator = authenticator
        self._store = store
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or let the application serve it."""
        method, path = scope["method"], scope["path"]
        is_trade = method == "POST" and path == TRADES_PATH
        if not is_trade and not (method == "GET" and path.startswith(PLAYERS_PATH)):
            await self._app(scope, receive, send)
            return
        began_at = time.perf_counter()
        asker, unread = self._asker(scope), Unread(receive)
        answer: Answer | None = None
        if asker is not None:
            answer = await (
                self._trades.answer(asker, unread)
                if is_trade
                else self._lookups.answer(path, asker)
            )
        if asker is None or answer is None:
            await self._app(scope, unread, send)
            return
        status, took_s = str(answer.head["status"]), time.perf_counter() - began_at
        count_request(method, answer.route, status, took_s)
        answer.head["headers"].append((b"x-request-id", asker.request_id.encode()))
        await send(answer.head)
        await send({"type": "http.response.body", "body": answer.content})

    def close(self) -> None:
        """Let go of threads and connections, when no request is under way any more."""
        self._store.close()
        self._app.close()

    def _asker(self, scope: Scope) -> Asker | None:
        """Return who asks; None when there is anything to be said about it."""
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]):
            return None
        holder = self._authenticator.remembered(text_of(headers, b"authorization"))
        if holder is None:
            return None
        request_id = usable_id(text_of(headers, b"x-request-id")) or self._new_id()
        return Asker(headers, holder, request_id)
