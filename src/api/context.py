"""What a route gets at: the use cases, the request's body, key and query."""

from __future__ import annotations

import sys
from typing import TypeVar

from flask import Flask, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from src.api.around import REQUEST_ID
from src.api.asking import asking
from src.api.bodies import decoded
from src.api.errors import InvalidRequest, MalformedBody
from src.bootstrap import Services
from src.services.answers import Asked

Body = TypeVar("Body")

_EXTENSION = "guildhall"
LIMIT_DEFAULT = 50
LIMIT_MAX = 1_000


def attach(app: Flask, services: Services) -> None:
    """Give an application its use cases."""
    app.extensions[_EXTENSION] = services


def services() -> Services:
    """Return the use cases of the application that serves this request."""
    found: Services = current_app.extensions[_EXTENSION]
    return found


def body(kind: type[Body]) -> Body:
    """Return the request's body; an empty one counts as `{}`.

    Raises:
        MalformedBody: it is not JSON.
        InvalidRequest: it is not a `kind`; names each fault.
    """
    return decoded(received() or b"{}", kind)


def received() -> bytes:
    """Return the request's body as it came.

    Raises:
        MalformedBody: the client went away before all of it had come.
        RequestEntityTooLarge: it is larger than this server reads.
    """
    data = request.get_data(cache=True)
    announced = request.content_length
    if announced is None:
        # Nobody knows how long it should be: what is left of a broken one is a part that is not
        # JSON, or nothing, which must not count as `{}`. Werkzeug stops at the limit in silence.
        if len(data) >= (request.max_content_length or sys.maxsize):
            raise RequestEntityTooLarge
        is_whole = bool(data) or "Transfer-Encoding" not in request.headers
    else:
        is_whole = len(data) == announced
    if not is_whole:
        raise MalformedBody("Not all of the body has come; send the request again.")
    return data


def request_id() -> str:
    """Return the request's id, as `src/api/around.py` gave it."""
    return str(request.environ[REQUEST_ID])


def asked() -> Asked:
    """Return who asks, with the idempotency key if the request has one.

    Raises:
        InvalidRequest: as `src.api.asking.asking` says.
    """
    asks = f"{request.method} {request.path}"
    key = request.environ.get("HTTP_IDEMPOTENCY_KEY")
    return asking(request_id(), key, g.holder.token_id, asks, received)


def limit() -> int:
    """Return how many things a page holds, from `?limit=`.

    Raises:
        InvalidRequest: it is not a whole number from 1 to 1,000.
    """
    return _whole_number("limit", LIMIT_DEFAULT, 1, LIMIT_MAX)


def cursor_number() -> int:
    """Return the id after which a page begins, from `?cursor=`; 0 for the first page.

    Raises:
        InvalidRequest: it is not a cursor that a page gave.
    """
    return _whole_number("cursor", 0, 0, 2**63 - 1)


def _whole_number(name: str, default: int, least: int, most: int) -> int:
    given = request.args.get(name)
    if given is None:
        return default
    # isdecimal and isascii: int() would take signs, spaces and other scripts' digits.
    if given.isascii() and given.isdecimal() and len(given) < 20 and least <= int(given) <= most:  # noqa: PLR2004 - digits of 2**63
        return int(given)
    fault = f"must be a whole number from {least} to {most}"
    raise InvalidRequest([{"path": f"query {name}", "fault": fault}])
