"""Replaying: records that are events by today's definition go into the log again, each once.

They go in at the log's end and land as any other record does, so that the log stays the one
source of the tables, and landing their one writer. That a record was replayed is written in the
transaction that carries it: whoever asks again, and whenever the first one died, finds that it is
there, or that it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from src.economy.engine import Engine
from src.events.definitions import EVENTS, TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.events.fields import fields_of
from src.quarantine.replays import Replay, ReplayLog, Resend
from src.quarantine.rows import Place, Quarantined, landed, record_at
from src.streaming.validity import Unfit, reader_of

#: Records of one transaction; a reader of the log waits until one has ended.
_TOGETHER = 100

#: By topic, the field whose value is the record's key in Kafka.
_KEYS = {TOPIC_TRADE: "trade_id", TOPIC_PLAYER_STATE: "player_id"}


class Judge:
    """Says what a record is by today's definitions, in the realm of this deployment."""

    def __init__(self, realm: str) -> None:
        """Judge events of `realm`."""
        self._realm = realm
        self._read = {topic: reader_of(fields_of(event)) for topic, event in EVENTS.items()}

    def event(self, topic: str, value: bytes | None) -> Any:  # noqa: ANN401 - made at run time
        """Return the event, or `Unfit` with the reason why it cannot land."""
        if topic not in self._read:
            return Unfit("unknown_topic")
        event = self._read[topic](value)
        if not isinstance(event, Unfit) and event.realm != self._realm:
            return Unfit("other_realm: realm")
        return event


class Replayer:
    """Replays records of the quarantine; `told` learns what became of each."""

    def __init__(
        self, log: ReplayLog, engine: Engine, judge: Judge, clock: Callable[[], datetime]
    ) -> None:
        """Replay into `log` what `engine` finds in the tables; `clock` tells the time, UTC."""
        self._log = log
        self._engine = engine
        self._judge = judge
        self._clock = clock

    def replay(
        self,
        records: Iterable[Quarantined],
        told: Callable[[Replay], None],
        mended: Mapping[Place, bytes] | None = None,
    ) -> None:
        """Replay records, those that were replayed before excepted.

        Args:
            records: of the quarantine.
            told: is given what became of each, once that is sure.
            mended: what goes in instead of some of them.

        Raises:
            LogError: the log failed, or another replay took over; asking again goes on from there.
        """
        # 1 Shut out whoever else replays. Only now is what it did complete.
        self._log.fence()
        # 2 What was replayed. A record that is there never goes in again.
        replays = self._log.replays()
        known = _Known(self._engine, replays)
        waiting = open_records(records, replays)
        while together := list(islice(waiting, _TOGETHER)):
            resends, kept = self._decided(together, known, mended or {})
            # 3 Records and notes, or neither.
            for replay in self._log.publish(resends, kept):
                told(replay)

    def _decided(
        self, records: Sequence[Quarantined], known: _Known, mended: Mapping[Place, bytes]
    ) -> tuple[list[Resend], list[Replay]]:
        values = [mended.get(record.place, record.raw_value) for record in records]
        events = [
            self._judge.event(record.place.topic, value)
            for record, value in zip(records, values, strict=True)
        ]
        known.look_up([event.seq for event in events if not isinstance(event, Unfit)])
        resends: list[Resend] = []
        kept: list[Replay] = []
        for record, value, event in zip(records, values, events, strict=True):
            reason = event if isinstance(event, Unfit) else known.reason_against(event.seq)
            note = Replay(
                place=str(record.place),
                outcome="kept" if reason else "replayed",
                replayed_at=self._clock(),
                reason=record.reason,
                reason_now=str(reason) if reason else None,
                seq=None if isinstance(event, Unfit) else event.seq,
                mended=record.place in mended,
            )
            if reason or value is None:
                kept.append(note)
            else:
                topic = record.place.topic
                key = str(getattr(event, _KEYS[topic])).encode()
                resends.append(Resend(topic, key, value, note))
                known.add(event.seq)
        return resends, kept


def open_records(
    records: Iterable[Quarantined], replays: Mapping[str, Replay]
) -> Iterator[Quarantined]:
    """Iterate over the records that were not replayed."""
    return (record for record in records if not _is_replayed(replays, record.place))


def _is_replayed(replays: Mapping[str, Replay], place: Place) -> bool:
    replay = replays.get(str(place))
    return replay is not None and replay.outcome == "replayed"


class _Known:
    """Which event numbers are in the tables, or on their way there."""

    def __init__(self, engine: Engine, replays: Mapping[str, Replay]) -> None:
        self._engine = engine
        self._landed: set[int] = set()
        self._sent: dict[int, list[str]] = {}
        for replay in replays.values():
            if replay.seq is not None and replay.replayed_as is not None:
                self._sent.setdefault(replay.seq, []).append(replay.replayed_as)

    def look_up(self, seqs: Sequence[int]) -> None:
        """Ask the tables for these numbers."""
        self._landed |= landed(self._engine, seqs)

    def add(self, seq: int) -> None:
        """Note that a number is on its way."""
        self._sent.setdefault(seq, []).append("")

    def reason_against(self, seq: int) -> Unfit | None:
        """Return why an event of this number must not land, or None."""
        if seq in self._landed:
            return Unfit("already_landed: seq")
        if any(not self._came_back(place) for place in self._sent.get(seq, ())):
            return Unfit("already_replayed: seq")
        return None

    def _came_back(self, place: str) -> bool:
        """Say whether a record that was replayed ended in quarantine once more."""
        return bool(place) and record_at(self._engine, Place.parse(place)) is not None
