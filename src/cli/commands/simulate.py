"""`./guildhall simulate`."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from src.cli.errors import CheckFailed
from src.cli.output import Output, json_option

if TYPE_CHECKING:
    from simulation.economy import Economy
    from simulation.pace import Pace
    from simulation.plan import Plan
    from simulation.summary import Summary
    from simulation.transport import Transport
    from src.config import Settings

#: A token given in the environment is used; else one is made, which needs Redis at hand.
TOKEN_VARIABLE = "GUILDHALL_TOKEN"  # noqa: S105 - a variable's name

_HOURS_A_DAY = 24


@click.command()
@click.option("--players", default=1_000, show_default=True, type=click.IntRange(min=2))
@click.option("--trades", default=10_000, show_default=True, type=click.IntRange(min=0))
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same trades.")
@click.option(
    "--workers", default=8, show_default=True, type=click.IntRange(1, 64), help="Requests at once."
)
@click.option(
    "--agents",
    is_flag=True,
    help="An economy: producers, crafters, merchants, collectors, recruits, fighters.",
)
@click.option("--cheats", is_flag=True, help="With --agents: rings of cheats among them.")
@click.option(
    "--labels",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --agents: where to write who is who and which trades are cheating; "
    "var/run/labels.json when not given.",
)
@click.option(
    "--day-seconds",
    default=0.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="With --agents: what a simulated day takes; 0 is as fast as the API answers.",
)
@json_option
def simulate(  # noqa: PLR0913 - one argument an option
    *,
    players: int,
    trades: int,
    seed: int,
    workers: int,
    agents: bool,
    cheats: bool,
    labels: Path | None,
    day_seconds: float,
    as_json: bool,
) -> None:
    """Let seeded agents trade over HTTP.

    Creates players, plays trades (between players, with the shop, with guilds; some that must be
    refused), reads every player back and compares it with books kept from the answers. Exits with
    1 when something differs, with 3 when the API does not answer.
    """
    if not agents and (cheats or labels or day_seconds):
        raise click.UsageError("--cheats, --labels and --day-seconds go with --agents.")
    # Imported here so that the list of commands does not wait for them.
    from simulation.telling import told  # noqa: PLC0415
    from src.config import load_settings  # noqa: PLC0415 - as above

    settings = load_settings()
    plan = _plan(seed, players, trades, cheats=cheats if agents else None)
    summary = play(
        settings,
        plan,
        workers,
        os.environ.get(TOKEN_VARIABLE),
        day_s=day_seconds,
        labels_file=labels,
    )
    Output(as_json=as_json).answer(
        summary, lambda: told(summary, day_s=day_seconds if agents else None)
    )
    if summary.difference_count:
        flags = f"{' --agents' if agents else ''}{' --cheats' if cheats else ''}"
        raise CheckFailed(
            f"The server differs from the books in {summary.difference_count:,} places.",
            cause="\n".join(summary.differences[:10]),
            remedy=f"./guildhall simulate{flags} --players {players} --trades {trades} "
            f"--seed {seed}",
        )


def _plan(seed: int, players: int, trades: int, *, cheats: bool | None) -> Plan | Economy:
    """Return the plan of an economy with cheats or without, or, for None, that of a market."""
    from simulation.economy import Economy  # noqa: PLC0415 - as in `simulate`
    from simulation.plan import Plan  # noqa: PLC0415 - as above
    from simulation.world import load_world  # noqa: PLC0415 - as above

    if cheats is None:
        return Plan(seed, players, trades, load_world())
    try:
        return Economy(seed, players, trades, load_world(), cheats=cheats)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error


def play(
    settings: Settings,
    plan: Plan | Economy,
    workers: int,
    token: str | None = None,
    *,
    day_s: float = 0.0,
    labels_file: Path | None = None,
) -> Summary:
    """Play a plan against the running stack, and write its summary for the report.

    Args:
        settings: of the stack.
        plan: what to play.
        workers: requests under way at once.
        token: of role game; one is made when not given.
        day_s: what a simulated day of an economy takes, in seconds; 0 is as fast as can be.
        labels_file: where an economy's labels go; into var when not given.

    Raises:
        ServiceUnreachable: the API does not answer.
        CheckFailed: the API answered with an error that no retry helps, or not as promised.
    """
    from simulation.pace import Pace  # noqa: PLC0415 - as in `simulate`
    from simulation.run import RACERS  # noqa: PLC0415 - as above
    from simulation.session import connected  # noqa: PLC0415 - as above
    from simulation.summary import write_summary  # noqa: PLC0415 - as above

    with connected(
        settings.api_url, lambda: token or _new_token(settings), workers + RACERS
    ) as transport:
        pace = Pace(day_s / _HOURS_A_DAY)
        summary = _played(transport, plan, workers, pace, _labels_file(settings, labels_file))
    write_summary(summary, settings.var)
    return summary


def _labels_file(settings: Settings, asked: Path | None) -> Path:
    from simulation.labels import labels_path  # noqa: PLC0415 - as in `simulate`

    return asked or labels_path(settings.var)


def _new_token(settings: Settings) -> str:
    from src.bootstrap import issue_token  # noqa: PLC0415 - as in `simulate`

    return issue_token(settings, "game")


def _played(
    transport: Transport, plan: Plan | Economy, workers: int, pace: Pace, labels_file: Path
) -> Summary:
    from simulation.economy import Economy  # noqa: PLC0415 - as in `simulate`
    from simulation.labels import Labels, write_truth  # noqa: PLC0415 - as above
    from simulation.progress import ConsoleProgress  # noqa: PLC0415 - as above
    from simulation.run import Simulation  # noqa: PLC0415 - as above

    labels = Labels(plan.cast) if isinstance(plan, Economy) else None
    run_id = f"sim-{uuid.uuid4().hex[:12]}"
    with ConsoleProgress(Console(stderr=True, highlight=False)) as progress:
        run = Simulation(
            transport,
            plan,
            run_id=run_id,
            workers=workers,
            progress=progress,
            pace=pace,
            labels=labels,
        )
        try:
            return run.play()
        finally:
            # A run that is broken off has cheated all the same.
            if labels is not None:
                write_truth(labels.truth(run_id, plan.seed, run.ids), labels_file)
