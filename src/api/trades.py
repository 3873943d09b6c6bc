"""Trades between players: one, or many at once."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_restx import Namespace, Resource

from src.api.authentication import allowed
from src.api.context import asked, body, services
from src.api.documentation import documented
from src.api.errors import problem
from src.api.views import SettledView, json_response, outcome_body, outcome_response, replay_header
from src.player_store.tokens import Role
from src.services.answers import Told
from src.services.errors import Explained
from src.services.orders import BatchOrder, TradeOrder

TRADES_PATH = "/v1/trades"
#: Who may let players trade with each other.
TRADING_ROLES = (Role.OPERATOR, Role.GAME)

trades = Namespace("trades", "Trades between players", path=TRADES_PATH)


# `src/api/hot/single_trades.py` stands in front of this and serves what is plainly a trade.
@trades.route("")
class Trades(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Trades between two players."""

    @documented(
        trades, 201, 400, 404, 409, 422, 503, body=TradeOrder, view=SettledView, changes=True
    )
    @allowed(*TRADING_ROLES)
    def post(self) -> Response:
        """Settle a trade between two players, or say why not."""
        return outcome_response(services().trades.trade(body(TradeOrder), asked()))


@trades.route("/batch")
class Batch(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Many trades in one request."""

    @documented(trades, 200, 400, 422, 503, body=BatchOrder, changes=True)
    @allowed(*TRADING_ROLES)
    def post(self) -> Response:
        """Settle or refuse each trade on its own, in order; one result each.

        A result is what the trade alone would have answered.
        """
        results = services().trades.batch(body(BatchOrder), asked())
        told = [result for result in results if isinstance(result, Told)]
        replayed = bool(told) and all(each.replayed for each in told)
        return json_response(
            {"results": [_result(each) for each in results]},
            headers=replay_header(replayed=replayed),
        )


def _result(result: Told | Explained) -> SettledView | dict[str, Any]:
    if isinstance(result, Told):
        return outcome_body(result.outcome)
    return problem(result.reason, result.detail)
