"""Errors as problems: one shape, and nothing of the inside in it."""

from __future__ import annotations

import logging

import msgspec
import pytest
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, UnsupportedMediaType

from src.api.errors import OTHER_REASONS, STATUS_OF_REASON, problem, response_to
from src.classes.errors import Reason
from src.services.errors import Explained


def subclasses(kind: type[Explained]) -> set[type[Explained]]:
    found = set(kind.__subclasses__())
    return found.union(*(subclasses(each) for each in found)) if found else found


def test_every_fault_of_a_use_case_has_a_status() -> None:
    words = {kind.reason for kind in subclasses(Explained) if hasattr(kind, "reason")}
    assert words <= OTHER_REASONS.keys() | {reason.word for reason in Reason}


def test_no_word_means_two_things() -> None:
    assert not OTHER_REASONS.keys() & {reason.word for reason in Reason}


def test_a_failure_of_the_server_tells_nothing_of_it_but_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = response_to(ValueError("the secret of the house"))
    told = msgspec.json.decode(answer.data)
    assert (answer.status_code, told["reason"]) == (500, "internal")
    assert "secret" not in answer.get_data(as_text=True)
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (NotFound(), 404, "not_found"),
        (InternalServerError(), 500, "internal"),
        (UnsupportedMediaType(), 415, "invalid"),
    ],
)
def test_an_error_of_the_framework_is_a_problem_too(
    error: HTTPException, status: int, reason: str
) -> None:
    answer = response_to(error)
    told = msgspec.json.decode(answer.data)
    assert (answer.status_code, told["status"], told["reason"]) == (status, status, reason)
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("reason", list(Reason), ids=lambda reason: reason.word)
def test_a_refusal_says_its_reasons_sentence(reason: Reason) -> None:
    told = problem(reason.word, "because", trade_id="t")
    assert told["title"] == reason.sentence
    assert told["status"] == STATUS_OF_REASON[reason]
    assert told["trade_id"] == "t"
