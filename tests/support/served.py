"""A realm behind the real server: what a client on the network sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from src.player_store.tokens import Role
from tests.support.api import running_api
from tests.support.kafka import free_ports
from tests.support.realm import Realm, open_realm
from tests.support.redis import running_redis


class ServedRealm(NamedTuple):
    """A realm, the address of its server, and a token of role game."""

    realm: Realm
    url: str
    token: str


@contextmanager
def served_realm(folder: Path) -> Iterator[ServedRealm]:
    """Run a Redis and a server with two workers for an empty realm."""
    with running_redis(folder / "redis") as redis:
        settings = replace(
            redis.settings,
            api_port=free_ports(1)[0],
            api_workers=2,
            var_dir=str(folder / "var"),
        )
        with open_realm(settings) as realm, running_api(settings, folder / "api.log"):
            token = realm.services.tokens.issue(Role.GAME)
            yield ServedRealm(realm, settings.api_url, token)
