"""What every view and question file keeps to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from src.economy.questions import UnknownQuestionError, question, questions
from src.economy.sections import GROUPS
from src.economy.views import presto_views, views
from src.economy.warehouse import MATERIALIZED
from src.sql_files import SqlFile, read_sql_file

ROOT = Path(__file__).parents[3]
STATEMENTS = [*views(), *questions().values()]

#: What DuckDB knows and Presto does not, or does otherwise.
NOT_COMMON = re.compile(
    r"::|//|;|\?|`|\b(qualify|exclude|ilike|unnest|date_diff|datediff|approx_\w+|map_agg|"
    r"format_datetime|strftime|epoch\w*|list_\w+|try|slice|avg|median|quantile\w*|group by all)\b",
    re.IGNORECASE,
)


def ids(statement: SqlFile) -> str:
    return statement.name


@pytest.mark.parametrize("statement", STATEMENTS, ids=ids)
def test_a_header_says_the_question_the_grain_and_the_units(statement: SqlFile) -> None:
    header = [line for line in statement.sql.splitlines() if line.startswith("-- ")]
    assert statement.description[-1] in "?."
    assert header[1].startswith("-- Grain: one row ")
    assert any(line.startswith("-- Units: ") for line in header[2:])


@pytest.mark.parametrize("statement", STATEMENTS, ids=ids)
def test_the_text_stays_in_what_both_engines_share(statement: SqlFile) -> None:
    code = "\n".join(line for line in statement.sql.splitlines() if not line.startswith("--"))
    assert NOT_COMMON.findall(code) == []


@pytest.mark.parametrize("statement", questions().values(), ids=ids)
def test_a_question_reads_top_to_bottom_and_gives_a_fixed_order(statement: SqlFile) -> None:
    code = [line for line in statement.sql.splitlines() if not line.startswith("--")]
    last_cte = re.findall(r"^(?:with )?(\w+) as \($", statement.sql, re.MULTILINE)[-1]
    assert code[0].startswith("with ")
    assert ["select", "*", "from", last_cte] in [line.split() for line in code]
    one_row = "-- Grain: one row in all." in statement.sql
    assert one_row or any(line.startswith("order by ") for line in code)


def test_every_view_file_is_made() -> None:
    folder = ROOT / "src" / "economy" / "views"
    assert sorted(path.stem for path in folder.glob("*.sql")) == sorted(v.name for v in views())


def test_presto_has_the_rows_since_of_each_source() -> None:
    named = [view.name for view in presto_views()]
    assert named == sorted(f"{source}_since" for source in MATERIALIZED.values())


def test_the_reference_page_lists_every_question_in_its_group_and_every_view() -> None:
    page = (ROOT / "docs" / "reference" / "questions.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)
    asks, _, holds = page.partition("## Views")
    parts = re.split(r"^### (.+)$", asks, flags=re.MULTILINE)[1:]
    assert parts[::2] == [group.title for group in GROUPS]
    for group, listed in zip(GROUPS, parts[1::2], strict=True):
        expected = [(name, question(name).description) for name in group.questions]
        assert row.findall(listed) == expected
    in_order = sorted(views(), key=lambda view: view.name)
    assert row.findall(holds) == [(view.name, view.description) for view in in_order]


def test_a_file_without_a_description_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.sql"
    path.write_text("select 1")
    with pytest.raises(ValueError, match="does not begin with a comment"):
        read_sql_file(path)


def test_an_unknown_question_comes_with_near_names() -> None:
    with pytest.raises(UnknownQuestionError) as caught:
        question("trade_cuont")
    assert caught.value.near[0] == "trade_count"
