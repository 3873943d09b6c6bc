"""The WSGI application behind the ASGI server: some threads serve it.

The libraries that do this (a2wsgi, asgiref) hand each part of a body between loop and thread, and
take several times what Flask itself takes (docs/decisions/0032). Here a request goes over once,
with its whole body, which is bounded, and so does its response.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: ASGI 3.0: a connection's facts, and the two ways of its messages.
Scope = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]

#: WSGI's names of the two headers that it does not call HTTP_...
_OWN_NAMES = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


class WsgiBridge:
    """An ASGI application that serves a WSGI one."""

    def __init__(self, app: WSGIApplication, threads: int, body_bytes_max: int) -> None:
        """Serve `app` by some threads, which refuses larger bodies than `body_bytes_max`."""
        self._app = app
        self._body_bytes_max = body_bytes_max
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="wsgi")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = await self._body(receive)
        loop = asyncio.get_running_loop()
        head, content = await loop.run_in_executor(self._threads, self._response, scope, body)
        await send(head)
        await send({"type": "http.response.body", "body": content})

    def close(self) -> None:
        """Let the threads go, after the requests that are under way."""
        self._threads.shutdown()

    async def _body(self, receive: Receive) -> bytes:
        """Return what comes of the body, up to a byte more than the application will read."""
        parts, count, is_open = [], 0, True
        while is_open and count <= self._body_bytes_max:
            message = await receive()
            # The client may go away before all has come: `http.disconnect` has no body.
            part = message.get("body", b"")
            parts.append(part)
            count += len(part)
            is_open = message.get("more_body", False)
        return b"".join(parts)

    def _response(self, scope: Scope, body: bytes) -> tuple[dict[str, Any], bytes]:
        parts: list[bytes] = []
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(
            status: str, headers: list[tuple[str, str]], *_error: object
        ) -> Callable[[bytes], Any]:
            begun.append((status, headers))
            return parts.append

        answered: Iterable[bytes] = self._app(environ_of(scope, body), start)
        try:
            parts.extend(answered)
        finally:
            if hasattr(answered, "close"):
                answered.close()
        status, headers = begun[-1]
        return head_of(int(status[:3]), headers), b"".join(parts)


def head_of(status: int, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the ASGI message that begins a response."""
    lowered = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": lowered}


def environ_of(scope: Scope, body: bytes) -> WSGIEnvironment:
    """Return the WSGI environment of an ASGI request (PEP 3333)."""
    server, port = scope.get("server") or ("127.0.0.1", 0)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # The bytes as they came, each as one character: `path` has them decoded already.
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server),
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        own = _OWN_NAMES.get(name) or f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
        text = value.decode("latin-1")
        environ[own] = f"{environ[own]},{text}" if own in environ else text
    if "CONTENT_LENGTH" not in environ:
        # All is here, and ends; else nothing would be read. Werkzeug heeds any value, even False.
        environ["wsgi.input_terminated"] = True
    return environ
