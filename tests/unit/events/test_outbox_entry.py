"""Events wait as lines without their number, and are read with it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from src.events.definitions import Event, PlayerStateEvent
from src.events.outbox_entry import join_lines, json_of, json_start, line_of, read_entry

STATE = PlayerStateEvent(
    event_id="e",
    realm="r",
    occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
    player_id=12,
    version=3,
    cause_trade_id="t",
    username="Nansa",
    player_class="farmer",
    gold=2**53 - 1,
    max_capacity=999,
    used_capacity=0,
    distinct_items=0,
    inventory_value=0,
    items=[],
)
#: Whatever JSON can carry: a lone surrogate is no text.
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(texts, min_size=1, max_size=5), st.integers(0, 2**60))
def test_events_of_any_text_are_read_back_with_their_numbers(names: list[str], before: int) -> None:
    events = [replace(STATE, username=name, request_id=name) for name in names]
    entry = join_lines([line_of(event) for event in events])
    records = list(read_entry(entry, before + len(events)))
    assert [record.seq for record in records] == list(range(before + 1, before + len(events) + 1))
    for record, event in zip(records, events, strict=True):
        assert (record.topic, record.key) == ("player_state", b"12")
        read = msgspec.json.decode(record.value, type=PlayerStateEvent)
        assert read == replace(event, seq=record.seq)


def test_the_number_is_the_first_field() -> None:
    (record,) = read_entry(join_lines([line_of(STATE)]), 9)
    assert record.value.startswith(b'{"seq":9,"event_type":"player_state",')
    assert b'"gold":9007199254740991' in record.value


def test_the_json_of_a_line_is_the_event_without_its_number() -> None:
    line = line_of(STATE)
    assert line[json_start(line) :] == json_of(STATE)
    assert msgspec.json.decode(json_of(STATE), type=PlayerStateEvent) == STATE


def test_joined_lines_can_be_joined_again() -> None:
    lines = [line_of(replace(STATE, version=version)) for version in range(1, 6)]
    assert join_lines([join_lines(lines[:2]), join_lines(lines[2:])]) == join_lines(lines)


def test_an_event_that_has_no_topic_is_not_written() -> None:
    nameless = Event(event_id="e", realm="r", occurred_at=STATE.occurred_at)
    with pytest.raises((KeyError, TypeError)):
        line_of(nameless)
