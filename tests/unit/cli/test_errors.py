from __future__ import annotations

import click
import pytest
import redis
from kafka.errors import KafkaConnectionError, KafkaTimeoutError

from src.cli.errors import CheckFailed, ServiceUnreachable, report
from src.config import SettingsError
from src.stack.errors import OtherSettingsError, PreflightError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CheckFailed("The books differ."), 1),
        (OtherSettingsError("A stack runs already."), 1),
        (SettingsError("unknown setting GUILDHALL_PROT"), 2),
        (click.UsageError("no such option"), 2),
        (ServiceUnreachable("The API does not answer."), 3),
        (PreflightError("Port 5000 is taken."), 3),
        (redis.ConnectionError("refused"), 3),
        (redis.exceptions.BusyLoadingError("loading"), 3),
        (KafkaConnectionError("refused"), 3),
        (KafkaTimeoutError("no broker in time"), 3),
        (ZeroDivisionError("a fault of ours"), 1),
        (click.Abort(), 130),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(error: Exception, code: int) -> None:
    assert report(error) == code


def test_a_failure_tells_fact_cause_and_next_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report(PreflightError("Port 5000 is taken.", cause="by process 7", remedy="stop it"))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "error: Port 5000 is taken.\ncause: by process 7\nnext:  stop it\n"


def test_a_cause_of_several_lines_stays_in_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    report(CheckFailed("It failed.", cause="first\nsecond\n"))
    assert capsys.readouterr().err == "error: It failed.\ncause: first\n       second\n"


def test_a_fault_of_ours_shows_where_it_lies(capsys: pytest.CaptureFixture[str]) -> None:
    report(ZeroDivisionError("a fault of ours"))
    told = capsys.readouterr().err
    assert "ZeroDivisionError: a fault of ours" in told
    assert "a fault in Guildhall" in told
