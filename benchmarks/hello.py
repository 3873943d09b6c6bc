"""The yardstick: a plain Flask application, served exactly as the API is.

`python -m benchmarks.hello` serves it with the settings of its environment.
"""

from __future__ import annotations

from flask import Flask
from granian.constants import Interfaces

from src.api.server import build_server
from src.config import load_settings


def create_app() -> Flask:
    """Return an application with one route that does nothing."""
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app


def main() -> None:
    """Serve until SIGTERM."""
    build_server("benchmarks.hello:create_app", load_settings(), Interfaces.WSGI).serve()


if __name__ == "__main__":
    main()
