"""The catalogue."""

from __future__ import annotations

from flask import Response, request
from flask_restx import Namespace, Resource

from src.api.authentication import EVERY_ROLE, allowed
from src.api.context import cursor_number, limit, services
from src.api.documentation import documented
from src.api.views import json_response
from src.services.errors import UnknownItem

items = Namespace("items", "The catalogue: what exists, and its base value", path="/v1/items")


@items.route("")
class Items(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """All items."""

    @documented(
        items,
        *(200, 422),
        query={
            "kind": "only items of this kind, as `sword`",
            "material": "only items of this material, as `copper`",
            "limit": "items a page",
            "cursor": "`next_cursor` of the page before",
        },
    )
    @allowed(*EVERY_ROLE)
    def get(self) -> Response:
        """List the items, by rising item_id."""
        kind, material = request.args.get("kind"), request.args.get("material")
        after, count = cursor_number(), limit()
        found = [
            item
            for item in services().catalogue
            if item.item_id > after
            and kind in {None, item.kind}
            and material in {None, item.material}
        ]
        page = found[:count]
        next_cursor = str(page[-1].item_id) if len(found) > count else None
        return json_response({"items": page, "next_cursor": next_cursor})


@items.route("/<int:item_id>")
class OneItem(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """One item."""

    @documented(items, 200, 404)
    @allowed(*EVERY_ROLE)
    def get(self, item_id: int) -> Response:
        """Show an item."""
        if item_id not in services().catalogue:
            raise UnknownItem(f"There is no item {item_id}.")
        return json_response(services().catalogue.item(item_id))
