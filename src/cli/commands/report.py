"""`./guildhall report`: the markdown report with its charts and data."""

from __future__ import annotations

import os
from pathlib import Path

import click

from src.cli.commands.query import economy_engine
from src.cli.errors import ServiceUnreachable
from src.cli.output import Output, json_option
from src.config import load_settings

_TOP_LEVEL = Path(__file__).parents[3]


@click.command()
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=_TOP_LEVEL,
    show_default="the repository's top level",
    help="The folder that gets report.md and docs/report/.",
)
@json_option
def report(folder: Path, *, as_json: bool) -> None:
    """Write report.md, its charts and its data from what has landed.

    In the embedded profile the tables are read from disk as they are now: nothing else needs to
    run. In the full profile Presto answers.
    """
    settings = load_settings()
    # matplotlib keeps a list of fonts; it must lie where everything written at run time lies.
    os.environ.setdefault("MPLCONFIGDIR", str(settings.var / "tmp" / "matplotlib"))
    from src.economy.report.run_record import read_run_record  # noqa: PLC0415 - after the line above
    from src.economy.report.writer import NothingLandedError, write_report  # noqa: PLC0415 - as above

    with economy_engine(settings) as engine:
        try:
            written = write_report(engine, folder, read_run_record(settings.var))
        except NothingLandedError as error:
            raise ServiceUnreachable(
                "No trade has landed, so there is nothing to report.",
                remedy="./guildhall simulate, then ./guildhall status until the lag is 0",
            ) from error
    Output(as_json=as_json).answer(
        {
            "report": str(written.report),
            "charts": [str(chart) for chart in written.charts],
            "data": [str(path) for path in written.data],
        },
        lambda: (
            f"{written.report} with {len(written.charts)} charts and {len(written.data)} CSV files"
        ),
    )
