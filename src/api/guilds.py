"""Guilds and their members."""

from __future__ import annotations

import msgspec
from flask import Response
from flask_restx import Namespace, Resource

from src.api.authentication import EVERY_ROLE, allowed
from src.api.context import asked, body, cursor_number, limit, services
from src.api.documentation import documented
from src.api.views import json_response, replay_header
from src.player_store.tokens import Role
from src.services.orders import FoundGuildOrder

guilds = Namespace("guilds", "Guilds and their members", path="/v1/guilds")


@guilds.route("")
class Guilds(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """All guilds."""

    @documented(guilds, 200, 503)
    @allowed(*EVERY_ROLE)
    def get(self) -> Response:
        """List the guilds by name, with their fees and how many members each has."""
        found = services().guilds.guilds()
        shown = [{**msgspec.structs.asdict(each.guild), "members": each.members} for each in found]
        return json_response({"guilds": shown})

    @documented(guilds, 201, 400, 409, 422, 503, body=FoundGuildOrder, changes=True)
    @allowed(Role.OPERATOR, Role.GAME)
    def post(self) -> Response:
        """Found a guild."""
        founded = services().guilds.found(body(FoundGuildOrder), asked())
        headers = replay_header(replayed=founded.replayed)
        return json_response(founded.guild, 201, headers)


@guilds.route("/<string:name>/members")
class Members(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Who is in one guild."""

    @documented(
        guilds,
        *(200, 404, 422, 503),
        query={"limit": "members a page", "cursor": "`next_cursor` of the page before"},
    )
    @allowed(*EVERY_ROLE)
    def get(self, name: str) -> Response:
        """List the members' ids, rising."""
        count = limit()
        found = services().guilds.members(name, cursor_number(), count + 1)
        page = found[:count]
        next_cursor = str(page[-1]) if len(found) > count else None
        return json_response({"guild": name, "members": page, "next_cursor": next_cursor})
