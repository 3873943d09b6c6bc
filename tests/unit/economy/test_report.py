"""The report on the night market, and on runs in which little happened."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from src.economy.duckdb_engine import DuckDbEngine
from src.economy.engine import Answer, Column
from src.economy.questions import question, questions
from src.economy.report.advice import ADVICE
from src.economy.report.advice.prices import gold_supply, imbalance_distribution
from src.economy.report.charts import CHARTS
from src.economy.report.charts.style import contiguous_bands
from src.economy.report.markdown import ROWS_SHOWN, answer_table, escaped
from src.economy.report.run_record import RunRecord, read_run_record
from src.economy.report.writer import NothingLandedError, write_report
from src.economy.sections import GROUPS, SECTIONS
from tests.support.economy import Realm, gold, make_tables

RECORD = RunRecord(players=6, trades=28, seed=42, switches=("--agents", "--cheats"))
IN_SECTIONS = [name for section in SECTIONS for name in section.questions]


@pytest.fixture(scope="module")
def folder(night_engine: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_report(night_engine, folder, RECORD)
    return folder


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "report.md").read_text(encoding="utf-8")


def test_every_question_stands_in_one_group() -> None:
    # the overview is the report's own first paragraph
    assert sorted([*IN_SECTIONS, "run_overview"]) == sorted(questions())
    grouped = [name for group in GROUPS for name in group.questions]
    assert sorted(grouped) == sorted(questions())


def test_every_question_of_the_report_has_advice_and_its_text() -> None:
    texts = Path("src/economy/report/text/advice").glob("*.md")
    assert sorted(ADVICE) == sorted(IN_SECTIONS) == sorted(path.stem for path in texts)


def test_each_question_comes_with_its_answer_data_and_query(
    text: str, night_engine: DuckDbEngine
) -> None:
    parts = text.split("\n### ")[1:]
    assert len(parts) == len(IN_SECTIONS)
    for name, part in zip(IN_SECTIONS, parts, strict=True):
        assert part.startswith(question(name).description)
        answer = night_engine.ask(question(name).sql)
        is_drawn_over_time = f"{name}.svg" in part and answer.columns[0].type == "timestamp"
        assert (answer_table(answer) in part) is not is_drawn_over_time
        assert f"docs/report/{name}.csv) · query: `./guildhall query {name} --sql`" in part


def test_every_text_of_advice_has_numbers_to_say(text: str) -> None:
    parts = text.split("\n### ")[1:]
    silent = {
        name
        for name, part in zip(IN_SECTIONS, parts, strict=True)
        if "**What to do with it.** " not in part
    }
    assert silent == set()
    assert "$" not in text.split("## Activity")[1]


def test_the_data_beside_the_report_are_the_whole_answers(
    folder: Path, night_engine: DuckDbEngine
) -> None:
    files = sorted((folder / "docs" / "report").glob("*.csv"))
    assert [path.stem for path in files] == sorted(questions())
    for path in files:
        answer = night_engine.ask(question(path.stem).sql)
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == [column.name for column in answer.columns]
        assert len(rows) == len(answer.rows)
    prices = (folder / "docs" / "report" / "price_index.csv").read_text().splitlines()
    assert prices[1] == "2026-03-01T12:01:00+00:00,minute,2,3,65,30,216.67"


def test_the_sections_follow_the_order_in_which_an_economist_reads(text: str) -> None:
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles == [
        "What this is for",
        "How a trade becomes a row",
        "How to reproduce it",
        "Activity",
        "Trade",
        "Prices and gold",
        "Wealth",
        "Guilds",
        "Battles",
        "Suspicious trade",
    ]


def test_the_report_says_which_run_it_describes(text: str) -> None:
    assert "a simulation of 6 players and 28 trades with seed 42" in text
    assert "./guildhall simulate --agents --cheats --players 6 --trades 28 --seed 42" in text
    assert "34 trades of all kinds" in text
    assert "from 2026-03-01 12:00:00 to 2026-03-01 12:08:01 UTC" in text


def test_every_chart_is_written_and_shown(folder: Path, text: str) -> None:
    shown = re.findall(r"^!\[.+\]\((.+)\)$", text, re.MULTILINE)
    written = sorted((folder / "docs" / "report").glob("*.svg"))
    # two slots are too few for a line, and one sword for a ranking
    too_few = {"price_index", "guild_movement", "most_bought_swords"}
    drawn = [name for name in IN_SECTIONS if name in CHARTS and name not in too_few]
    assert shown == [f"docs/report/{name}.svg" for name in drawn]
    assert written == sorted(folder / path for path in shown)
    for path in written:
        assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - ours


def test_the_same_tables_give_the_same_bytes_and_nothing_stale_stays(
    folder: Path, night_engine: DuckDbEngine, tmp_path: Path
) -> None:
    chart, data = (tmp_path / "docs" / "report" / name for name in ("auctions.svg", "auctions.csv"))
    chart.parent.mkdir(parents=True)
    chart.touch()
    data.touch()
    again = write_report(night_engine, tmp_path, RECORD)
    for path in (again.report, *again.charts, *again.data):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes()
    assert not chart.exists()
    assert not data.exists()


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
    battles = text.partition("## Battles\n")[2].partition("## Suspicious trade")[0]
    assert battles.strip() == "_No battles in this run._"
    assert "_No trade in this run looks like one to look into._" in text
    assert text.count("_None in this run._") > 10
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
    asked = '"players": 6, "trades": 28, "seed": 42, "switches": ["--agents", "--cheats"]'
    path.write_text(f'{{{asked}, "later": true}}')
    assert read_run_record(tmp_path) == RECORD


def test_a_name_cannot_write_markdown() -> None:
    name = "<b>|[x](y)`\n_a_b_"
    assert escaped(name) == r"\<b\>\|\[x\](y)\` \_a_b\_"


def test_a_long_answer_is_cut_to_its_first_rows() -> None:
    answer = Answer((Column("n", "integer"),), tuple((n,) for n in range(ROWS_SHOWN + 3)))
    assert answer_table(answer).endswith(f"| {ROWS_SHOWN - 1} |")


def test_the_report_says_how_many_rows_the_data_have(text: str) -> None:
    assert "[all 19 rows](docs/report/busiest_minutes.csv)" in text
    assert "[the row](docs/report/trade_count.csv)" in text


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
