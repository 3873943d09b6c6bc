"""What happens around every request: it gets an id, and is counted and timed.

Plain WSGI: as Flask hooks (before_request, after_request, `g` and the `request` proxy) the same
costs as much processor time as half a Flask hello.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from src.api.metrics import count_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where a request's id stands in its WSGI environment.
REQUEST_ID = "guildhall.request_id"

#: Visible ASCII: what a header can carry unharmed.
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


def around_requests(app: WSGIApplication, new_id: Callable[[], str]) -> WSGIApplication:
    """Wrap an application so that each request has an id, which its response tells.

    The id is the client's `X-Request-Id` when it is usable, else `new_id()`.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began_at = time.perf_counter()
        request_id = usable_id(environ.get("HTTP_X_REQUEST_ID")) or new_id()
        environ[REQUEST_ID] = request_id

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:  # noqa: ANN401 - WSGI
            route = _route(environ)
            took_s = time.perf_counter() - began_at
            count_request(environ["REQUEST_METHOD"], route, status[:3], took_s)
            return start_response(status, [*headers, ("X-Request-Id", request_id)], *error)

        return app(environ, start)

    return serve


def usable_id(given: str | None) -> str | None:
    """Return a client's `X-Request-Id` when it is one to keep, else None."""
    return given if given and _REQUEST_ID.fullmatch(given) else None


def _route(environ: WSGIEnvironment) -> str:
    """Return the rule, not the path: one series a route, however many players there are."""
    # Werkzeug leaves its request here.
    request = environ.get("werkzeug.request")
    rule = None if request is None else request.url_rule
    return "unknown" if rule is None else str(rule.rule)
