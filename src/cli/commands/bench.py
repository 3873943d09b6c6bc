"""`./guildhall bench`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Group, RenderableType

from src.cli.errors import CheckFailed
from src.cli.output import Output, json_option, table
from src.stack.layout import ROOT

if TYPE_CHECKING:
    from benchmarks.results import Results

_PAGE = ROOT / "docs" / "reference" / "performance.md"
#: As `benchmarks.run.BENCHMARKS`, which would make `--help` wait; a test holds them together.
NAMES = (
    "questions",
    *("create_first", "trade_1", "trade_16", "trade", "trade_128", "trade_zipf", "trade_hot"),
    *("batch_10", "batch", "batch_1000", "read_1", "read_16", "read", "read_128", "create_many"),
    *("trade_naive", "trade_postgres", "trade_postgres_go"),
    *("ready", "commit", "relay", "backlog", "freshness", "memory", "create_most"),
)


@click.command()
@click.option("--quick", is_flag=True, help="Fewer and shorter runs; the page says so.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(NAMES),
    help="Measure this one; can be given again. The page is not written.",
)
@json_option
def bench(*, quick: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Measure speed and memory.

    Starts a stack of its own below `var/bench` on ports from 19600, beside one that may run, with a
    plain Flask hello on the same server settings and the other designs that trades are compared
    with: a naive one and, where they are installed, PostgreSQL behind the API's server and behind
    one in Go. Removes all of it at the end. A complete run takes long, most of it for the questions
    at ten million trades, whose tables take 3 GiB, and writes docs/reference/performance.md. Exits
    with 1 when an answer was wrong or something was left over; a goal that is not reached is
    told, and is not a failure.
    """
    # Imported here so that the list of commands does not wait for them.
    from benchmarks.http_rows import FULL, QUICK  # noqa: PLC0415
    from benchmarks.page import page_of  # noqa: PLC0415
    from benchmarks.run import run  # noqa: PLC0415
    from benchmarks.servers import BenchmarkFailed  # noqa: PLC0415
    from src.cli.stack_progress import StackProgress  # noqa: PLC0415
    from src.config import load_settings  # noqa: PLC0415

    output = Output(as_json=as_json)
    command = " ".join(["./guildhall bench", *(["--quick"] if quick else [])])
    command += "".join(f" --only {name}" for name in only)
    size = QUICK if quick else FULL
    try:
        results = run(load_settings(), size, StackProgress(output), command, only)
    except BenchmarkFailed as error:
        raise CheckFailed(
            "The benchmarks could not be run to the end.",
            cause=str(error),
            remedy="the logs are in var/bench/log; run it again on a quieter machine",
        ) from error
    output.answer(results, lambda: _text(results))
    if not (only or results.faults):
        _PAGE.write_text(page_of(results))
        output.note(f"wrote {_PAGE.relative_to(ROOT)}")
    if results.faults:
        sys.exit(1)


def _text(results: Results) -> RenderableType:
    facts = {**results.machine, **results.versions}
    parts: list[RenderableType] = [
        ", ".join(f"{name} {value}" for name, value in facts.items()),
        f"{results.command}: {results.runs} runs of {results.seconds:g} s, medians",
    ]
    if results.rows:
        parts += ["", _rows(results)]
    if results.peers:
        parts += ["", _peers(results)]
    parts += [f"{name} is left out: {why}" for name, why in results.left_out.items()]
    if results.questions:
        parts += ["", _questions(results)]
    if results.figures:
        figures = [(each.title, each.spread().median, each.unit) for each in results.figures]
        parts += ["", table(["landing", "value", "unit"], figures)]
    if results.memory_mib:
        memory = [*results.memory_mib.items(), ("together", sum(results.memory_mib.values()))]
        parts += ["", table(["process", "resident MiB"], memory)]
    if results.goals:
        goals = [(g.title, g.wanted, g.reached, g.is_met) for g in results.goals]
        parts += ["", table(["goal", "wanted", "reached", "met"], goals)]
    parts += ["", *(results.faults or ["end state: all answers right, nothing died, all landed"])]
    return Group(*parts)


def _questions(results: Results) -> RenderableType:
    return table(
        ["question", "engine", "trades", "seconds", "low", "high", "first"],
        [
            (
                row.question,
                row.engine,
                row.trades,
                *(f"{value:.3f}" for value in msgspec.structs.astuple(row.spread())),
                f"{row.first_s:.3f}",
            )
            for row in results.questions
        ],
    )


def _rows(results: Results) -> RenderableType:
    columns = ["row", "a second", "unit", "low", "high", "p50 ms", "p99 ms", "hello/s", "of hello"]
    columns += ["api cpu-ms", "redis cpu-ms", "behind cpu-ms", "hello cpu-ms", "in hellos"]
    return table(
        columns,
        [
            (
                row.name,
                round(row.rate().median),
                row.unit,
                round(row.rate().low),
                round(row.rate().high),
                row.ms(0).median,
                row.ms(1).median,
                round(row.hello_rate().median),
                row.share_of_hello().median,
                f"{row.cpu_ms('api').median:.3f}",
                f"{row.cpu_ms('redis').median:.3f}",
                f"{row.cpu_ms('relay', 'kafka', 'streaming').median:.3f}",
                f"{row.hello_cpu_ms().median:.3f}",
                row.cpu_in_hellos().median,
            )
            for row in results.rows
        ],
    )


def _peers(results: Results) -> RenderableType:
    columns = ["peer", "trades/s", "ours in its", "low", "high", "p50 ms", "p99 ms"]
    columns += ["cpu-ms", "cpu of ours in its", "at its end"]
    return table(
        columns,
        [
            (
                peer.name,
                round(peer.rate().median),
                f"{peer.ours_per_its().median:.2f}",
                f"{peer.ours_per_its().low:.2f}",
                f"{peer.ours_per_its().high:.2f}",
                peer.ms(0).median,
                peer.ms(1).median,
                f"{peer.cpu_ms().median:.3f}",
                f"{peer.cpu_ours_per_its().median:.2f}",
                ", ".join(f"{f.title}: {f.spread().median:,.0f}" for f in peer.figures),
            )
            for peer in results.peers
        ],
    )
