"""The Flask application: namespaces, errors and metrics put together."""

from __future__ import annotations

from flask import Flask, Response
from flask_restx import Api

from src.api.around import around_requests
from src.api.authentication import Authenticator, attach_authenticator, authenticator_of
from src.api.battles import battles
from src.api.context import attach, services
from src.api.documentation import add_models
from src.api.economy import economy
from src.api.errors import response_to
from src.api.guilds import guilds
from src.api.health import health
from src.api.hot.commit_queue import CommitQueue
from src.api.hot.lookups import Lookups
from src.api.hot.path import HotPath
from src.api.hot.single_trades import SingleTrades
from src.api.ids import IdConverter
from src.api.items import items
from src.api.legacy import legacy
from src.api.players import players
from src.api.trades import trades
from src.api.wsgi_bridge import WsgiBridge
from src.bootstrap import build_services, new_id
from src.config import Settings
from src.exposure import serves_legacy_routes

_BEARER = {
    "bearer": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Bearer TOKEN`; `./guildhall token game` prints a token.",
    }
}


class _GuildhallApi(Api):  # type: ignore[misc]  # flask-restx is untyped
    """flask-restx with our errors."""

    def error_router(self, _original_handler: object, e: Exception) -> Response:
        """Answer whatever was raised, by a route or before there was one.

        flask-restx' own looks the route up again first, and fails anew where that was the fault.
        """
        return response_to(e)


def build_app(settings: Settings) -> Flask:
    """Return the WSGI application. Nothing connects before the first request."""
    app = Flask("guildhall", static_folder=None)
    app.url_map.converters["int"] = IdConverter
    # A doubled slash is another address, not one to be sent on to.
    app.url_map.merge_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=settings.api_body_bytes_max,
        RESTX_INCLUDE_ALL_MODELS=True,
        RESTX_MASK_SWAGGER=False,
        SWAGGER_UI_DOC_EXPANSION="list",
    )
    use_cases = build_services(settings)
    if serves_legacy_routes(settings):
        # Before flask-restx, which would have `/` for itself.
        app.register_blueprint(legacy)
    attach(app, use_cases)
    attach_authenticator(app, Authenticator(use_cases.tokens, settings.token_cache_s))
    app.wsgi_app = around_requests(app.wsgi_app, new_id)  # type: ignore[assignment, method-assign]  # as Flask documents it
    api = _GuildhallApi(
        app,
        version="1",
        title="Guildhall",
        description="A trade-economy game server that an operator can audit.",
        doc="/docs",
        authorizations=_BEARER,
        validate=False,
    )
    add_models(api)
    for namespace in (players, trades, items, guilds, battles, economy, health):
        api.add_namespace(namespace)
    return app


def build_asgi_app(app: Flask, settings: Settings) -> HotPath:
    """Return the ASGI application: `app`, with single trades and look-ups served in front of it."""
    with app.app_context():
        use_cases = services()
    body_bytes_max = settings.api_body_bytes_max
    queue = CommitQueue(use_cases.group_commit.carry_out, settings.commit_attempts_max)
    return HotPath(
        WsgiBridge(app, settings.api_threads, body_bytes_max),
        SingleTrades(use_cases.trades, queue, body_bytes_max),
        Lookups(use_cases.group_reading, use_cases.catalogue),
        authenticator_of(app),
        store=use_cases.loop_store,
        new_id=new_id,
    )
