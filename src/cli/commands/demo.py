"""`./guildhall demo`: the main job, from nothing to a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace
from rich.panel import Panel
from rich.table import Table

from src.cli.output import Output

if TYPE_CHECKING:
    from src.config import Settings

#: Rows of an answer that are shown; `query NAME` shows all.
_ROWS_SHOWN = 8

#: Questions whose answers are shown: those that are asked first; the report has all.
_QUESTIONS_SHOWN = (
    "trade_count",
    "trades_by_kind",
    "most_traded_item",
    "sword_purchases_by_material",
    "price_index",
    "wealth_inequality",
    "richest_inventory",
    "most_diverse_inventory",
    "guild_membership",
    "value_imbalanced_trades",
)


@click.command()
@click.option("--players", default=1_000, show_default=True, type=click.IntRange(min=2))
@click.option("--trades", default=10_000, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--profile",
    type=click.Choice(["embedded", "full"]),
    help="Where the warehouse lies and which engine reads it; the setting's value when not given.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same trades.")
@click.pass_context
def demo(
    context: click.Context, *, players: int, trades: int, profile: str | None, seed: int
) -> None:
    """Play the main job from nothing: stack, players, trades, answers, report.

    Starts the stack, lets seeded players trade over HTTP, waits until everything has landed,
    answers the economy questions, proves that the books balance, and writes a report. The stack
    goes on running.
    """
    # Imported here so that the list of commands does not wait for them.
    from src.cli.books import await_landing, balanced_books  # noqa: PLC0415
    from src.cli.commands.report import report  # noqa: PLC0415
    from src.cli.commands.simulate import simulate  # noqa: PLC0415
    from src.cli.commands.up import up  # noqa: PLC0415
    from src.config import load_settings  # noqa: PLC0415

    output = Output()
    _step(output, 1, "The stack")
    context.invoke(up, profile=profile)
    settings = load_settings()
    _step(output, 2, f"{players:,} players, {trades:,} trades over HTTP, seed {seed}")
    context.invoke(simulate, players=players, trades=trades, seed=seed, workers=8, as_json=False)
    _step(output, 3, "Landing")
    last_seq = await_landing(settings, output)
    output.say(f"All {last_seq:,} events are in the tables.")
    _step(output, 4, "The economy questions")
    _answer_questions(settings, output)
    _step(output, 5, "The books")
    balanced_books(settings, output)
    _step(output, 6, "The report")
    folder = settings.var / "report"
    context.invoke(report, folder=folder, as_json=False)
    output.say("")
    output.show(Panel(_summary(settings), title="Guildhall is running", expand=False))


def _step(output: Output, number: int, title: str) -> None:
    output.say(f"\n[bold]{number} of 6  {title}[/bold]")


def _answer_questions(settings: Settings, output: Output) -> None:
    from src.cli.commands.query import as_table, economy_engine  # noqa: PLC0415 - as in `demo`
    from src.economy.questions import question, questions  # noqa: PLC0415 - as above

    with economy_engine(settings) as engine:
        for asked in map(question, _QUESTIONS_SHOWN):
            answer = engine.ask(asked.sql)
            shown = replace(answer, rows=answer.rows[:_ROWS_SHOWN])
            output.show(as_table(asked, shown))
            if len(answer.rows) > _ROWS_SHOWN:
                more = len(answer.rows) - _ROWS_SHOWN
                output.say(f"[dim]{more:,} more: ./guildhall query {asked.name}[/dim]")
            output.say("")
    others = len(questions()) - len(_QUESTIONS_SHOWN)
    output.say(f"The report answers these and {others} more; ./guildhall query lists them all.")


def _summary(settings: Settings) -> Table:
    lines = Table.grid(padding=(0, 3))
    lines.add_row("API", f"{settings.api_url}/v1")
    lines.add_row("try it", f"{settings.api_url}/docs, with a token from ./guildhall token game")
    lines.add_row("report", _from_here(settings.var / "report" / "report.md"))
    lines.add_row("how it is", "./guildhall status")
    lines.add_row("ask", "./guildhall query")
    lines.add_row("stop it", "./guildhall down")
    return lines


def _from_here(path: Path) -> str:
    """Return a path as it is typed from the working directory."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
