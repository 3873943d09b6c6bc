"""Every route of the API with a request that it serves, and who may send it."""

from __future__ import annotations

from typing import Any, NamedTuple

from src.player_store.tokens import Role

OPERATOR, GAME, PLAYER, ANALYST = Role.OPERATOR, Role.GAME, Role.PLAYER, Role.ANALYST
EVERYBODY = frozenset(Role)
ACTING = frozenset({OPERATOR, GAME, PLAYER})
GAMES = frozenset({OPERATOR, GAME})
ASKING = frozenset({OPERATOR, ANALYST})

TRADE = {
    "player_1": {"player_id": 1, "gold": 1},
    "player_2": {"player_id": 2, "items": [{"item_id": 7, "quantity": 1}]},
}


class Route(NamedTuple):
    """A route; `path` is served for players 1 (a farmer) and 2 (a hunter)."""

    method: str
    rule: str
    path: str
    status: int
    roles: frozenset[Role]
    body: Any = None

    @property
    def changes(self) -> bool:
        """Whether it takes an idempotency key."""
        return self.method != "GET"


ROUTES = (
    Route("POST", "/v1/players", "/v1/players", 201, GAMES, {"player_class": "farmer"}),
    Route("GET", "/v1/players/<int:player_id>", "/v1/players/1", 200, EVERYBODY),
    Route(
        "GET", "/v1/players/<int:player_id>/inventory", "/v1/players/1/inventory", 200, EVERYBODY
    ),
    Route("GET", "/v1/players/<int:player_id>/trades", "/v1/players/1/trades", 200, EVERYBODY),
    Route("POST", "/v1/trades", "/v1/trades", 201, GAMES, TRADE),
    Route("POST", "/v1/trades/batch", "/v1/trades/batch", 200, GAMES, {"trades": [TRADE]}),
    Route("GET", "/v1/items", "/v1/items?limit=1", 200, EVERYBODY),
    Route("GET", "/v1/items/<int:item_id>", "/v1/items/101", 200, EVERYBODY),
    Route(
        "POST",
        "/v1/players/<int:player_id>/purchases",
        "/v1/players/1/purchases",
        201,
        ACTING,
        {"item_id": 101},
    ),
    Route(
        "POST",
        "/v1/players/<int:player_id>/sales",
        "/v1/players/1/sales",
        201,
        ACTING,
        {"item_id": 6, "quantity": 2},
    ),
    Route("GET", "/v1/guilds", "/v1/guilds", 200, EVERYBODY),
    Route("POST", "/v1/guilds", "/v1/guilds", 201, GAMES, {"name": "Night Watch", "fee": 5}),
    Route(
        "GET", "/v1/guilds/<string:name>/members", "/v1/guilds/Wayfarers/members", 200, EVERYBODY
    ),
    Route(
        "PUT",
        "/v1/players/<int:player_id>/guild",
        "/v1/players/1/guild",
        200,
        ACTING,
        {"guild": "Wayfarers"},
    ),
    Route("DELETE", "/v1/players/<int:player_id>/guild", "/v1/players/1/guild", 200, ACTING),
    Route("GET", "/v1/enemies", "/v1/enemies", 200, EVERYBODY),
    Route(
        "POST",
        "/v1/players/<int:player_id>/battles",
        "/v1/players/1/battles",
        201,
        ACTING,
        {"enemy": "Cave Rat"},
    ),
    Route("GET", "/v1/economy/queries", "/v1/economy/queries", 200, ASKING),
    Route(
        "GET",
        "/v1/economy/queries/<string:name>",
        "/v1/economy/queries/trade_count",
        200,
        ASKING,
    ),
)

#: Routes that probes and browsers ask without a token.
OPEN_ROUTES = ("/healthz", "/readyz", "/metrics", "/swagger.json", "/docs")
#: What flask-restx serves beside them: the page's own scripts, and an empty page at the top.
OTHER_RULES = ("/swaggerui/<path:filename>", "/")

_STATE = {"gold": 500, "gold_traded": 1}
_FARMER = [{"item_id": 5, "quantity": 500}, {"item_id": 6, "quantity": 399}]
_HUNTER = [{"item_id": 7, "quantity": 450}, {"item_id": 8, "quantity": 449}]

#: The routes of old clients with what they send; the trade is of players 1 and 2 as created.
LEGACY_ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/", None),
    ("PUT", "/create_player", {"player_class": "random", "username": "Nansa"}),
    (
        "POST",
        "/trade",
        {
            "player_1": {
                **_STATE,
                "player_id": 1,
                "inventory": {"max_capacity": 999, "current_capacity": 100, "items": _FARMER},
                "items_traded": [{"item_id": 5, "quantity": 1}],
            },
            "player_2": {
                **_STATE,
                "player_id": 2,
                "inventory": {"max_capacity": 999, "current_capacity": 100, "items": _HUNTER},
                "items_traded": [{"item_id": 7, "quantity": 1}],
            },
        },
    ),
    ("GET", "/purchase_sword", None),
    ("GET", "/purchase_a_sword", None),
    ("GET", "/purchase_a_shield", None),
    ("GET", "/purchase_a_potion", None),
    ("GET", "/purchase_a_weapon", {"weapon_type": "sword"}),
    (
        "POST",
        "/purchase_a_weapon",
        {"weapon_type": "sword", "damage_level": 70, "range": 2, "gold_cost": 150},
    ),
    ("GET", "/join_a_guild", None),
    ("POST", "/join_a_guild", {"guild_name": "Ironhand", "special_power": "flying"}),
    ("GET", "/join_guild", None),
    ("POST", "/join_guild", {"guild_name": "Wayfarers", "region": "ny"}),
    ("GET", "/leave_guild", None),
    ("GET", "/get_credit", None),
    ("GET", "/enter_a_battle", None),
    ("POST", "/enter_a_battle", {"enemy": "Exodus", "outcome": "won"}),
    ("GET", "/shutdown", None),
)
