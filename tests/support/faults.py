"""A player store that fails on purpose, around a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from src.bootstrap import Services, new_id, now
from src.events.record import Recorder
from src.inventory_generation.guilds import load_guilds
from src.player_store.store import RedisPlayerStore
from src.services.ledger import Ledger, Limits
from src.services.ports import Commit, CommitReply, StoreUnreachable
from src.services.trade_service import TradeService
from tests.support.clocks import no_pause
from tests.support.realm import Realm


class FaultyStore(RedisPlayerStore):
    """The real store, with something happening before or after each commit.

    `before` and `after` get the commits of a round trip and may raise; after `before`, only the
    commits that it returns are really made.
    """

    before: Callable[[Sequence[Commit]], Sequence[Commit]]
    after: Callable[[Sequence[Commit]], None]

    def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Commit, with what `before` and `after` do."""
        made = list(commits)
        replies = super().commit(self.before(made), epoch)
        self.after(made)
        return replies


def faulty_store(realm: Realm) -> FaultyStore:
    """Return a store on a realm that does nothing wrong until it is told to."""
    settings = realm.settings
    store = FaultyStore(
        settings.redis_host,
        settings.redis_port,
        realm.keys,
        outbox_entries_max=settings.outbox_entries_max,
        outbox_bytes_max=settings.outbox_bytes_max,
        recent_trades_kept=settings.recent_trades_kept,
        built_in_guilds=load_guilds(),
    )
    store.before = lambda commits: commits
    store.after = lambda _commits: None
    return store


def trades_on(realm: Realm, store: RedisPlayerStore, limits: Limits) -> TradeService:
    """Return the trade service of a realm on another store, with other limits."""
    services: Services = realm.services
    ledger = Ledger(
        store,
        Recorder(services.catalogue, new_id),
        realm=realm.settings.realm,
        clock=now,
        pause=no_pause,
        limits=limits,
    )
    return TradeService(ledger, services.catalogue, new_id)


def dies_after_committing(_commits: Sequence[Commit]) -> None:
    """Lose the answer of a commit that was made."""
    raise StoreUnreachable("the connection was lost")


def dies_after_the_first(store: FaultyStore) -> Callable[[Sequence[Commit]], Sequence[Commit]]:
    """Return what makes only the first commit of a round trip, and loses its answer."""

    def before(commits: Sequence[Commit]) -> Sequence[Commit]:
        store.after = dies_after_committing
        return commits[:1]

    return before
