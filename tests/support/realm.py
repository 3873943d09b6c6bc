"""A realm to test in: its services on the real Redis, and a look at everything it wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import redis

from src.bootstrap import Services, build_outbox, build_services
from src.config import Settings
from src.events.outbox_entry import Record, read_entry
from src.player_store.keys import Keys
from src.services.answers import Asked
from src.services.orders import Line, PlayerOrder, Side, TradeOrder
from tests.support.books import Books, EventDict, audit, events_of
from tests.support.redis import dump

_ALL = 10_000_000


class Realm:
    """One game world on a real Redis."""

    def __init__(self, settings: Settings, client: redis.Redis) -> None:
        self.settings = settings
        self.redis = client
        self.keys = Keys(settings.realm)
        self.services: Services = build_services(settings)

    def open(self) -> None:
        """Do what the relay does once it has checked Redis: let writers in."""
        with closing(build_outbox(self.settings)) as outbox:
            outbox.open_for_writers()

    def create(self, player_class: str = "farmer", username: str | None = None) -> int:
        """Create a player and return its id."""
        told = self.services.players.create(PlayerOrder(username, player_class), Asked())
        assert told.outcome.created is not None
        return told.outcome.created.player_id

    def records(self) -> list[Record]:
        """Return all that waits in the outbox."""
        with closing(build_outbox(self.settings)) as outbox:
            entries = outbox.read(0, _ALL, 1)
        return [record for entry in entries for record in read_entry(entry.payload, entry.last_seq)]

    def entries(self) -> list[tuple[bytes, dict[bytes, bytes]]]:
        """Return the entries of the outbox as they lie there, with their ids."""
        found: Any = self.redis.xrange(self.keys.outbox)
        return list(found)

    def events(self) -> list[EventDict]:
        """Return the events that wait in the outbox."""
        return events_of(self.records())

    def audit(self) -> Books:
        """Check everything that the realm holds and wrote; the outbox must be untrimmed."""
        return audit(self.events(), self.services.store.all_players(), self.services.catalogue)

    def dump(self) -> dict[bytes, bytes]:
        """Return every key with its serialized value."""
        return dump(self.redis)

    def ttl_s(self, key: str) -> int:
        """Return the seconds that a key has to live."""
        left: Any = self.redis.ttl(key)
        return int(left)

    def close(self) -> None:
        """Close every connection of the services."""
        self.services.store.close()
        self.services.tokens.close()


def gives(player_id: int, gold: int = 0, *items: tuple[int, int]) -> Side:
    """Say what a player gives, items as (item id, units)."""
    return Side(player_id, gold, tuple(Line(item_id, quantity) for item_id, quantity in items))


def swap(one: Side, two: Side) -> TradeOrder:
    """Say what two players give each other."""
    return TradeOrder(one, two)


@contextmanager
def open_realm(settings: Settings) -> Iterator[Realm]:
    """Give a realm that takes commits, and close its connections at the end."""
    with closing(redis.Redis(settings.redis_host, settings.redis_port, protocol=2)) as client:
        found = Realm(settings, client)
        try:
            found.open()
            yield found
        finally:
            found.close()


@pytest.fixture
def realm(settings: Settings) -> Iterator[Realm]:
    """Give a realm of the test's own that takes commits."""
    with open_realm(settings) as found:
        yield found
