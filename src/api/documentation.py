"""OpenAPI of the routes: models come from the very types that decode and encode the bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar, cast

import msgspec
from flask_restx import Api, Namespace, SchemaModel

from src.api.views import BattleView, PlayerView, SettledView
from src.services.orders import (
    BatchOrder,
    BattleOrder,
    FoundGuildOrder,
    GuildOrder,
    PlayerOrder,
    ShopOrder,
    TradeOrder,
)

Route = TypeVar("Route", bound=Callable[..., Any])

#: Bodies that can be tried as they stand, once two players and a guild are there.
_EXAMPLES: Mapping[type[Any], Any] = {
    PlayerOrder: {"username": "Nansa", "player_class": "farmer"},
    TradeOrder: {
        "player_1": {"player_id": 1, "gold": 10, "items": []},
        "player_2": {"player_id": 2, "gold": 0, "items": [{"item_id": 7, "quantity": 1}]},
    },
    BatchOrder: {
        "trades": [
            {"player_1": {"player_id": 1, "gold": 5}, "player_2": {"player_id": 2}},
            {"player_1": {"player_id": 2, "gold": 5}, "player_2": {"player_id": 1}},
        ]
    },
    ShopOrder: {"item_id": 101, "quantity": 1},
    GuildOrder: {"guild": "Wayfarers"},
    BattleOrder: {"enemy": "Cave Rat"},
    FoundGuildOrder: {"name": "Night Watch", "fee": 25, "region": "north"},
}

_VIEWS: tuple[type[Any], ...] = (PlayerView, SettledView, BattleView)

_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `reason` is a stable word.",
    "required": ["type", "title", "status", "detail", "reason"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "reason": {"type": "string"},
        "trade_id": {"type": "string"},
        "facts": {"type": "object"},
    },
}

_WHEN = {
    200: "done",
    201: "settled or created",
    400: "malformed body",
    401: "no valid token",
    403: "the role may not do this",
    404: "unknown player, item, guild, enemy or question",
    409: "refused; `reason` says why",
    422: "well formed but invalid; each fault with its path",
    503: "not now; Retry-After says when",
}


def _models() -> dict[str, SchemaModel]:
    _, components = msgspec.json.schema_components(
        (*_EXAMPLES, *_VIEWS), ref_template="#/definitions/{name}"
    )
    schemas = {name: _as_swagger(schema) for name, schema in components.items()}
    for kind, example in _EXAMPLES.items():
        schemas[kind.__name__]["example"] = example
    schemas["Problem"] = _PROBLEM
    return {name: SchemaModel(name, schema) for name, schema in schemas.items()}


def add_models(api: Api) -> None:
    """Register every model with the API's documentation."""
    api.models.update(MODELS)


def documented(
    namespace: Namespace,
    *answers: int,
    body: type[Any] | None = None,
    view: type[Any] | None = None,
    query: Mapping[str, str] | None = None,
    changes: bool = False,
) -> Callable[[Route], Route]:
    """Describe a route: the statuses it answers, its body, what a success shows, its query.

    `changes` says that it changes something, and so takes an idempotency key.
    """

    def decorate(route: Route) -> Route:
        described: Any = route
        for status in (*answers, 401, 403):
            shown = view.__name__ if view else ""
            model = MODELS.get("Problem" if status >= HTTPStatus.BAD_REQUEST else shown)
            described = namespace.response(status, _WHEN[status], model)(described)
        params = {
            name: {"in": "query", "description": means} for name, means in (query or {}).items()
        }
        if body is not None:
            described = namespace.expect(MODELS[body.__name__])(described)
        if changes:
            params["Idempotency-Key"] = {"in": "header", "description": _KEY_MEANS}
        return cast("Route", namespace.doc(security="bearer", params=params)(described))

    return decorate


_KEY_MEANS = "The same key and body get the first answer again, and nothing is done twice."


def _as_swagger(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON Schema in the subset that Swagger 2.0 has: no `null` type, no `anyOf`."""
    if isinstance(schema, list):
        return [_as_swagger(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    options = [o for o in schema.get("anyOf", ()) if o != {"type": "null"}]
    if len(options) == 1:
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        return _as_swagger({**rest, **options[0], "x-nullable": True})
    return {
        name: _as_swagger(value)
        for name, value in schema.items()
        if not (name == "default" and value is None) and not (name == "required" and not value)
    }


#: Every model by its name.
MODELS = _models()
