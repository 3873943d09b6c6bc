"""Whether the relay and both jobs keep up with all that the API takes.

`python -m benchmarks.keep_up --minutes 10` starts a stack of its own, sends trades as fast as they
are answered, and looks at what waits: commits in the outbox, records in Kafka that have not landed.
It prints a line for each part of the run, and exits with 1 when what waits grows.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from benchmarks.http_rows import TRADING_PLAYERS
from benchmarks.machine import Stolen, machine
from benchmarks.processes import cpu_s
from benchmarks.stand import Stand, send, standing
from benchmarks.wire import Load, Measured, WorkloadName
from src.config import load_settings
from src.events.definitions import EVENTS
from src.stack.lag import landing_lag
from src.stack.lifecycle import Silent

#: Parts that a run is told in.
_PARTS = 10
_LOOKS_A_PART = 6
_CONNECTIONS: dict[WorkloadName, int] = {"trade": 32, "batch": 8}
#: Waiting that grows by more seconds than this, from the first third to the last, is growth.
GROWTH_S_MAX = 5.0


class Part(Struct, frozen=True):
    """One part of a run: how far it had come, what was written a second, and what waited.

    `behind_s` is how long the jobs would take for what had not landed, at the rate of writing.
    """

    minutes: float
    events_per_s: float
    outbox: int
    unlanded: int

    @property
    def behind_s(self) -> float:
        """Seconds of events that had not landed."""
        return self.unlanded / self.events_per_s if self.events_per_s else 0.0


def growth_s(parts: Sequence[Part]) -> float:
    """Return by how many seconds the last third is further behind than the first."""
    third = max(1, len(parts) // 3)
    first, last = ([part.behind_s for part in each] for each in (parts[:third], parts[-third:]))
    return statistics.median(last) - statistics.median(first)


def watched(
    stand: Stand, workload: WorkloadName, seconds: float, told: Callable[[Part], None]
) -> tuple[Measured, list[Part]]:
    """Send a load for so long, and tell each part of it."""
    load = Load(
        workload=workload, connections=_CONNECTIONS[workload], seconds=seconds, batch_size=100
    )
    parts: list[Part] = []
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send, stand.addressed(load, stand.settings.api_port))
        for part in _parts(stand, seconds):
            parts.append(part)
            told(part)
        return sent.result(), parts


def _parts(stand: Stand, seconds: float) -> Iterator[Part]:
    began = time.monotonic()
    seq_before, looked_at = stand.last_seq(), began
    for number in range(1, _PARTS + 1):
        outbox, unlanded = [], []
        for _ in range(_LOOKS_A_PART):
            time.sleep(seconds / _PARTS / _LOOKS_A_PART)
            outbox.append(stand.waiting())
            lag = landing_lag(stand.settings.kafka_bootstrap, tuple(EVENTS))
            unlanded.append(sum(count or 0 for count in lag.values()))
        seq, now = stand.last_seq(), time.monotonic()
        yield Part(
            minutes=number * seconds / _PARTS / 60,
            events_per_s=(seq - seq_before) / (now - looked_at),
            outbox=max(outbox),
            unlanded=round(statistics.median(unlanded)),
        )
        seq_before, looked_at = seq, now


def _print(part: Part) -> None:
    print(
        f"| {part.minutes:.1f} | {part.events_per_s:,.0f} | {part.outbox:,} | {part.unlanded:,} "
        f"| {part.behind_s:.1f} |",
        flush=True,
    )


def main() -> None:
    """Read the plan from the command line, measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keep_up", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--workload", choices=tuple(_CONNECTIONS), default="trade")
    given = parser.parse_args()
    for name, value in machine().items():
        print(f"{name}: {value}")
    stolen = Stolen()
    with standing(load_settings(), Silent()) as stand:
        stand.ensure_players(TRADING_PLAYERS)
        stand.choose_players(TRADING_PLAYERS)
        stand.settle()
        before = cpu_s(stand.pids())
        print("\n| minutes | events/s | outbox, most | not landed, median | seconds behind |")
        print("|---|---|---|---|---|", flush=True)
        measured, parts = watched(stand, given.workload, given.minutes * 60, _print)
        settling = time.monotonic()
        stand.settle()
        settled_s = time.monotonic() - settling
        after = cpu_s(stand.pids())
    trades = measured.settled + measured.refused + measured.busy or measured.requests
    print(f"\n{trades:,} trades in {measured.seconds:.0f} s: {trades / measured.seconds:,.0f}/s, ")
    print(f"p99 of a request {measured.ms[1]:.1f} ms; all had landed {settled_s:.1f} s later")
    for name in before:
        print(f"{name}: {(after[name] - before[name]) / trades * 1e3:.3f} ms a trade")
    print(f"taken by other machines meanwhile: {stolen.share():.0%}")
    grown_s = growth_s(parts)
    print(f"further behind in the last third than in the first: {grown_s:.1f} s")
    sys.exit(int(grown_s > GROWTH_S_MAX))


if __name__ == "__main__":
    main()
