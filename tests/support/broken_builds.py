"""Builds that are broken on purpose: the product's own parts, with one promise taken out.

Each dies exactly where the promise would have been needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pyspark.sql import SparkSession

from src.event_log.kafka_log import KafkaEventLog
from src.event_log.log import LogError
from src.events.outbox_entry import Record
from src.inventory_generation.guilds import load_guilds
from src.player_store.conversation import Conversations
from src.player_store.scripts import script
from src.player_store.store import RedisPlayerStore
from src.services.ports import Commit, CommitReply, Committed, StoreUnreachable
from src.streaming.data_files import Positions, Written
from src.streaming.landing import Landing
from src.streaming.tables import LandingTable
from tests.support.realm import Realm


class OutboxOutsideTheCommit(RedisPlayerStore):
    """Writes the states in one step and the outbox entry, with its number, in the next.

    `dies_at` counts the round trips down to the one between whose steps its process dies.
    """

    dies_at = 0

    def commit(self, commits: Iterable[Commit], epoch: str) -> list[CommitReply]:
        """Commit in two steps."""
        self._redis.setnx(self._keys.seq, 0)
        self._conversations = Conversations(
            self._keys,
            self._epoch,
            self._conversations._arguments,  # noqa: SLF001 - the product's, with another script
            unnumbered(script("commit")),
        )
        asked = list(commits)
        replies = super().commit(asked, epoch)
        made = [c for c, r in zip(asked, replies, strict=True) if isinstance(r, Committed)]
        self.dies_at -= bool(made)
        if made and not self.dies_at:
            raise StoreUnreachable("the process died between the two steps")
        for commit in made:
            self._append(commit)
        return replies

    def _append(self, commit: Commit) -> None:
        seq: Any = self._redis.incrby(self._keys.seq, commit.events)
        written: Any = self._redis.hget(self._keys.outbox_bytes, "written")
        entry: dict[Any, Any] = {"1": commit.lines, "written": written}
        self._redis.xadd(self._keys.outbox, entry, id=f"{seq}-0")


def store_on(realm: Realm, kind: type[RedisPlayerStore]) -> RedisPlayerStore:
    """Return a store of this kind on a realm."""
    settings = realm.settings
    return kind(
        settings.redis_host,
        settings.redis_port,
        realm.keys,
        outbox_entries_max=settings.outbox_entries_max,
        outbox_bytes_max=settings.outbox_bytes_max,
        recent_trades_kept=settings.recent_trades_kept,
        built_in_guilds=load_guilds(),
    )


def unnumbered(text: str) -> str:
    """Return the commit script without what numbers events and puts them into the outbox."""
    (numbering,) = (line for line in text.splitlines() if "'INCRBY'" in line)
    (appending,) = (line for line in text.splitlines() if "'XADD'" in line)
    reading = "local last_seq = tonumber(redis.call('GET', seq_key))"
    return text.replace(numbering, reading).replace(f"{appending}\n", "")


class DiesAfterPublishing(KafkaEventLog):
    """The product's log, whose process dies right after a transaction when `dies` is set."""

    dies = False

    def publish(self, records: Sequence[Record], position: int) -> None:
        """Publish, and die."""
        super().publish(records, position)
        if self.dies:
            raise LogError("the relay died after the transaction")


class PositionOutsideTheTransaction(DiesAfterPublishing):
    """Commits the records, and the position that they reach in a transaction of its own."""

    _written = 0

    def publish(self, records: Sequence[Record], position: int) -> None:
        """Publish in two transactions; the death is between them."""
        super().publish(records, self._written)
        super().publish((), position)
        self._written = position


class BlindTable(LandingTable):
    """A table that appends whatever it is given, wherever it is."""

    def positions(self) -> Positions:
        """Look at nothing."""
        return {}


class BlindLanding(Landing):
    """Lands without a look at what each table has."""

    def __init__(self, spark: SparkSession, topic: str) -> None:
        super().__init__(spark, topic)
        self._tables = {name: BlindTable(spark, name, topic) for name in self._tables}


class DiesBeforeTheLastTable(Landing):
    """The product's landing, which dies when it would append to the last of its tables."""

    def _append(self, table: LandingTable, written: Written) -> None:
        if table.name == list(self._tables)[-1]:
            raise Killed
        super()._append(table, written)


class Killed(BaseException):
    """Stands for a kill -9: nothing of the product catches it."""
