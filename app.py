"""The HTTP server: `create_app()` is the WSGI application, `python app.py` serves it."""

from __future__ import annotations

from flask import Flask

from src.config import load_settings


def create_app() -> Flask:
    """Return the application with the settings of this stack."""
    from src.api.application import build_app  # noqa: PLC0415 - a worker's first import reads the metrics' folder

    return build_app(load_settings())


def main() -> None:
    """Serve until SIGTERM; workers that die are started again."""
    from src.api.server import serve  # noqa: PLC0415 - as above

    serve(load_settings())


if __name__ == "__main__":
    main()
