"""How fast events land, and how soon: read from the tables' own snapshots."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from msgspec import Struct

from benchmarks.http_rows import Size
from benchmarks.processes import cpu_s
from benchmarks.results import Figure
from benchmarks.stand import Stand
from benchmarks.wire import Load, Measured
from src.economy.manifests import data_files, local_path
from src.economy.warehouse import newest_metadata
from src.events.definitions import EVENTS
from src.stack.processes import processes
from src.stack.readiness import wait_until_ready

#: A settled trade of two players is one `trade` event and two `player_state` events.
EVENTS_PER_TRADE = 3
_EVENTS_PER_S = (100, 1_000, 5_000)
#: A higher rate comes in batches of a few trades.
_SINGLES_MAX = 1_000
_SMALL_BATCH = 10
_BATCH = 100
#: Tables that hold one row an event; `trade_leg` holds more of the same events.
_EVENT_TABLES = tuple(EVENTS)
_ALL_TABLES = (*_EVENT_TABLES, "trade_leg")
#: Of the beginning of an even load, which is left out: the first batch still holds what was before.
WARM_S = 5.0


class Snapshot(Struct, frozen=True):
    """A landing: when it became visible (seconds since the epoch), its rows and its data files.

    `number` is its sequence number. They are looked at soon: landing forgets what is repeated.
    """

    number: int
    visible_at: float
    rows: int
    files: frozenset[str]


def measure_backlog(stand: Stand, size: Size, note: Callable[[str], None]) -> tuple[Figure, ...]:
    """Let events wait while nothing lands, then let both jobs land them."""
    stand.ensure_players(size.trading_players)
    stand.choose_players(size.trading_players)
    before = {table: _newest(stand, table) for table in _ALL_TABLES}
    stand.supervisor.stop("streaming")
    note(f"backlog: {size.backlog_events:,} events are written while nothing lands ...")
    _write_events(stand, size.backlog_events)
    note("backlog: landing ...")
    began = datetime.now(UTC).timestamp()
    stand.supervisor.start("streaming")
    streaming = next(p for p in processes(stand.settings) if p.name == "streaming")
    wait_until_ready(stand.settings, streaming, stand.supervisor)
    before_cpu_s = cpu_s(stand.pids())["streaming"]
    stand.settle()
    took_cpu_s = cpu_s(stand.pids())["streaming"] - before_cpu_s
    landed = {table: _since(stand, table, before[table]) for table in _ALL_TABLES}
    planned_at = min(_batches_planned_after(began, stand.settings.var / "checkpoints"))
    took_s = max(s.visible_at for of in landed.values() for s in of) - planned_at
    events = sum(s.rows for table in _EVENT_TABLES for s in landed[table])
    rows = sum(s.rows for of in landed.values() for s in of)
    note(f"backlog: {events:,} events landed in {took_s:.1f} s")
    return (
        _figure(
            "backlog_events", "landing a backlog, both jobs together", "events/s", events / took_s
        ),
        _figure(
            "backlog_rows", "the same, rows of `trade_leg` counted too", "rows/s", rows / took_s
        ),
        _figure(
            "backlog_cpu", "processor time of both jobs for it", "us a row", took_cpu_s / rows * 1e6
        ),
        _figure(
            "backlog_start", "from starting the jobs to their first batch", "s", planned_at - began
        ),
    )


def _write_events(stand: Stand, count: int) -> None:
    """Trade until about `count` events have been written."""
    written = 0
    while written < count:
        wanted = (count - written) // (EVENTS_PER_TRADE * _BATCH) + 1
        load = Load(
            workload="batch",
            connections=4,
            seconds=30.0,
            requests_max=wanted,
            batch_size=_BATCH,
            seed=written,
        )
        written += stand.serve(load).load.settled * EVENTS_PER_TRADE


def measure_freshness(stand: Stand, size: Size, note: Callable[[str], None]) -> tuple[Figure, ...]:
    """Let events come evenly; every one of them tells how long it took to become visible."""
    stand.ensure_players(size.trading_players)
    stand.choose_players(size.trading_players)
    return tuple(f for rate in _EVENTS_PER_S for f in _freshness(stand, size, rate, note))


def _freshness(
    stand: Stand, size: Size, events_per_s: int, note: Callable[[str], None]
) -> tuple[Figure, ...]:
    stand.settle()
    note(f"freshness: {events_per_s:,} events/s for {size.freshness_s:.0f} s ...")
    before = {table: _newest(stand, table) for table in _EVENT_TABLES}
    began = datetime.now(UTC).timestamp()
    run = stand.serve(even_load(events_per_s, size.freshness_s))
    ages = sorted(
        snapshot.visible_at - occurred_at
        for table in _EVENT_TABLES
        for snapshot in _since(stand, table, before[table])
        for occurred_at in _occurrences(snapshot)
        if occurred_at >= began + min(WARM_S, size.freshness_s / 4)
    )
    p50, p99, p999 = percentiles_of(ages)
    note(f"freshness: p50 {p50:.2f} s, p99 {p99:.2f} s of {len(ages):,} events")
    load = run.load
    streaming_cpu_s = run.cpu_s.get("streaming", 0.0) / load.seconds
    came = came_per_s(load)
    name, at = f"freshness_{events_per_s}", f"at {events_per_s:,} events/s"
    return (
        _figure(f"{name}_rate", f"events that came for the freshness {at}", "events/s", came),
        _figure(f"{name}_p50", f"freshness {at}, p50", "s", p50),
        _figure(f"{name}_p99", "the same, p99", "s", p99),
        _figure(f"{name}_p999", "the same, p99.9", "s", p999),
        _figure(f"{name}_cpu", "cores that both jobs take for it", "cores", streaming_cpu_s),
        _figure(f"{name}_request_p99", "p99 of the requests meanwhile", "ms", load.ms[1]),
    )


def percentiles_of(ages: Sequence[float]) -> tuple[float, float, float]:
    """Return the percentiles 50, 99 and 99.9.

    Raises:
        RuntimeError: there are no ages.
    """
    if not ages:
        raise RuntimeError("no event of the load has landed")
    percentiles = statistics.quantiles(ages, n=1_000)
    return percentiles[499], percentiles[989], percentiles[998]


def came_per_s(load: Measured) -> float:
    """Return how many events a second came of an even load."""
    return (load.settled or load.requests) * EVENTS_PER_TRADE / load.seconds


def even_load(events_per_s: int, seconds: float) -> Load:
    """Return a load that leads to so many events; more than singles can bring come in batches."""
    trades_per_s = events_per_s / EVENTS_PER_TRADE
    if events_per_s <= _SINGLES_MAX:
        return Load(workload="trade", seconds=seconds, rate=trades_per_s)
    return Load(
        workload="batch",
        seconds=seconds,
        rate=trades_per_s / _SMALL_BATCH,
        batch_size=_SMALL_BATCH,
    )


def _newest(stand: Stand, table: str) -> int:
    """Return the sequence number of a table's newest landing; 0 before the first."""
    return max((snapshot.number for snapshot in snapshots(stand, table)), default=0)


