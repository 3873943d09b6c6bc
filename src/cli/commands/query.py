"""`./guildhall query`: an economy question and its answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from src.cli.errors import CheckFailed, ServiceUnreachable
from src.cli.output import Output, json_option
from src.config import Settings, load_settings
from src.economy.cells import cell_text, is_right_aligned, plain_cell
from src.economy.csv_file import write_csv
from src.economy.engine import Answer, Engine, QueryFailedError, WarehouseUnreachableError
from src.economy.questions import UnknownQuestionError, question
from src.economy.sections import GROUPS
from src.sql_files import SqlFile


@click.command()
@click.argument("name", required=False)
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of text.")
@click.option("--sql", "as_sql", is_flag=True, help="Print the query instead of its answer.")
def query(name: str | None, *, as_json: bool, as_csv: bool, as_sql: bool) -> None:
    """Answer the economy question NAME; without NAME, list the questions.

    In the embedded profile the tables are read from disk as they are now: nothing else needs to
    run. In the full profile Presto answers.
    """
    if as_json + as_csv + as_sql > 1:
        raise click.UsageError("give one of --json, --csv and --sql")
    output = Output(as_json=as_json)
    if name is None:
        _list(output)
        return
    asked = _question(name)
    if as_sql:
        click.echo(asked.sql)
        return
    with economy_engine(load_settings()) as engine:
        answer = engine.ask(asked.sql)
    if as_csv:
        write_csv(answer, sys.stdout)
    else:
        output.answer(as_data(asked, answer), lambda: as_table(asked, answer))


@contextmanager
def economy_engine(settings: Settings) -> Iterator[Engine]:
    """Open the engine, and turn its errors into those of the command line.

    Raises:
        ServiceUnreachable: there are no tables, or they cannot be read.
        CheckFailed: the engine refused a query.
    """
    from src.economy.engines import open_engine  # noqa: PLC0415 - keeps --help quick

    try:
        with open_engine(settings) as engine:
            yield engine
    except WarehouseUnreachableError as error:
        raise ServiceUnreachable(error.fact, remedy=error.remedy) from error
    except QueryFailedError as error:
        raise CheckFailed(error.fact, remedy=error.remedy) from error


def as_data(asked: SqlFile, answer: Answer) -> dict[str, Any]:
    """Return what `--json` prints: the question, its columns, and the rows by column name."""
    return {
        "name": asked.name,
        "description": asked.description,
        "columns": answer.columns,
        "rows": [
            {name: plain_cell(cell) for name, cell in record.items()} for record in answer.records()
        ],
    }


def as_table(asked: SqlFile, answer: Answer) -> Table:
    """Return the answer for people."""
    made = Table(
        title=asked.description,
        title_justify="left",
        caption=None if answer.rows else "no rows",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    for column in answer.columns:
        made.add_column(column.name, justify="right" if is_right_aligned(column) else "left")
    for row in answer.rows:
        cells = (cell_text(column, cell) for column, cell in zip(answer.columns, row, strict=True))
        made.add_row(*(escape(cell) for cell in cells))
    return made


def _question(name: str) -> SqlFile:
    try:
        return question(name)
    except UnknownQuestionError as error:
        near = f"did you mean {' or '.join(error.near)}? " if error.near else ""
        raise click.UsageError(f"{error}: {near}./guildhall query lists them") from error


def _list(output: Output) -> None:
    groups = [(group.title, [question(name) for name in group.questions]) for group in GROUPS]
    output.answer(
        [
            {"name": asked.name, "description": asked.description, "section": title}
            for title, members in groups
            for asked in members
        ],
        lambda: _groups_table(groups),
    )


def _groups_table(groups: Sequence[tuple[str, Sequence[SqlFile]]]) -> Table:
    made = Table(box=None, pad_edge=False)
    for column in ("name", "asks"):
        made.add_column(column)
    for title, members in groups:
        made.add_row()
        made.add_row(f"[bold]{escape(title)}[/bold]")
        for asked in members:
            made.add_row(asked.name, asked.description)
    return made
