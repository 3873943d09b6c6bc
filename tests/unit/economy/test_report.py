"""The report on the market day."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Answer, Column
from src.economy.questions import question, questions
from src.economy.report.advice import ADVICE, gold_supply, imbalance_distribution
from src.economy.report.charts import CHARTS
from src.economy.report.charts.style import contiguous_bands
from src.economy.report.markdown import ROWS_SHOWN, answer_table, escaped
from src.economy.report.run_record import RunRecord, read_run_record
from src.economy.report.sections import SECTIONS
from src.economy.report.writer import NothingLandedError, write_report
from tests.support.economy import Realm, gold, make_tables

RECORD = RunRecord(players=3, trades=16, seed=42)
IN_SECTIONS = [name for section in SECTIONS for name in section.questions]


@pytest.fixture(scope="module")
def folder(engine: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(engine, folder, RECORD)
    return folder


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.md").read_text(encoding="utf-8")


def test_every_question_stands_in_the_report_once() -> None:
    # the overview is the report's own first paragraph
    assert sorted([*IN_SECTIONS, "run_overview"]) == sorted(questions())


def test_every_question_of_the_report_has_advice_and_its_text() -> None:
    texts = Path("src/economy/report/text/advice").glob("*.md")
    assert sorted(ADVICE) == sorted(IN_SECTIONS) == sorted(path.stem for path in texts)


def test_each_question_comes_with_its_sql_answer_and_advice(
    text: str, engine: DuckDbEngine
) -> None:
    parts = text.split("\n### ")[1:]
    assert len(parts) == len(IN_SECTIONS)
    for name, part in zip(IN_SECTIONS, parts, strict=True):
        assert part.startswith(question(name).description)
        assert question(name).sql in part
        assert answer_table(engine.ask(question(name).sql), name) in part
        assert "**What to do with it.** " in part


def test_the_sections_follow_the_order_in_which_an_economist_reads(text: str) -> None:
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles == [
        "What this is for",
        "How a trade becomes a row",
        "How to reproduce it",
        "Activity",
        "Trade",
        "Prices and imbalance",
        "Wealth",
        "Guilds",
        "Gold supply",
    ]


def test_the_report_says_which_run_it_describes(text: str) -> None:
    assert "a simulation of 3 players and 16 trades with seed 42" in text
    assert "./guildhall simulate --players 3 --trades 16 --seed 42" in text
    assert "19 trades of all kinds" in text
    assert "from 2026-03-01 12:00:00 to 2026-03-01 12:00:18 UTC" in text


def test_every_chart_is_written_and_shown(folder: Path, text: str) -> None:
    shown = re.findall(r"^!\[.+\]\((.+)\)$", text, re.MULTILINE)
    written = sorted((folder / "docs" / "report").iterdir())
    assert shown == [f"docs/report/{name}.svg" for name in IN_SECTIONS if name in CHARTS]
    assert written == sorted(folder / path for path in shown)
    for path in written:
        assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - ours


def test_the_same_tables_give_the_same_bytes_and_nothing_stale_stays(
    folder: Path, engine: DuckDbEngine, tmp_path: Path
) -> None:
    stale = tmp_path / "docs" / "report" / "battles.svg"
    stale.parent.mkdir(parents=True)
    stale.touch()
    again = write_report(engine, tmp_path, RECORD)
    for path in (again.report, *again.charts):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes()
    assert not stale.exists()


def test_what_did_not_happen_has_no_chart_and_no_advice(tmp_path: Path) -> None:
    realm = Realm()
    realm.trade("starter_grant", (1, None), [gold("mint", 1, 5)])
    realm.state(1, 1, 5, {})
    realm.land(tmp_path)
    with DuckDbEngine(tmp_path, tmp_path / "spill") as engine:
        written = write_report(engine, tmp_path / "report", None)
    names = {path.stem for path in written.charts}
    assert names == {
        "trades_by_kind",
        "trades_over_time",
        "wealth_distribution",
        "gold_supply_by_account",
    }
    text = written.report.read_text(encoding="utf-8")
    assert text.count("_No rows: nothing of this kind has happened._") == 5
    assert "No simulation was recorded" in text


def test_without_a_trade_there_is_no_report(tmp_path: Path) -> None:
    make_tables(tmp_path)
    with (
        DuckDbEngine(tmp_path, tmp_path / "spill") as engine,
        pytest.raises(NothingLandedError),
    ):
        write_report(engine, tmp_path / "report", None)
    assert not (tmp_path / "report").exists()


def test_the_record_of_a_run_is_read_and_may_be_missing_or_broken(tmp_path: Path) -> None:
    assert read_run_record(tmp_path) is None
    path = tmp_path / "run" / "simulation.json"
    path.parent.mkdir()
    path.write_text("{")
    assert read_run_record(tmp_path) is None
    path.write_text('{"players": 3, "trades": 16, "seed": 42, "later": true}')
    assert read_run_record(tmp_path) == RECORD


def test_a_name_cannot_write_markdown() -> None:
    name = "<b>|[x](y)`\n_a_b_"
    assert escaped(name) == r"\<b\>\|\[x\](y)\` \_a_b\_"


def test_a_long_answer_is_cut_and_says_so() -> None:
    answer = Answer((Column("n", "integer"),), tuple((n,) for n in range(ROWS_SHOWN + 3)))
    table = answer_table(answer, "numbers")
    assert table.endswith("_and 3 more rows: `./guildhall query numbers`_")
    assert f"| {ROWS_SHOWN} |" not in table


def test_books_that_differ_are_said_to_differ() -> None:
    names = ("players", "issued", "withdrawn", "supply", "held", "difference")
    columns = tuple(Column(name, "integer") for name in names)
    assert "balance to the coin" in gold_supply(Answer(columns, ((1, 9, 0, 9, 9, 0),)))["verdict"]
    assert "differ by -1 coins" in gold_supply(Answer(columns, ((1, 9, 0, 9, 10, -1),)))["verdict"]


def test_the_threshold_for_review_leaves_at_most_one_trade_in_twenty() -> None:
    columns = tuple(
        Column(name, "integer") for name in ("band_from", "trades", "one_sided", "difference")
    )
    rows = ((0, 60, 0, 0), (10, 35, 5, 700), (100, 3, 1, 900), (1_000, 2, 2, 4_000))
    facts = imbalance_distribution(Answer(columns, rows))
    assert facts["threshold"] == "100"
    assert facts["rare_share"] == "5.0%"
    assert facts["one_sided_share"] == "8.0%"
    assert facts["value_share"] == "87.5%"


def test_bands_without_a_row_keep_their_place() -> None:
    rows = [
        {"band_from": 0, "band_to": 0, "trades": 2},
        {"band_from": 100, "band_to": 999, "trades": 5},
    ]
    assert contiguous_bands(rows) == [
        rows[0],
        {"band_from": 1, "band_to": 9, "trades": 0},
        {"band_from": 10, "band_to": 99, "trades": 0},
        rows[1],
    ]
