"""The table `quarantine`, read through the engine of the profile."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple

from msgspec import Struct

from src.economy.engine import Answer, Engine


class Place(NamedTuple):
    """Where a record was read; written `trade-0-17`, which is also its name for people."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}-{self.partition}-{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Return the place that a text names.

        Raises:
            ValueError: it names none.
        """
        topic, partition, offset = text.rsplit("-", 2)
        return cls(topic, int(partition), int(offset))


class Quarantined(Struct, frozen=True):
    """A record that could not land, `received_at` Kafka at this time (UTC), for this reason."""

    place: Place
    received_at: datetime
    reason: str
    raw_value: bytes | None


class Count(Struct, frozen=True):
    """How many records of a topic have a reason."""

    topic: str
    reason: str
    records: int


def quarantined(
    engine: Engine,
    *,
    topic: str | None = None,
    reason: str | None = None,
    after: Place | None = None,
) -> Iterator[Quarantined]:
    """Iterate over what is in quarantine, in the order of places.

    Args:
        engine: reads one moment of the tables.
        topic: only of this topic.
        reason: only of this reason; its first word will do, as `missing_field`.
        after: only what comes after this place.
    """
    while True:
        from_place = after or Place("", -1, -1)
        page = _read(engine.ask(_sql("page"), [topic, reason, *from_place]))
        yield from page
        if not page:
            return
        after = page[-1].place


def record_at(engine: Engine, place: Place) -> Quarantined | None:
    """Return the record that was read at a place, or None when it is not in quarantine."""
    found = _read(engine.ask(_sql("one"), list(place)))
    return found[0] if found else None


def counts(engine: Engine) -> list[Count]:
    """Return how many records are in quarantine, by topic and reason."""
    return [Count(*row) for row in engine.ask(_sql("counts")).rows]


def landed(engine: Engine, seqs: Collection[int]) -> set[int]:
    """Return which of these event numbers are in the tables."""
    if not seqs:
        return set()
    listed = ",".join(str(seq) for seq in sorted(seqs))
    return set(engine.ask(_sql("landed_seqs"), [listed]).column("seq"))


def _read(answer: Answer) -> list[Quarantined]:
    return [
        Quarantined(Place(topic, partition, offset), received_at, reason, raw_value)
        for topic, partition, offset, received_at, reason, raw_value in answer.rows
    ]


@cache
def _sql(name: str) -> str:
    path = resources.files("src.quarantine").joinpath("sql", f"{name}.sql")
    return path.read_text(encoding="utf-8").strip()
