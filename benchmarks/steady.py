"""What landing costs a realm that runs on: whether a minute costs what an earlier one did.

`python -m benchmarks.steady --minutes 20` starts a stack of its own, whose tables are not compacted
meanwhile, lets events come evenly, and prints a line a minute: the processor time of the jobs and
of the API beside them, and what a commit of landing has to read and write of the table `trade`: its
snapshots, in its metadata.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from benchmarks.http_rows import TRADING_PLAYERS
from benchmarks.landing import came_per_s, even_load
from benchmarks.machine import Stolen, machine
from benchmarks.stand import Stand, standing
from src.config import load_settings
from src.economy.warehouse import NAMESPACE, newest_metadata
from src.stack.lifecycle import Silent
from src.streaming.history import history_of

_MINUTE_S = 60.0


class Minute(Struct, frozen=True):
    """A minute of a run: events a second, processor time in s, and the table `trade` after it."""

    number: int
    events_per_s: float
    jobs_s: float
    api_s: float
    snapshots: int
    metadata_kib: int


def minutes_of(stand: Stand, count: int, events_per_s: int) -> Iterator[Minute]:
    """Let events come evenly for so many minutes, and tell each, when all of it has landed."""
    for number in range(1, count + 1):
        run = stand.serve(even_load(events_per_s, _MINUTE_S))
        snapshots, size = _metadata(stand)
        yield Minute(
            number=number,
            events_per_s=came_per_s(run.load),
            jobs_s=run.cpu_s["streaming"],
            api_s=run.cpu_s["api"],
            snapshots=snapshots,
            metadata_kib=size // 1024,
        )


def _metadata(stand: Stand) -> tuple[int, int]:
    """Return how many snapshots the table `trade` has, and the bytes of its metadata."""
    newest = newest_metadata(Path(stand.settings.warehouse) / NAMESPACE / "trade")
    if newest is None:
        return 0, 0
    text = newest.read_bytes()
    return len(history_of(text).every), len(text)


def main() -> None:
    """Read the plan from the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steady", description=__doc__)
    parser.add_argument("--minutes", type=int, default=20)
    parser.add_argument("--events-per-s", type=int, default=1_000)
    given = parser.parse_args()
    for name, value in machine().items():
        print(f"{name}: {value}")
    stolen = Stolen()
    with standing(load_settings(), Silent()) as stand:
        stand.ensure_players(TRADING_PLAYERS)
        stand.choose_players(TRADING_PLAYERS)
        stand.settle()
        print("\n| minute | events/s | jobs, s | API, s | snapshots | metadata, KiB |")
        print("|---|---|---|---|---|---|", flush=True)
        for each in minutes_of(stand, given.minutes, given.events_per_s):
            print(
                f"| {each.number} | {each.events_per_s:,.0f} | {each.jobs_s:.1f} "
                f"| {each.api_s:.1f} | {each.snapshots:,} | {each.metadata_kib:,} |",
                flush=True,
            )
    print(f"taken by other machines meanwhile: {stolen.share():.0%}")


if __name__ == "__main__":
    main()
