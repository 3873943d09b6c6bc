"""`./guildhall query` and `./guildhall report` over tables on disk, with nothing else running."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from src.cli.main import run
from src.economy.questions import questions
from src.economy.sections import GROUPS
from tests.support.iceberg_files import end_writers
from tests.support.market_day import market_day

#: Runs a command line; returns its exit code, what it printed, and what it told on stderr.
Guildhall = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("var")
    market_day().land(var / "warehouse")
    end_writers()
    return var


@pytest.fixture
def guildhall(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Guildhall:
    monkeypatch.setenv("GUILDHALL_VAR_DIR", str(var))
    monkeypatch.setenv("MPLCONFIGDIR", str(var / "tmp" / "matplotlib"))

    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(list(words))
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return call


def test_without_a_name_the_questions_are_listed(guildhall: Guildhall) -> None:
    code, out, _ = guildhall("query")
    assert code == 0
    assert all(name in out and asked.description in out for name, asked in questions().items())
    code, out, _ = guildhall("query", "--json")
    listed = json.loads(out)
    assert [each["name"] for each in listed] == [n for group in GROUPS for n in group.questions]
    assert sorted(each["name"] for each in listed) == list(questions())
    assert listed[-1]["section"] == "Suspicious trade"


def test_an_answer_is_a_table_for_people(guildhall: Guildhall) -> None:
    code, out, _ = guildhall("query", "trades_by_kind")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["kind", "trades", "settled", "refused", "refused_share"] in lines
    assert ["player_trade", "5", "4", "1", "20.00%"] in lines


def test_json_has_exact_integers_and_times_in_utc(guildhall: Guildhall) -> None:
    code, out, _ = guildhall("query", "value_imbalanced_trades", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["columns"][:2] == [
        {"name": "trade_id", "type": "text"},
        {"name": "occurred_at", "type": "timestamp"},
    ]
    assert answer["rows"][1] == {
        "trade_id": "t016",
        "occurred_at": "2026-03-01T12:00:15Z",
        "player_1_id": 3,
        "player_2_id": 2,
        "player_1_value": 40,
        "player_2_value": 0,
        "difference": 40,
        "ratio": None,
        "gained_by": 2,
    }


def test_csv_has_a_header_and_the_rows(guildhall: Guildhall) -> None:
    code, out, _ = guildhall("query", "run_overview", "--csv")
    assert code == 0
    assert list(csv.reader(io.StringIO(out)))[1] == [
        "main",
        "2026-03-01T12:00:00+00:00",
        "2026-03-01T12:00:18+00:00",
        "19",
        "3",
        "20",
    ]


def test_sql_is_the_question_as_it_is_asked(guildhall: Guildhall) -> None:
    code, out, _ = guildhall("query", "trade_count", "--sql")
    assert (code, out.strip()) == (0, questions()["trade_count"].sql)


def test_an_unknown_question_is_wrong_usage_and_near_names_are_told(guildhall: Guildhall) -> None:
    code, out, err = guildhall("query", "trade_counts")
    assert (code, out) == (2, "")
    assert "there is no question 'trade_counts': did you mean trade_count" in err


def test_two_forms_at_once_are_wrong_usage(guildhall: Guildhall) -> None:
    code, _, err = guildhall("query", "trade_count", "--sql", "--json")
    assert code == 2
    assert "one of --json, --csv and --sql" in err


@pytest.mark.parametrize("command", [("query", "trade_count"), ("report", "--output", "unused")])
def test_without_tables_the_next_command_is_told(
    guildhall: Guildhall, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUILDHALL_VAR_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    code, out, err = guildhall(*command)
    assert (code, out) == (3, "")
    assert "has no tables yet" in err
    assert "./guildhall up" in err
    assert not (tmp_path / "unused").exists()


def test_the_report_goes_where_it_is_told(guildhall: Guildhall, tmp_path: Path) -> None:
    code, out, _ = guildhall("report", "--output", str(tmp_path), "--json")
    assert code == 0
    written = json.loads(out)
    assert written["report"] == str(tmp_path / "report.md")
    assert written["charts"]
    assert written["data"]
    paths = [written["report"], *written["charts"], *written["data"]]
    assert all(Path(path).is_file() for path in paths)
