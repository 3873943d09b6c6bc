"""`./guildhall simulate`."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import click
from rich.console import Console, Group, RenderableType

from src.cli.errors import CheckFailed, ServiceUnreachable
from src.cli.output import Output, json_option, table

if TYPE_CHECKING:
    from simulation.plan import Plan
    from simulation.summary import Summary
    from simulation.transport import Transport
    from src.config import Settings

#: A token given in the environment is used; else one is made, which needs Redis at hand.
TOKEN_VARIABLE = "GUILDHALL_TOKEN"  # noqa: S105 - a variable's name


@click.command()
@click.option("--players", default=1_000, show_default=True, type=click.IntRange(min=2))
@click.option("--trades", default=10_000, show_default=True, type=click.IntRange(min=0))
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same trades.")
@click.option(
    "--workers", default=8, show_default=True, type=click.IntRange(1, 64), help="Requests at once."
)
@json_option
def simulate(*, players: int, trades: int, seed: int, workers: int, as_json: bool) -> None:
    """Let seeded agents trade over HTTP.

    Creates players, plays trades (between players, with the shop, with guilds; some that must be
    refused), reads every player back and compares it with books kept from the answers. Exits with
    1 when something differs, with 3 when the API does not answer.
    """
    # Imported here so that the list of commands does not wait for them.
    from simulation.plan import Plan  # noqa: PLC0415
    from simulation.world import load_world  # noqa: PLC0415
    from src.config import load_settings  # noqa: PLC0415

    settings = load_settings()
    plan = Plan(seed, players, trades, load_world())
    summary = play(settings, plan, workers, os.environ.get(TOKEN_VARIABLE))
    Output(as_json=as_json).answer(summary, lambda: _text(summary))
    if summary.difference_count:
        raise CheckFailed(
            f"The server differs from the books in {summary.difference_count:,} places.",
            cause="\n".join(summary.differences[:10]),
            remedy=f"./guildhall simulate --players {players} --trades {trades} --seed {seed}",
        )


def play(settings: Settings, plan: Plan, workers: int, token: str | None = None) -> Summary:
    """Play a plan against the running stack, and write its summary for the report.

    Args:
        settings: of the stack.
        plan: what to play.
        workers: requests under way at once.
        token: of role game; one is made when not given.

    Raises:
        ServiceUnreachable: the API does not answer.
        CheckFailed: the API answered with an error that no retry helps, or not as promised.
    """
    from simulation.summary import write_summary  # noqa: PLC0415 - as in `simulate`
    from simulation.transport import Transport, Unreachable  # noqa: PLC0415 - as above
    from simulation.wire import UnreadableAnswer  # noqa: PLC0415 - as above

    transport = Transport(settings.api_url, connections=workers)
    try:
        transport.check()
        # Only now: a token is made in Redis, and without an API there is nothing to play.
        transport.authenticate(token or _new_token(settings))
        summary = _played(transport, plan, workers)
    except Unreachable as error:
        raise ServiceUnreachable(
            f"The API at {settings.api_url} does not answer.",
            cause=str(error),
            remedy="./guildhall status, then ./guildhall up",
        ) from error
    except UnreadableAnswer as error:
        raise CheckFailed(
            "The API did not carry out a request.",
            cause=str(error),
            remedy="./guildhall logs api",
        ) from error
    finally:
        transport.close()
    write_summary(summary, settings.var)
    return summary


def _new_token(settings: Settings) -> str:
    from src.bootstrap import issue_token  # noqa: PLC0415 - as in `simulate`

    return issue_token(settings, "game")


def _played(transport: Transport, plan: Plan, workers: int) -> Summary:
    from simulation.progress import ConsoleProgress  # noqa: PLC0415 - as in `simulate`
    from simulation.run import Simulation  # noqa: PLC0415 - as above

    with ConsoleProgress(Console(stderr=True, highlight=False)) as progress:
        run_id = f"sim-{uuid.uuid4().hex[:12]}"
        return Simulation(transport, plan, run_id=run_id, workers=workers, progress=progress).play()


def _text(summary: Summary) -> RenderableType:
    counts = table(
        ["kind", "outcome", "reason", "trades"],
        [(each.kind, each.status, each.reason, each.count) for each in summary.outcomes],
    )
    found = (
        f"{summary.difference_count:,} differences" if summary.difference_count else "no difference"
    )
    return Group(
        counts,
        "",
        f"trades   {summary.trades:,} in {summary.play_s:.1f} s "
        f"({summary.trades_per_s:,.0f} a second, {summary.workers} workers): "
        f"{summary.settled:,} settled, {summary.rejected:,} refused",
        f"answers  p50 {summary.latency_ms_p50:.1f} ms, p99 {summary.latency_ms_p99:.1f} ms; "
        f"{summary.requests:,} requests, {summary.retries:,} retries",
        f"audit    {summary.players_read_back:,} players read back, {found} from the books",
    )
