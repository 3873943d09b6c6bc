"""What makes a record unfit to land, and how the reason names it."""

from __future__ import annotations

import pytest

from src.events.definitions import EVENTS
from src.events.fields import fields_of
from src.streaming.validity import Unfit, reader_of
from tests.support.events import player_state, trade
from tests.support.unfit_records import GOOD, UNFIT_TRADES, record, without

READ_TRADE = reader_of(fields_of(EVENTS["trade"]))
READ_STATE = reader_of(fields_of(EVENTS["player_state"]))


@pytest.mark.parametrize(("value", "reason"), UNFIT_TRADES.values(), ids=UNFIT_TRADES)
def test_a_record_that_is_not_the_event_is_unfit_for_a_named_reason(
    value: bytes | None, reason: str
) -> None:
    read = READ_TRADE(value)

    assert isinstance(read, Unfit)
    assert read == reason


def test_a_state_with_gold_as_text_is_unfit() -> None:
    assert READ_STATE(record(player_state(1, 7), gold="12")) == Unfit("wrong_type: gold")


def test_a_good_record_is_read_with_all_its_values() -> None:
    event = READ_TRADE(GOOD)

    assert (event.trade_id, event.seq, event.legs[0].quantity) == ("trade-1", 1, 25)


@pytest.mark.parametrize("field", ["guild", "enemy", "outcome", "request_id", "player_2_id"])
def test_an_old_event_without_an_optional_field_is_read(field: str) -> None:
    assert getattr(READ_TRADE(without(trade(1), field)), field) is None


def test_fields_that_nobody_knows_yet_are_passed_over() -> None:
    assert READ_TRADE(record(trade(1), colour="red")).seq == 1
