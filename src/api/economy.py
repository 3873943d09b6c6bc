"""The economy questions and their answers."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace, Resource

from src.api.authentication import allowed
from src.api.context import services
from src.api.documentation import documented
from src.api.views import json_response
from src.player_store.tokens import Role

economy = Namespace("economy", "The economy questions and their answers", path="/v1/economy")

_ASKING = (Role.OPERATOR, Role.ANALYST)


@economy.route("/queries")
class Questions(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """All questions."""

    @documented(economy, 200)
    @allowed(*_ASKING)
    def get(self) -> Response:
        """List the questions by name."""
        found = services().economy.questions().items()
        return json_response({"queries": [{"name": n, "question": q} for n, q in found]})


@economy.route("/queries/<string:name>")
class OneQuestion(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """One question."""

    @documented(economy, 200, 404, 503)
    @allowed(*_ASKING)
    def get(self, name: str) -> Response:
        """Answer a question over what has landed: its columns, and rows by column name.

        `snapshots` says which snapshot of each table was read. While events are landing, the
        tables are a moment behind the players.
        """
        return json_response(services().economy.answer(name))
