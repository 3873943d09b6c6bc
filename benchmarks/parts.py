"""Parts of the line by themselves: the commit, the relay, and how soon all of it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks import durability
from benchmarks.http_rows import Size
from benchmarks.landing import EVENTS_PER_TRADE
from benchmarks.processes import cpu_s
from benchmarks.results import Figure
from benchmarks.servers import BenchmarkFailed
from benchmarks.stand import Stand, send
from benchmarks.wire import Load

_CONNECTIONS = (1, 32)
_POLL_S = 0.01
_PATIENCE_S = 120.0


def measure_ready(stand: Stand, _size: Size, _note: Callable[[str], None]) -> tuple[Figure, ...]:
    """Tell how long the stand's own stack took from nothing to ready."""
    title = "from `up` to ready, with new folders"
    return (Figure(name="ready", title=title, unit="s", values=(stand.ready_s,)),)


def measure_commit(_stand: Stand, size: Size, note: Callable[[str], None]) -> tuple[Figure, ...]:
    """Commit the trades of two players each, without HTTP and rules, on a Redis of its own."""
    figures = []
    for fsync, connections, rates in durability.measure(
        size.seconds, size.runs, _CONNECTIONS, ("always",)
    ):
        title = f"the commit alone, `{fsync}`, {connections} connections"
        note(f"{title}: {max(rates):,.0f}/s")
        figures.append(
            Figure(name=f"commit_{connections}", title=title, unit="commits/s", values=tuple(rates))
        )
    return tuple(figures)


def measure_relay(stand: Stand, size: Size, note: Callable[[str], None]) -> tuple[Figure, ...]:
    """Let commits wait in the outbox, then let the relay publish them."""
    stand.ensure_players(size.trading_players)
    stand.choose_players(size.trading_players)
    stand.settle()
    rates, costs_us = [], []
    for number in range(1, size.runs + 1):
        events, took_s, relay_s = _drained(stand, size, number)
        rates.append(events / took_s)
        costs_us.append(relay_s / events * 1e6)
        note(f"relay: run {number} of {size.runs}: {events / took_s:,.0f} events/s")
    return (
        Figure(
            name="relay_rate",
            title="the relay, from the outbox to Kafka",
            unit="events/s",
            values=tuple(rates),
        ),
        Figure(
            name="relay_cpu",
            title="its processor time",
            unit="us an event",
            values=tuple(costs_us),
        ),
    )


def _drained(stand: Stand, size: Size, seed: int) -> tuple[int, float, float]:
    """Return how many events the relay published, in how long, with what processor time."""
    stand.supervisor.stop("relay")
    load = Load(
        workload="batch",
        connections=4,
        seconds=60.0,
        requests_max=max(1, size.backlog_events // (10 * EVENTS_PER_TRADE * 100)),
        seed=seed,
    )
    settled = send(stand.addressed(load, stand.settings.api_port)).settled
    waiting = stand.waiting()
    stand.supervisor.start("relay")
    began, before_s = _began(stand, waiting)
    stand.drain()
    took_s = time.monotonic() - began
    relay_s = cpu_s(stand.pids())["relay"] - before_s
    stand.settle()
    return settled * EVENTS_PER_TRADE, took_s, relay_s


def _began(stand: Stand, waiting: int) -> tuple[float, float]:
    """Return the last moment at which all was still waiting, and the relay's processor time then.

    The relay starts, and checks Redis against the log, before it publishes.
    """
    last = time.monotonic(), 0.0
    deadline = last[0] + _PATIENCE_S
    while True:
        seen = time.monotonic(), cpu_s({"relay": stand.pids()["relay"]})["relay"]
        if stand.waiting() < waiting:
            return last
        if seen[0] > deadline:
            raise BenchmarkFailed("the relay publishes nothing")
        last = seen
        time.sleep(_POLL_S)
