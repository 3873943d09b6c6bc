"""Who asks for a change: the request's id, and its idempotency key with what was asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from src.api.errors import InvalidRequest
from src.services.answers import Asked

#: Visible ASCII: what a header can carry unharmed.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def asking(
    request_id: str, key: str | None, token_id: str, asks: str, body: Callable[[], bytes]
) -> Asked:
    """Return who asks, with the idempotency key if the request has one.

    Args:
        request_id: of the request.
        key: its `Idempotency-Key`, if it has one.
        token_id: of the token that it carries.
        asks: its method and path, as `POST /v1/trades`.
        body: returns its body; only called when there is a key.

    Raises:
        InvalidRequest: the key is not 1 to 255 visible ASCII characters.
    """
    if key is None:
        return Asked(request_id)
    if not _KEY.fullmatch(key):
        fault = "must be 1 to 255 visible ASCII characters"
        raise InvalidRequest([{"path": "header Idempotency-Key", "fault": fault}])
    seen = hashlib.blake2b(digest_size=16)
    seen.update(f"{asks}\n".encode())
    seen.update(body())
    return Asked(request_id, token_id, key, seen.hexdigest())
