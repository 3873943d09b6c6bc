"""The HTTP server: `python app.py` serves it.

`create_app()` is the Flask application with every route, for any WSGI server; `create_asgi_app()`
is what `python app.py` serves: the same, with single trades and look-ups answered before Flask.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from flask import Flask

from src.config import load_settings

if TYPE_CHECKING:
    from src.api.hot.path import HotPath

#: Python's own is 700, a request's worth.
_OBJECTS_BETWEEN_PASSES = 20_000


def create_app() -> Flask:
    """Return the application with the settings of this stack."""
    from src.api.application import build_app  # noqa: PLC0415 - a worker's first import reads the metrics' folder

    return build_app(load_settings())


def create_asgi_app() -> HotPath:
    """Return the application as a worker of the server runs it."""
    from src.api.application import build_app, build_asgi_app  # noqa: PLC0415 - as above

    settings = load_settings()
    app = build_asgi_app(build_app(settings), settings)
    _ease_garbage_collection()
    return app


def _ease_garbage_collection() -> None:
    """Let the garbage collector pass over what a worker has loaded, and come less often.

    A full pass over it takes some 30 ms, in which the worker answers nobody; a request leaves
    hardly a cycle behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_PASSES)


def main() -> None:
    """Serve until SIGTERM; workers that die are started again."""
    from src.api.server import serve  # noqa: PLC0415 - as above

    serve(load_settings())


if __name__ == "__main__":
    main()
