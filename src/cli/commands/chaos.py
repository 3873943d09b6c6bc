"""`./guildhall chaos`: faults injected while the stack is traded on, and what held."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

import click
from rich.console import Group, RenderableType

from src.cli.errors import CheckFailed
from src.cli.output import Output, json_option, table

if TYPE_CHECKING:
    from simulation.plan import Plan
    from src.chaos.own_stack import OwnStack
    from src.chaos.result import ChaosResult


@click.command()
@click.option(
    "--minutes",
    default=3.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Storms are begun for so long; one at least.",
)
@click.option(
    "--seed", default=1, show_default=True, help="The same seed deals the same faults and trades."
)
@click.option("--players", default=200, show_default=True, type=click.IntRange(min=2))
@click.option(
    "--running-stack",
    is_flag=True,
    help="Hurt the stack that runs, with all who trade on it, instead of one made for this.",
)
@json_option
def chaos(*, minutes: float, seed: int, players: int, running_stack: bool, as_json: bool) -> None:
    """Kill and pause every process while trades go on, and prove that nothing is lost.

    Starts a stack of its own on free ports, plays seeded trades over HTTP, and deals storms of
    faults: SIGKILL to each process in turn and to several together, SIGSTOP, Kafka gone until the
    outbox is full, no room on the disk. Then compares every answer that was given with Redis and
    the tables. Exits with 1 when anything was lost, came twice or differs; what the run left is
    kept then.
    """
    # Imported here so that the list of commands does not wait for them.
    from simulation.plan import Plan  # noqa: PLC0415
    from simulation.world import load_world  # noqa: PLC0415
    from src.chaos.own_stack import given_stack, own_stack  # noqa: PLC0415
    from src.chaos.run import ACTIONS  # noqa: PLC0415
    from src.cli.stack_progress import StackProgress  # noqa: PLC0415
    from src.config import load_settings  # noqa: PLC0415

    # A run that is ended by SIGTERM undoes what it did, as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings, output = load_settings(), Output(as_json=as_json)
    plan = Plan(seed, players, ACTIONS, load_world())
    where = given_stack(settings) if running_stack else own_stack(settings, StackProgress(output))
    command = f"./guildhall chaos --minutes {minutes:g} --seed {seed} --players {players}"
    if running_stack:
        command += " --running-stack"
    with where as stack:
        remedy = f"{command}\nwhat this run left is in {stack.settings.var}"
        result = _played(stack, plan, minutes, output, remedy)
    output.answer(result, lambda: as_text(result))
    check(result, remedy)


def check(result: ChaosResult, remedy: str) -> None:
    """Fail when something did not hold.

    Raises:
        CheckFailed: something was lost, came twice or differs.
    """
    if not result.is_clean:
        raise CheckFailed(
            f"{result.lost:,} lost, {result.duplicated:,} duplicated, {result.differs:,} differ.",
            cause="\n".join(result.findings[:10]),
            remedy=remedy,
        )


def _played(
    stack: OwnStack, plan: Plan, minutes: float, output: Output, remedy: str
) -> ChaosResult:
    import logging  # noqa: PLC0415 - as in `chaos`

    from simulation.transport import Unreachable  # noqa: PLC0415 - as in `chaos`
    from simulation.wire import UnreadableAnswer  # noqa: PLC0415 - as above
    from src.chaos.run import ChaosRun, Teller  # noqa: PLC0415 - as above
    from src.stack.errors import NotReadyError  # noqa: PLC0415 - as above

    # The clients of what is killed have much to say about it.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    with output.progress() as bar, contextlib.ExitStack() as ends:
        task = bar.add_task("landed events", total=None, visible=False)
        teller = Teller(
            lambda line: bar.console.print(line, soft_wrap=True),
            lambda landed, last: bar.update(task, completed=landed, total=last, visible=True),
        )
        try:
            chaos_run = ends.enter_context(
                ChaosRun(stack.settings, plan, minutes=minutes, teller=teller)
            )
            result = chaos_run.play()
        except (Unreachable, UnreadableAnswer, NotReadyError) as error:
            cause = f"{error}\n{error.cause}" if isinstance(error, NotReadyError) else str(error)
            raise CheckFailed("The stack did not withstand it.", cause, remedy) from error
    stack.clean = result.is_clean
    return result


def as_text(result: ChaosResult) -> RenderableType:
    """Return a result as people read it."""
    rows = table(
        ["process", "kills", "pauses", "no room", "outages", "recovered in at most, s"],
        [
            (r.process, r.kills, r.pauses, r.no_room, r.outages, r.recovered_s_max)
            for r in result.processes
        ],
        title=f"{result.storms:,} storms, seed {result.seed}",
    )
    reconciled = "clean" if result.reconciled else "NOT clean"
    return Group(
        rows,
        "",
        f"requests      {result.requests:,} answered, {result.retried:,} retries, "
        f"{result.replayed:,} answers given again",
        f"in doubt      {result.in_doubt:,} requests that were not answered at first: "
        f"{result.in_doubt_made:,} were seen to have changed their players; each was told later",
        f"acknowledged  {result.acknowledged:,} trades: {result.settled:,} settled, "
        f"{result.refused:,} refused",
        f"outbox        full {result.outbox_full:,} times while Kafka was away",
        f"lost          {result.lost:,}",
        f"duplicated    {result.duplicated:,}",
        f"differs       {result.differs:,}",
        f"reconcile     {reconciled}, {result.events:,} events",
    )
