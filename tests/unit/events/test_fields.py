"""The one walk over the definitions, and the schema that is written from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from src.events.definitions import EVENTS, Event, LegRecord, PlayerStateEvent, TradeEvent
from src.events.fields import SCALARS, fields_of
from src.events.json_schema import json_schema
from src.events.outbox_entry import join_lines, line_of, read_entry

SMALLEST = TradeEvent(
    event_id="e",
    realm="r",
    occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
    trade_id="t",
    kind="player_trade",
    status="settled",
    player_1_id=1,
    legs=[
        LegRecord(
            leg_no=1, from_account="player:1", to_account="player:2", asset="gold", quantity=1
        )
    ],
)


def as_read(event: Event) -> dict[str, Any]:
    """Return an event as a reader of the log decodes it."""
    (record,) = read_entry(join_lines([line_of(event)]), last_seq=7)
    return dict(msgspec.json.decode(record.value))


@pytest.mark.parametrize("topic", EVENTS)
def test_a_walk_finds_every_field_in_the_order_of_the_json(topic: str) -> None:
    names = [field.name for field in fields_of(EVENTS[topic])]
    assert len(names) == len(set(names))
    assert set(names) == {*EVENTS[topic].__struct_fields__, "event_type"}
    envelope = ["event_type", *Event.__struct_fields__]
    assert sorted(names[: len(envelope)]) == sorted(envelope)


@pytest.mark.parametrize("topic", EVENTS)
def test_every_field_has_a_known_type_and_a_meaning(topic: str) -> None:
    for field in fields_of(EVENTS[topic]):
        assert field.kind in {*SCALARS, "rows"}
        assert field.description
        assert bool(field.rows) == (field.kind == "rows")


def test_only_what_can_be_null_is_optional() -> None:
    required = {field.name: field.required for field in fields_of(TradeEvent)}
    assert required["seq"]
    assert not required["reason"]
    legs = next(field.rows for field in fields_of(TradeEvent) if field.name == "legs")
    assert {row.name for row in legs if not row.required} == {"item_id", "item_uid", "unit_value"}
    assert next(row.choices for row in legs if row.name == "asset") == ("gold", "item")


class WithFloat(TradeEvent, frozen=True, kw_only=True, tag="with_float"):
    """An event with a field of a kind that has no column."""

    ratio: float


class WithUnion(TradeEvent, frozen=True, kw_only=True, tag="with_union"):
    """An event with a field of two types."""

    mixed: int | str


@pytest.mark.parametrize(("event", "field"), [(WithFloat, "ratio"), (WithUnion, "mixed")])
def test_a_kind_of_field_that_the_walk_does_not_know_is_refused(
    event: type[Event], field: str
) -> None:
    with pytest.raises(TypeError, match=field):
        fields_of(event)


@pytest.mark.parametrize("topic", EVENTS)
def test_the_schema_of_an_event_is_a_schema(topic: str) -> None:
    Draft202012Validator.check_schema(json_schema(EVENTS[topic]))


def test_an_event_satisfies_its_schema_with_all_its_fields_present() -> None:
    event = as_read(SMALLEST)
    Draft202012Validator(json_schema(TradeEvent)).validate(event)
    assert event.keys() == {field.name for field in fields_of(TradeEvent)}
    assert next(iter(event)) == "seq"


@pytest.mark.parametrize(
    "change",
    [
        {"seq": None},
        {"seq": "7"},
        {"seq": 2**63},
        {"status": "lost"},
        {"event_type": "player_state"},
        {"occurred_at": "2026-11-22"},
        {"occurred_at": "2026-11-22T00:00:00+01:00"},
        {"legs": None},
        {"legs": [{}]},
        {"player_2_id": 2.5},
    ],
)
def test_what_is_no_such_event_does_not_satisfy_the_schema(change: dict[str, Any]) -> None:
    changed = {**as_read(SMALLEST), **change}
    assert not Draft202012Validator(json_schema(TradeEvent)).is_valid(changed)


def test_a_reader_does_not_mind_what_a_later_version_adds() -> None:
    later = {**as_read(SMALLEST), "schema_version": 2, "mood": "good"}
    assert Draft202012Validator(json_schema(TradeEvent)).is_valid(later)


def test_the_schemas_tell_the_events_apart() -> None:
    assert not Draft202012Validator(json_schema(PlayerStateEvent)).is_valid(as_read(SMALLEST))
