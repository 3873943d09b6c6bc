"""The configuration of the stack's Redis."""

from __future__ import annotations

from pathlib import Path
from string import Template

from src.config import Settings
from src.stack.layout import ROOT, Layout

_TEMPLATE = ROOT / "deploy" / "redis" / "redis.conf"


def render_redis_config(settings: Settings, layout: Layout) -> Path:
    """Write Redis' configuration into the run folder and return its path."""
    path = layout.run / "redis.conf"
    text = Template(_TEMPLATE.read_text()).substitute(
        host=settings.redis_host,
        port=settings.redis_port,
        appendfsync=settings.redis_appendfsync,
        data_dir=str(layout.redis).replace("\\", "\\\\").replace('"', '\\"'),
    )
    path.write_text(text)
    return path