def _since(stand: Stand, table: str, number: int) -> list[Snapshot]:
    """Return the landings of a table that came after the one with a sequence number."""
    return [snapshot for snapshot in snapshots(stand, table) if snapshot.number > number]


def snapshots(stand: Stand, table: str) -> list[Snapshot]:
    """Return the landings of a table, oldest first."""
    metadata = newest_metadata(Path(stand.settings.warehouse) / "guildhall" / table)
    if metadata is None:
        return []
    found: dict[str, Any] = json.loads(metadata.read_text())
    landings, files_before = [], frozenset[str]()
    for snapshot in sorted(found.get("snapshots", []), key=lambda s: int(s["sequence-number"])):
        files = frozenset(file.path for file in data_files(local_path(snapshot["manifest-list"])))
        landings.append(
            Snapshot(
                int(snapshot["sequence-number"]),
                snapshot["timestamp-ms"] / 1_000,
                int(snapshot["summary"].get("added-records", 0)),
                files - files_before,
            )
        )
        files_before = files
    return landings


def _occurrences(snapshot: Snapshot) -> Iterator[float]:
    for file in snapshot.files:
        column = pq.read_table(file, columns=["occurred_at"])["occurred_at"]
        for moment in column.to_pylist():
            yield moment.replace(tzinfo=UTC).timestamp()


def _batches_planned_after(began: float, checkpoints: Path) -> list[float]:
    """Return when Spark planned each batch: it writes the batch's offsets before it runs it."""
    written = [
        path.stat().st_mtime for path in checkpoints.glob("*/offsets/*") if path.name.isdigit()
    ]
    return [moment for moment in written if moment >= began]


def _figure(name: str, title: str, unit: str, value: float) -> Figure:
    return Figure(name=name, title=title, unit=unit, values=(value,))
