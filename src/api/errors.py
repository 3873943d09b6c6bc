"""Errors as HTTP: the one place that turns a reason into a status and a problem (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException

from src.classes.errors import Reason
from src.services.errors import Explained
from src.services.ports import StoreUnreachable

logger = logging.getLogger("guildhall.api")

#: What a refusal is in HTTP: 404 when it names what does not exist, else 409.
STATUS_OF_REASON: Mapping[Reason, int] = {
    reason: 404 if reason.word.startswith("unknown_") else 409 for reason in Reason
}

#: The other words that `reason` can be, their statuses, and what they say.
OTHER_REASONS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The body is not JSON."),
    "unauthenticated": (401, "The request carries no valid token."),
    "forbidden": (403, "The token's role may not do this."),
    "not_found": (404, "There is nothing at this address."),
    "unknown_question": (404, "There is no economy question with this name."),
    "method_not_allowed": (405, "This address does not take this method."),
    "busy": (409, "Others changed the same players faster; nothing was changed."),
    "guild_exists": (409, "There is a guild with this name already."),
    "too_large": (413, "The body is larger than this server reads."),
    "invalid": (422, "The request is well formed, but not one that can be served."),
    "amount_too_large": (
        422,
        "Lines of one item, or a price, add up to more than an amount can be.",
    ),
    "unknown_class": (422, "There is no player class with this name."),
    "idempotency_key_reused": (422, "The Idempotency-Key was used for another request."),
    "internal": (500, "The server failed; it is not the request's fault."),
    "economy_busy": (503, "Others are asking; nothing was asked."),
    "economy_unavailable": (503, "The economy cannot be asked now."),
    "outbox_full": (503, "Too many events wait for the log; nothing was changed."),
    "unchecked": (503, "The store is being checked against the log; nothing was changed."),
    "store_unreachable": (503, "The store does not answer."),
}

_REASON_OF_STATUS = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "internal",
}

_RETRY_AFTER = {"Retry-After": "1"}

#: Headers that go with a reason.
HEADERS_OF_REASON: Mapping[str, Mapping[str, str]] = {
    "unauthenticated": {"WWW-Authenticate": 'Bearer realm="guildhall"'},
    "busy": _RETRY_AFTER,
    "economy_busy": _RETRY_AFTER,
    "economy_unavailable": _RETRY_AFTER,
    "outbox_full": _RETRY_AFTER,
    "unchecked": _RETRY_AFTER,
    "store_unreachable": _RETRY_AFTER,
}


class InvalidRequest(Exception):
    """A request that is well formed but cannot be served; `faults` names each place and fault."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        """Name the faults: `{"path": ..., "fault": ...}` each."""
        super().__init__(faults)
        self.faults = faults


class MalformedBody(Explained):
    """A body that is not JSON."""

    reason = "malformed"


class Unauthenticated(Explained):
    """A request without a valid token."""

    reason = "unauthenticated"


class Forbidden(Explained):
    """A request whose token's role may not do this."""

    reason = "forbidden"


def problem(reason: str, detail: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    """Return a problem: type, title, status, detail, reason, and further members."""
    status, title = _status_and_title(reason)
    return {
        "type": f"urn:guildhall:problem:{reason}",
        "title": title,
        "status": status,
        "detail": detail,
        "reason": reason,
        **more,
    }


def problem_response(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as a response, with the headers that its reason calls for."""
    return Response(
        msgspec.json.encode(body),
        status=body["status"],
        headers={**HEADERS_OF_REASON.get(body["reason"], {}), **(headers or {})},
        content_type="application/problem+json",
    )


def response_to(error: Exception) -> Response:
    """Return the response to anything that a route raised."""
    match error:
        case Explained():
            return problem_response(problem(error.reason, error.detail))
        case InvalidRequest(faults=faults):
            told = "; ".join(f"{each['path']}: {each['fault']}" for each in faults)
            return problem_response(problem("invalid", told, faults=faults))
        case StoreUnreachable():
            return problem_response(problem("store_unreachable", "Send it again in a moment."))
        case HTTPException():
            return _response_to_http(error)
        case _:
            logger.error("a route failed", exc_info=error)
            return problem_response(problem("internal", "The log of the API says more."))


def _response_to_http(error: HTTPException) -> Response:
    reason = _REASON_OF_STATUS.get(error.code or 500, "invalid")
    body = problem(reason, error.description or "")
    body["status"] = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return problem_response(body, headers)


def _status_and_title(reason: str) -> tuple[int, str]:
    if reason in OTHER_REASONS:
        return OTHER_REASONS[reason]
    rule = Reason.of(reason)
    return STATUS_OF_REASON[rule], rule.sentence
