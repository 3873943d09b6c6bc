"""Liveness, readiness and metrics. They need no token: probes and scrapers carry none."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace, Resource
from prometheus_client import CONTENT_TYPE_LATEST

from src.api.context import services
from src.api.metrics import exposition
from src.api.views import json_response
from src.services.ports import StoreUnreachable

health = Namespace("health", "Liveness, readiness and metrics", path="/")


@health.route("/healthz")
class Healthz(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Liveness."""

    def get(self) -> Response:
        """Say that this worker serves requests."""
        return json_response({"status": "ok"})


@health.route("/readyz")
class Readyz(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Readiness."""

    def get(self) -> Response:
        """Say for each dependency whether trades can be taken."""
        found = _dependencies()
        is_ready = all(state == "ok" for state in found.values())
        status = "ready" if is_ready else "not ready"
        return json_response({"status": status, **found}, 200 if is_ready else 503)


@health.route("/metrics")
class Metrics(Resource):  # type: ignore[misc]  # flask-restx is untyped
    """Prometheus."""

    def get(self) -> Response:
        """Show the counters and gauges of all workers in Prometheus' text format."""
        return Response(exposition(services().store), content_type=CONTENT_TYPE_LATEST)


def _dependencies() -> dict[str, str]:
    store = services().store
    try:
        checked = store.is_checked()
        has_room = store.outbox_has_room()
    except StoreUnreachable:
        return {"redis": "unreachable", "relay": "unknown", "outbox": "unknown"}
    return {
        "redis": "ok",
        "relay": "ok" if checked else "has not checked this Redis against the log yet",
        "outbox": "ok" if has_room else "full: the relay or Kafka does not keep up",
    }
