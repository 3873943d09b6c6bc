"""What the hot path is asked and what it answers, in the words of ASGI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from msgspec import Struct

from src.api.wsgi_bridge import Receive, head_of
from src.player_store.tokens import Holder

#: More digits than any length that is read has; int() of thousands fails.
_LENGTH_DIGITS_MAX = 15


class Asker(Struct, frozen=True):
    """Who asks: the headers, each of which came once, the holder of its token, the request's id."""

    headers: Mapping[bytes, bytes]
    holder: Holder
    request_id: str

    @property
    def announces_body(self) -> bool:
        """Whether a body may come."""
        return b"content-length" in self.headers or b"transfer-encoding" in self.headers

    @property
    def body_bytes(self) -> int | None:
        """How long the body will be, as announced; None when nobody can tell."""
        length = self.headers.get(b"content-length", b"")
        return int(length) if length.isdigit() and len(length) <= _LENGTH_DIGITS_MAX else None


class Answer(Struct, frozen=True):
    """A response: the route that it is counted under, its first ASGI message, and its body."""

    route: str
    head: dict[str, Any]
    content: bytes


class Unread:
    """What a client sends: the first message can be looked at, and is there for who reads on."""

    def __init__(self, receive: Receive) -> None:
        """Receive by `receive`."""
        self._receive = receive
        self._first: Mapping[str, Any] | None = None

    async def first(self) -> Mapping[str, Any]:
        """Return the first message; ask once."""
        self._first = await self._receive()
        return self._first

    async def __call__(self) -> Any:  # noqa: ANN401 - an ASGI message
        """Receive the next message."""
        message, self._first = self._first, None
        return message if message is not None else await self._receive()


def json_answer(
    route: str, status: int, content: bytes, headers: Iterable[tuple[str, str]] = ()
) -> Answer:
    """Return an answer of JSON."""
    head = head_of(status, headers)
    length = b"%d" % len(content)
    head["headers"] += ((b"content-type", b"application/json"), (b"content-length", length))
    return Answer(route, head, content)


def answer_of(route: str, response: Response) -> Answer:
    """Return what Flask would have sent."""
    head = head_of(response.status_code, response.headers.items())
    return Answer(route, head, response.get_data())


def text_of(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return the text of a header, None when it is not there."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")
