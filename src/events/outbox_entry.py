"""The form in which events wait in the outbox: one line an event, without its `seq`.

The commit script numbers events while it appends them and must not look inside; so a line is
`<topic> <key> <json>`, and the reader puts `seq` in front. JSON has no raw line feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from src.events.definitions import EVENTS, Event

_ENCODER = msgspec.json.Encoder()
_TOPICS = {event: topic.encode() for topic, event in EVENTS.items()}


class Record(Struct, frozen=True):
    """An event as Kafka gets it: `value` is its JSON with `seq` as the first field."""

    topic: str
    key: bytes
    value: bytes
    seq: int


def json_of(event: Event) -> bytes:
    """Return the JSON of an event, without its `seq` when it has none yet."""
    return _ENCODER.encode(event)


def line_of(event: Event) -> bytes:
    """Return the outbox line of an event: its topic, its key, and its JSON without `seq`."""
    return b"%b %b %b" % (_TOPICS[type(event)], event.key.encode(), _ENCODER.encode(event))


def json_start(line: bytes) -> int:
    """Return where the JSON of an outbox line begins."""
    return line.index(b" ", line.index(b" ") + 1) + 1


def join_lines(lines: Sequence[bytes]) -> bytes:
    """Return lines in order as one piece: those of a commit, or the pieces of an entry."""
    return b"\n".join(lines)


def read_entry(entry: bytes, last_seq: int) -> Iterator[Record]:
    """Iterate over the records of an outbox entry.

    Args:
        entry: all of its lines, joined.
        last_seq: the number of its last event, which is the entry's id in the outbox.
    """
    lines = entry.split(b"\n")
    first_seq = last_seq - len(lines) + 1
    for seq, line in enumerate(lines, first_seq):
        topic, key, body = line.split(b" ", 2)
        yield Record(topic.decode(), key, b'{"seq":%d,%b' % (seq, body[1:]), seq)
