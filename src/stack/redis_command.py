"""How the stack's Redis is started."""

from __future__ import annotations

from src.config import Settings
from src.stack.layout import ROOT, Layout

_CONFIG = ROOT / "deploy" / "redis" / "redis.conf"


def redis_command(settings: Settings, layout: Layout) -> tuple[str, ...]:
    """Return the command that runs Redis in the foreground; SIGTERM stops it in order."""
    return (
        "redis-server",
        str(_CONFIG),
        *("--bind", settings.redis_host),
        *("--port", str(settings.redis_port)),
        *("--dir", str(layout.redis)),
        *("--appendfsync", settings.redis_appendfsync),
    )
