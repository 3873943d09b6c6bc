"""Who asks, and whether they may: bearer tokens with roles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, g, request

from src.api.errors import Forbidden, Unauthenticated
from src.player_store.tokens import Holder, Role, Tokens

Method = TypeVar("Method", bound=Callable[..., Any])

EVERY_ROLE = tuple(Role)

_EXTENSION = "guildhall-authenticator"
#: Tokens that a worker remembers; past this it forgets all and asks Redis again.
_REMEMBERED_MAX = 10_000


class Authenticator:
    """Finds the holder of a token, and trusts what it found for a while."""

    def __init__(self, tokens: Tokens, trusted_s: float) -> None:
        """Ask `tokens`; a token that was revoked may still be trusted for `trusted_s`."""
        self._tokens = tokens
        self._trusted_s = trusted_s
        self._found: dict[str, tuple[float, Holder]] = {}
        self._lock = threading.Lock()

    def holder(self, header: str | None) -> Holder:
        """Return who holds the token of an `Authorization` header.

        Raises:
            Unauthenticated: there is no token, or nobody was issued it.
        """
        token = _token_in(header)
        if not token:
            raise Unauthenticated(
                "Send `Authorization: Bearer TOKEN`; make one by `./guildhall token`."
            )
        if known := self._trusted(token):
            return known
        found = self._tokens.find(token.strip())
        if found is None:
            raise Unauthenticated("This token was not issued here; `./guildhall token` makes one.")
        with self._lock:
            if len(self._found) >= _REMEMBERED_MAX:
                self._found.clear()
            self._found[token] = (time.monotonic() + self._trusted_s, found)
        return found

    def remembered(self, header: str | None) -> Holder | None:
        """Return who holds the token of an `Authorization` header, if that need not be asked."""
        return self._trusted(_token_in(header))

    def _trusted(self, token: str) -> Holder | None:
        known = self._found.get(token)
        return known[1] if known is not None and known[0] > time.monotonic() else None


def _token_in(header: str | None) -> str:
    """Return the token of a header, empty when there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def attach_authenticator(app: Any, authenticator: Authenticator) -> None:  # noqa: ANN401 - a Flask
    """Give an application its authenticator."""
    app.extensions[_EXTENSION] = authenticator


def authenticator_of(app: Any) -> Authenticator:  # noqa: ANN401 - a Flask
    """Return the authenticator of an application."""
    found: Authenticator = app.extensions[_EXTENSION]
    return found


def allowed(*roles: Role) -> Callable[[Method], Method]:
    """Let only these roles in; a `player` only where the path's player_id is its own.

    Raises (when called):
        Unauthenticated: no valid token. Forbidden: another role, or another player.
    """

    def decorate(method: Method) -> Method:
        @wraps(method)
        def guarded(*args: Any, **path: Any) -> Any:  # noqa: ANN401 - as the route's own
            holder = authenticator_of(current_app).holder(request.environ.get("HTTP_AUTHORIZATION"))
            if holder.role not in roles:
                listed = ", ".join(roles)
                raise Forbidden(f"role {holder.role} may not do this; {listed} may")
            if holder.role is Role.PLAYER and path.get("player_id", holder.player_id) != (
                holder.player_id
            ):
                raise Forbidden(f"this token acts for player {holder.player_id} only")
            g.holder = holder
            return method(*args, **path)

        guarded.__dict__["allowed_roles"] = roles
        return guarded  # type: ignore[return-value]  # the same signature

    return decorate
