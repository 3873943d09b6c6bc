"""Players, what they hold and did lately, and what they do with the shop and guilds."""

from __future__ import annotations

import msgspec
from flask import Response, request
from flask_restx import Namespace, Resource

from src.api.authentication import EVERY_ROLE, allowed
from src.api.context import LIMIT_DEFAULT, asked, body, limit, received, services
from src.api.documentation import documented
from src.api.errors import problem_response
from src.api.recent import recent_page
from src.api.views import (
    InventoryView,
    PlayerView,
    SettledView,
    inventory_view,
    json_response,
    outcome_body,
    outcome_response,
    player_view,
    replay_header,
)
from src.player_store.tokens import Role
from src.services.orders import GuildOrder, PlayerOrder, ShopOrder

PLAYERS_PATH = "/v1/players"
#: The rules under which the look-ups in front of Flask (`src/api/hot/lookups.py`) are counted.
PLAYER_ROUTE = f"{PLAYERS_PATH}/<int:player_id>"
INVENTORY_ROUTE = f"{PLAYER_ROUTE}/inventory"

players = Namespace("players", "Players: what they hold, and what they do", path=PLAYERS_PATH)

_ACTING = (Role.OPERATOR, Role.GAME, Role.PLAYER)


@players.route("")
class Players(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """All players."""

    @documented(players, 201, 400, 422, 503, body=PlayerOrder, view=PlayerView, changes=True)
    @allowed(Role.OPERATOR, Role.GAME)
    def post(self) -> Response:
        """Create a player with its class's starter inventory.

        A class that is not named is drawn by share.
        """
        told = services().players.create(body(PlayerOrder), asked())
        headers = replay_header(replayed=told.replayed)
        if told.outcome.created is None:
            refusal = outcome_body(told.outcome)
            return problem_response(msgspec.to_builtins(refusal), headers)
        return json_response(player_view(told.outcome.created, services().catalogue), 201, headers)


@players.route("/<int:player_id>")
class OnePlayer(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """One player."""

    @documented(players, 200, 404, 503, view=PlayerView)
    @allowed(*EVERY_ROLE)
    def get(self, player_id: int) -> Response:
        """Show a player as it is now."""
        player = services().players.player(player_id)
        return json_response(player_view(player, services().catalogue))


@players.route("/<int:player_id>/inventory")
class PlayerInventory(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """What one player holds."""

    @documented(players, 200, 404, 503, view=InventoryView)
    @allowed(*EVERY_ROLE)
    def get(self, player_id: int) -> Response:
        """Show a player's inventory as it is now."""
        player = services().players.player(player_id)
        return json_response(inventory_view(player.inventory, services().catalogue))


@players.route("/<int:player_id>/trades")
class PlayerTrades(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """What one player did lately."""

    @documented(
        players,
        *(200, 404, 422, 503),
        query={
            "limit": f"trades a page, {LIMIT_DEFAULT} when not given",
            "cursor": "`next_cursor` of the page before",
        },
    )
    @allowed(*EVERY_ROLE)
    def get(self, player_id: int) -> Response:
        """List a player's recent trades, newest first, settled and refused ones.

        The API keeps the latest of each player; the tables keep all.
        """
        lines = services().players.recent_trades(player_id)
        return json_response(recent_page(lines, request.args.get("cursor"), limit()))


@players.route("/<int:player_id>/purchases")
class Purchases(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Buying from the shop."""

    @documented(
        players, 201, 400, 404, 409, 422, 503, body=ShopOrder, view=SettledView, changes=True
    )
    @allowed(*_ACTING)
    def post(self, player_id: int) -> Response:
        """Buy units of an item from the shop, at the shop's price."""
        return outcome_response(services().shop.buy(player_id, body(ShopOrder), asked()))


@players.route("/<int:player_id>/sales")
class Sales(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Selling to the shop."""

    @documented(
        players, 201, 400, 404, 409, 422, 503, body=ShopOrder, view=SettledView, changes=True
    )
    @allowed(*_ACTING)
    def post(self, player_id: int) -> Response:
        """Sell units of an item to the shop, at the shop's price."""
        return outcome_response(services().shop.sell(player_id, body(ShopOrder), asked()))


@players.route("/<int:player_id>/guild")
class PlayerGuild(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """The guild that one player is in."""

    @documented(
        players, 200, 400, 404, 409, 422, 503, body=GuildOrder, view=SettledView, changes=True
    )
    @allowed(*_ACTING)
    def put(self, player_id: int) -> Response:
        """Join a guild, for its fee."""
        order = body(GuildOrder)
        return outcome_response(services().guilds.join(player_id, order.guild, asked()), 200)

    @documented(players, 200, 400, 404, 409, 422, 503, view=SettledView, changes=True)
    @allowed(*_ACTING)
    def delete(self, player_id: int) -> Response:
        """Leave the guild: the one named in the body, or whichever the player is in."""
        named = body(GuildOrder).guild if received() else None
        return outcome_response(services().guilds.leave(player_id, named, asked()), 200)
