"""Writes the report: `report.md`, and its charts and data below `docs/report/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template

from msgspec import Struct

from src.economy.cells import cell_text
from src.economy.csv_file import write_csv
from src.economy.engine import Answer, Engine
from src.economy.questions import question
from src.economy.report.advice import ADVICE
from src.economy.report.charts import CHARTS
from src.economy.report.charts.style import save
from src.economy.report.markdown import answer_table, escaped
from src.economy.report.run_record import RunRecord
from src.economy.sections import OVERVIEW, SECTIONS

_TEXT = Path(__file__).parent / "text"

#: Where the charts and the data lie, from the report's folder.
CHART_FOLDER = Path("docs") / "report"


class NothingLandedError(ValueError):
    """The tables have no trade, so there is nothing to report."""


class WrittenReport(Struct, frozen=True):
    """What was written: the report's path, and those of its charts and of its data."""

    report: Path
    charts: tuple[Path, ...]
    data: tuple[Path, ...]


def write_report(engine: Engine, output: Path, record: RunRecord | None) -> WrittenReport:
    """Answer every question of the report and write it.

    Args:
        engine: where the questions are asked.
        output: the folder that gets `report.md` and `docs/report/`; charts and data there that
            this report does not have are removed.
        record: the simulation that was played, when it is known.

    Raises:
        NothingLandedError: no trade has landed.
        EngineError: a question could not be answered.
    """
    (opening,) = OVERVIEW.questions
    overview = engine.ask(question(opening).sql)
    if not overview.rows:
        raise NothingLandedError("no trade has landed")
    charts: list[Path] = []
    data = [_write_data(opening, overview, output)]
    parts = [_preamble(overview, record)]
    for section in SECTIONS:
        parts.append(f"## {section.title}")
        answers = {name: engine.ask(question(name).sql) for name in section.questions}
        if not any(answer.rows for answer in answers.values()):
            parts.append(f"_{section.nothing}_")
            continue
        for name, answer in answers.items():
            chart = _draw(name, answer, output)
            charts += [chart] if chart else []
            data += [_write_data(name, answer, output)] if answer.rows else []
            parts.append("\n\n".join(_parts(name, answer, chart is not None)))
    report = output / "report.md"
    report.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    _remove_stale(output / CHART_FOLDER, {*charts, *data})
    return WrittenReport(report, tuple(charts), tuple(data))


def _parts(name: str, answer: Answer, has_chart: bool) -> Iterator[str]:  # noqa: FBT001 - private
    asked = question(name)
    yield f"### {asked.description}"
    if not answer.rows:
        yield "_None in this run._"
        return
    if has_chart:
        yield f"![{asked.description}]({(CHART_FOLDER / name).as_posix()}.svg)"
    # Times run down a table and along a chart; the chart tells more.
    if not (has_chart and answer.columns[0].type == "timestamp"):
        yield answer_table(answer)
    facts = ADVICE[name](answer)
    if facts is not None:
        yield f"**What to do with it.** {_one_line(_text(f'advice/{name}.md', facts))}"
    rows = "the row" if len(answer.rows) == 1 else f"all {len(answer.rows):,} rows"
    data = f"[{rows}]({(CHART_FOLDER / name).as_posix()}.csv)"
    yield f"Data: {data} · query: `./guildhall query {name} --sql`"


def _draw(name: str, answer: Answer, output: Path) -> Path | None:
    figure = CHARTS[name](answer) if name in CHARTS and answer.rows else None
    if figure is None:
        return None
    path = output / CHART_FOLDER / f"{name}.svg"
    save(figure, path)
    return path


def _write_data(name: str, answer: Answer, output: Path) -> Path:
    path = output / CHART_FOLDER / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(answer, file)
    return path


def _remove_stale(folder: Path, written: set[Path]) -> None:
    for path in (*folder.glob("*.svg"), *folder.glob("*.csv")):
        if path not in written:
            path.unlink()


def _preamble(overview: Answer, record: RunRecord | None) -> str:
    cells = zip(overview.columns, overview.rows[0], strict=True)
    facts = {column.name: escaped(cell_text(column, cell)) for column, cell in cells}
    commands = ["./guildhall up"]
    if record:
        asked = {"asked_players": f"{record.players:,}", "asked_trades": f"{record.trades:,}"}
        run = _text("run_recorded.md", {**facts, **asked, "seed": str(record.seed)})
        commands.append(
            " ".join(("./guildhall simulate", *record.switches))
            + f" --players {record.players} --trades {record.trades} --seed {record.seed}"
        )
    else:
        run = _text("run_unrecorded.md", facts)
        commands.append("./guildhall simulate --players N --trades M --seed S")
    commands += ["./guildhall reconcile", "./guildhall report"]
    return _text("preamble.md", {"run": run, "commands": "\n".join(commands)})


def _one_line(text: str) -> str:
    """Return a paragraph on one line: a figure that began a line could make it a list."""
    return " ".join(text.split())


def _text(name: str, facts: dict[str, str]) -> str:
    """Return a text with its places filled; a place without a fact is a fault and raises."""
    template = Template((_TEXT / name).read_text(encoding="utf-8"))
    return template.substitute(facts).strip()
