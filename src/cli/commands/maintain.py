"""`./guildhall maintain`: what the landing process does on a schedule, now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from src.cli.errors import CheckFailed, ServiceUnreachable
from src.cli.output import Output, json_option, table

if TYPE_CHECKING:
    from rich.table import Table

    from src.config import Settings
    from src.streaming.maintenance import Upkeep

#: What people read of each table, by the name of its figure.
_COLUMNS = {
    "table": "table",
    "files": "files_before",
    "files now": "files_after",
    "compacted": "compacted",
    "taken in": "taken_in",
    "manifests": "manifests_before",
    "manifests now": "manifests_after",
    "snapshots": "snapshots_before",
    "expired": "snapshots_expired",
    "orphans": "orphans_removed",
    "seconds": "seconds",
}


@click.command()
@click.option("--table", "names", multiple=True, metavar="T", help="Only this table; repeatable.")
@click.option(
    "--anew",
    is_flag=True,
    help="Make materialized views and rollups of all rows, forgetting what they have.",
)
@json_option
def maintain(names: tuple[str, ...], *, anew: bool, as_json: bool) -> None:
    """Compact the tables, renew views, expire snapshots.

    A running landing process does it, beside landing; without one, this command does it itself.
    Ends with 1 when a step failed; what it had done stays, and asking again goes on from there.
    """
    from src.config import load_settings  # noqa: PLC0415 - keeps --help quick
    from src.economy.warehouse import MATERIALIZED  # noqa: PLC0415 - as above
    from src.rollups import rollup_tables  # noqa: PLC0415 - as above
    from src.streaming.tables import table_names  # noqa: PLC0415 - as above

    known = table_names()
    made = (*MATERIALIZED, *rollup_tables())
    if anew and names and not set(names) & set(made):
        raise click.UsageError(f"--anew is for {', '.join(made)}")
    if unknown := sorted(set(names) - set(known)):
        raise click.UsageError(f"no table {unknown[0]!r}: there are {', '.join(known)}")
    settings = load_settings()
    output = Output(as_json=as_json)
    done = _maintained(settings, names or known, output, anew=anew)
    output.answer(done, lambda: _text(done))
    if faults := [f"{each.table}: {fault}" for each in done for fault in each.faults]:
        raise CheckFailed(
            f"{len(faults)} steps failed.", cause="\n".join(faults), remedy="./guildhall maintain"
        )


def _maintained(
    settings: Settings, names: Sequence[str], output: Output, *, anew: bool
) -> list[Upkeep]:
    from src.streaming.writers import alone  # noqa: PLC0415 - as above

    done: list[Upkeep] = []
    with output.progress() as bar:
        task = bar.add_task("tables maintained", total=len(names))

        def told(upkeep: Upkeep) -> None:
            done.append(upkeep)
            bar.update(task, completed=len(done))

        with alone(settings) as is_alone:
            if is_alone:
                _by_this_command(settings, names, told, anew=anew)
        if not is_alone:
            _by_landing(settings, names, told, anew=anew)
    return done


def _by_this_command(
    settings: Settings, names: Sequence[str], told: Callable[[Upkeep], None], *, anew: bool
) -> None:
    from src.streaming.maintenance import maintain_tables  # noqa: PLC0415 - as above
    from src.streaming.session import start_session  # noqa: PLC0415 - as above

    spark = start_session(settings, "guildhall-maintain")
    try:
        maintain_tables(spark, settings, names, told, anew=anew)
    finally:
        spark.stop()


def _by_landing(
    settings: Settings, names: Sequence[str], told: Callable[[Upkeep], None], *, anew: bool
) -> None:
    from src.streaming.maintenance_requests import Unanswered, ask  # noqa: PLC0415 - as above
    from src.streaming.writers import is_landing  # noqa: PLC0415 - as above

    try:
        ask(settings, names, told, is_waiting=lambda: is_landing(settings), anew=anew)
    except Unanswered as error:
        raise ServiceUnreachable(
            "The landing process ended before all tables were maintained.",
            cause=str(error),
            remedy="./guildhall status, then ./guildhall logs streaming",
        ) from error


def _text(done: Sequence[Upkeep]) -> Table:
    return table(
        list(_COLUMNS), [[getattr(each, name) for name in _COLUMNS.values()] for each in done]
    )
