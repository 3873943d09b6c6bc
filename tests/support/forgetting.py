"""A Redis that loses what it has, the log that does not, and the rebuild between them."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import redis

from src.audit.landed_positions import landed_positions
from src.audit.rebuild import Parts, Rebuilt, rebuild
from src.bootstrap import build_log, build_log_reader, build_restoration, build_store
from src.config import Settings
from src.economy.engines import open_engine
from tests.support.redis import RunningRedis
from tests.support.relays import drained, relay_of

#: What a rebuild need not bring back: docs/guides/recover.md lists it.
NOT_RESTORED = ("answer:", "tokens", "checked_run_id", "outbox", "outbox_bytes")


def contents(settings: Settings) -> dict[str, Any]:
    """Return what a rebuild must bring back: every key of the realm, and its value."""
    prefix = f"{{{settings.realm}}}:"
    with closing(redis.Redis(port=settings.redis_port, protocol=2)) as client:
        names = (key.decode().removeprefix(prefix) for key in client.scan_iter(match=f"{prefix}*"))
        return {
            name: _value(client, prefix + name)
            for name in names
            if not name.startswith(NOT_RESTORED)
        }


def lose_everything(server: RunningRedis) -> None:
    """Take a server's data away and start it again."""
    server.kill()
    shutil.rmtree(Path(server.settings.var_dir) / "redis" / "appendonlydir")
    server.start()


def published(settings: Settings) -> int:
    """Let a relay publish all that waits; return its position."""
    with relay_of(settings, entries_max=1_000) as relay:
        return drained(relay, relay.start())


def open_again(settings: Settings) -> None:
    """Do what the next relay does: check Redis, and let writers in."""
    with relay_of(settings) as relay:
        relay.start()


def rebuilt(settings: Settings, *, is_dry_run: bool = False, **instead: Any) -> Rebuilt:
    """Rebuild a realm.

    Args:
        settings: of the realm.
        is_dry_run: as of the command.
        instead: parts that are not the real ones.
    """
    with ExitStack() as stack:
        parts = {
            "target": stack.enter_context(closing(build_restoration(settings))),
            "live": stack.enter_context(closing(build_store(settings))),
            "log": stack.enter_context(closing(build_log(settings))),
            "reader": build_log_reader(settings),
            "open_engine": lambda: open_engine(settings),
            "positions": lambda: landed_positions(Path(settings.warehouse)),
            "recent_kept": settings.recent_trades_kept,
        }
        return rebuild(Parts(**{**parts, **instead}), lambda *_: None, is_dry_run=is_dry_run)


def _value(client: redis.Redis, key: str) -> Any:
    kind: Any = client.type(key)
    match kind:
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"zset":
            return client.zrange(key, 0, -1, withscores=True)
        case b"hash":
            return client.hgetall(key)
    raise AssertionError(f"{key} is a {kind!r}, which no key of ours is")
