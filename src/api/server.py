"""Serving the application with granian."""

from __future__ import annotations

import os
from typing import Any

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

from src.config import Settings, as_environment
from src.exposure import serves_legacy_routes

#: Seconds that a worker may take to finish what it serves before it is ended.
_STOP_S = 20
_BACKLOG = 1_024


def serve(settings: Settings) -> None:
    """Serve until SIGTERM; workers that die are started again.

    Raises:
        SettingsError: `legacy_routes` does not fit the address.
    """
    # Else each worker would find out, die, and be started again.
    serves_legacy_routes(settings)
    # Workers are processes of their own: they load their settings and find the metrics' folder
    # by the environment.
    os.environ.update(as_environment(settings))
    folder = settings.var / "run" / "metrics"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    build_server("app:create_asgi_app", settings, Interfaces.ASGINL).serve()


def build_server(factory: str, settings: Settings, interface: Interfaces) -> AbstractServer[Any]:
    """Return the server of an application.

    Args:
        factory: where the function lies that returns the application, as `module:function`.
        settings: its address, workers and threads.
        interface: how the application is called; only WSGI's threads are the server's.
    """
    return Server(
        factory,
        factory=True,
        address=settings.api_host,
        port=settings.api_port,
        interface=interface,
        workers=settings.api_workers,
        loop=Loops.uvloop,
        blocking_threads=settings.api_threads if interface is Interfaces.WSGI else 1,
        websockets=False,
        backlog=_BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_S,
        log_level=LogLevels.warning,
    )
