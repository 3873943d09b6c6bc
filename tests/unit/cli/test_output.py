from __future__ import annotations

import json

import pytest

from src.cli.output import Output, table


def test_json_is_the_value_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=True)
    output.say("for people only")
    output.answer({"trades": 12_345}, lambda: "never made")
    assert json.loads(capsys.readouterr().out) == {"trades": 12_345}


def test_notes_leave_stdout_to_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output()
    output.note("waiting")
    output.answer(1, lambda: "the answer")
    told = capsys.readouterr()
    assert told.out == "the answer\n"
    assert told.err == "waiting\n"


def test_a_table_sets_numbers_apart_and_shows_what_is_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [("gold", 9_007_199_254_740_991, 0.5), ("item", None, None)]
    Output().answer(rows, lambda: table(["asset", "supply", "share"], rows))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["asset", "supply", "share"]
    assert lines[1].split() == ["gold", "9,007,199,254,740,991", "0.50"]
    assert lines[2].split() == ["item", "-", "-"]
