"""Enemies, and battles against them."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace, Resource

from src.api.authentication import EVERY_ROLE, allowed
from src.api.context import asked, body, services
from src.api.documentation import documented
from src.api.views import BattleView, json_response, outcome_response
from src.player_store.tokens import Role
from src.services.orders import BattleOrder

battles = Namespace("battles", "Enemies, and battles against them", path="/v1")


@battles.route("/enemies")
class Enemies(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """All enemies."""

    @documented(battles, 200)
    @allowed(*EVERY_ROLE)
    def get(self) -> Response:
        """List the enemies, the weakest first: strength, reward, and what losing costs."""
        return json_response({"enemies": list(services().battles.enemies.values())})


@battles.route("/players/<int:player_id>/battles")
class Battles(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Battles of one player."""

    @documented(
        battles, 201, 400, 404, 409, 422, 503, body=BattleOrder, view=BattleView, changes=True
    )
    @allowed(Role.OPERATOR, Role.GAME, Role.PLAYER)
    def post(self, player_id: int) -> Response:
        """Fight an enemy, with a weapon that the player holds or with bare hands.

        The server decides the outcome; the same Idempotency-Key tells the first one again.
        """
        return outcome_response(services().battles.fight(player_id, body(BattleOrder), asked()))
