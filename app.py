"""The HTTP server: `create_app()` is the WSGI application, `python app.py` serves it."""

from __future__ import annotations

import gc

from flask import Flask

from src.config import load_settings

#: Python's own is 700, a request's worth.
_OBJECTS_BETWEEN_PASSES = 20_000


def create_app() -> Flask:
    """Return the application with the settings of this stack."""
    from src.api.application import build_app  # noqa: PLC0415 - a worker's first import reads the metrics' folder

    app = build_app(load_settings())
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
