"""The quarantine as an operator sees it: the table, what was replayed, and what would fit now."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from src.economy.engine import Engine
from src.quarantine.replay import Judge, open_records
from src.quarantine.replays import Replay, ReplayLog
from src.quarantine.rows import Place, Quarantined, counts, quarantined, record_at
from src.streaming.validity import Unfit

#: What `reason_now` says of a record that is an event by today's definition.
FITS = "fits"

#: Of a record, what a list shows.
_PREVIEW_BYTES = 120


class Listed(Struct, frozen=True, kw_only=True):
    """A record in a list: `text` begins as the record does."""

    place: str
    received_at: datetime
    reason: str
    reason_now: str
    replayed: Replay | None
    text: str | None


class ReasonCount(Struct, frozen=True):
    """How many records of a topic have a reason, and how many of those were not replayed."""

    topic: str
    reason: str
    records: int
    open: int


class Listing(Struct, frozen=True, kw_only=True):
    """A page of records; `next_cursor` is where the next page begins after."""

    counts: list[ReasonCount]
    records: list[Listed]
    next_cursor: str | None


class Shown(Struct, frozen=True, kw_only=True):
    """One record, whole. `raw_text` is null when it is not UTF-8; `raw_base64` is always exact."""

    place: str
    topic: str
    partition: int
    offset: int
    received_at: datetime
    reason: str
    reason_now: str
    replayed: Replay | None
    raw_text: str | None
    raw_base64: str | None


class NotInQuarantine(Exception):
    """No record of the quarantine was read at this place."""


class Ward:
    """Reads the quarantine as it was when `engine` was opened."""

    def __init__(self, engine: Engine, log: ReplayLog, judge: Judge) -> None:
        """Read the table by `engine`, and from `log` what was replayed."""
        self.engine = engine
        self.log = log
        self.judge = judge

    def listing(
        self,
        *,
        topic: str | None = None,
        reason: str | None = None,
        with_replayed: bool = False,
        limit: int,
        after: Place | None = None,
    ) -> Listing:
        """Return a page of records, and how many there are by reason.

        Args:
            topic: only of this topic.
            reason: only of this reason; its first word will do.
            with_replayed: those that were replayed, too.
            limit: records of the page.
            after: the place of the last record of the page before.

        Raises:
            EngineError, LogError: the tables, or the log, cannot be read.
        """
        replays = self.log.replays()
        found = quarantined(self.engine, topic=topic, reason=reason, after=after)
        waiting = found if with_replayed else open_records(found, replays)
        page = [record for _, record in zip(range(limit + 1), waiting, strict=False)]
        more, page = len(page) > limit, page[:limit]
        return Listing(
            counts=self._counts(replays),
            records=[self._listed(record, replays.get(str(record.place))) for record in page],
            next_cursor=str(page[-1].place) if more else None,
        )

    def shown(self, place: Place) -> Shown:
        """Return one record, whole.

        Raises:
            NotInQuarantine: there is none of this place.
            EngineError, LogError: the tables, or the log, cannot be read.
        """
        record = self.record(place)
        raw = record.raw_value
        return Shown(
            place=str(place),
            topic=place.topic,
            partition=place.partition,
            offset=place.offset,
            received_at=record.received_at,
            reason=record.reason,
            reason_now=self._reason_now(record),
            replayed=self.log.replays().get(str(place)),
            raw_text=_text(raw),
            raw_base64=None if raw is None else b64encode(raw).decode(),
        )

    def record(self, place: Place) -> Quarantined:
        """Return the record of a place.

        Raises:
            NotInQuarantine: there is none.
        """
        found = record_at(self.engine, place)
        if found is None:
            raise NotInQuarantine(str(place))
        return found

    def records(self, topic: str | None, reason: str | None) -> Iterator[Quarantined]:
        """Iterate over records, of a topic and a reason where one is given."""
        return quarantined(self.engine, topic=topic, reason=reason)

    def _counts(self, replays: Mapping[str, Replay]) -> list[ReasonCount]:
        replayed = Counter(
            (Place.parse(replay.place).topic, replay.reason)
            for replay in replays.values()
            if replay.outcome == "replayed"
        )
        return [
            ReasonCount(c.topic, c.reason, c.records, c.records - replayed[c.topic, c.reason])
            for c in counts(self.engine)
        ]

    def _listed(self, record: Quarantined, replayed: Replay | None) -> Listed:
        return Listed(
            place=str(record.place),
            received_at=record.received_at,
            reason=record.reason,
            reason_now=self._reason_now(record),
            replayed=replayed,
            text=_text((record.raw_value or b"")[:_PREVIEW_BYTES], errors="backslashreplace"),
        )

    def _reason_now(self, record: Quarantined) -> str:
        event = self.judge.event(record.place.topic, record.raw_value)
        return str(event) if isinstance(event, Unfit) else FITS


def _text(raw: bytes | None, errors: str = "strict") -> str | None:
    try:
        return None if raw is None else raw.decode(errors=errors)
    except UnicodeDecodeError:
        return None
