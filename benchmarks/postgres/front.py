"""The server before the PostgreSQL function: a plain WSGI application, served as the API is.

`python -m benchmarks.postgres.front` serves it. A body is decoded by msgspec and its legs
are written by our own code; then the function is called and its answer passed on. The prepared
statement goes straight to PostgreSQL's client library (`psycopg.pq`), past psycopg's cursors, as
our two Redis commands go past redis-py. No token is looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import psycopg
from flask import Response
from granian.constants import Interfaces
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from benchmarks.postgres.cluster import sql
from src.api.errors import problem_response
from src.api.server import build_server
from src.api.views import outcome_body
from src.bootstrap import new_id
from src.classes.account import player_account
from src.classes.errors import Reason, RuleError
from src.classes.trade import Trade
from src.config import load_settings
from src.decoding import json_decoder
from src.services.commands import swapping
from src.services.orders import TradeOrder
from src.services.outcomes import Outcome

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_STATEMENT = b"trade"
_REFUSED = b'{"reason"'


class CallFailed(Exception):
    """PostgreSQL answered a call with an error."""


def create_app() -> WSGIApplication:
    """Return the application; each of its threads connects when it first trades."""
    decode = json_decoder(TradeOrder).decode
    # Threads take from and give back to the same end: there are as many connections as threads.
    idle: deque[psycopg.Connection[object]] = deque()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        trade = swapping(decode(body), new_id())
        try:
            connection = idle.pop()
        except IndexError:
            connection = connected()
        answer = called(connection.pgconn, trade)
        idle.append(connection)
        if answer.startswith(_REFUSED):
            return refused(trade, answer)(environ, start_response)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
        start_response("201 CREATED", headers)
        return [answer]

    return app


def connected() -> psycopg.Connection[object]:
    """Return a connection, to where the environment says, that knows the call.

    Raises:
        CallFailed: the call could not be prepared.
        psycopg.OperationalError: nobody answers there.
    """
    connection: psycopg.Connection[object] = psycopg.connect(autocommit=True)
    prepared = connection.pgconn.prepare(_STATEMENT, sql("call"))
    if prepared.status != ExecStatus.COMMAND_OK:
        raise CallFailed(prepared.error_message.decode())
    return connection


def called(connection: PGconn, trade: Trade) -> bytes:
    """Carry out a trade in one call, which is one transaction, and return its answer as JSON.

    Raises:
        CallFailed: PostgreSQL answered with an error.
    """
    first = player_account(trade.player_1_id)
    result = connection.exec_prepared(
        _STATEMENT,
        [
            trade.trade_id.encode(),
            b"%d" % trade.player_1_id,
            b"%d" % (trade.player_2_id or 0),
            _array("t" if leg.from_account == first else "f" for leg in trade.legs),
            _array("null" if leg.item_id is None else str(leg.item_id) for leg in trade.legs),
            _array(str(leg.quantity) for leg in trade.legs),
        ],
    )
    answer = result.get_value(0, 0) if result.status == ExecStatus.TUPLES_OK else None
    if answer is None:
        raise CallFailed(result.error_message.decode())
    return answer


def refused(trade: Trade, answer: bytes) -> Response:
    """Return the problem that our API answers for the same refusal."""
    told = msgspec.json.decode(answer)
    error = RuleError(Reason.of(told["reason"]), **told["facts"])
    outcome = Outcome(
        trade_id=trade.trade_id,
        status="rejected",
        reason=error.reason.word,
        detail=error.detail,
        facts=error.facts,
    )
    body = outcome_body(outcome)
    if not isinstance(body, dict):
        raise TypeError(f"{outcome} is no refusal")
    return problem_response(body)


def _array(words: Iterable[str]) -> bytes:
    """Write an array as PostgreSQL reads it."""
    return ("{" + ",".join(words) + "}").encode()


def main() -> None:
    """Serve until SIGTERM."""
    build_server("benchmarks.postgres.front:create_app", load_settings(), Interfaces.WSGI).serve()


if __name__ == "__main__":
    main()
