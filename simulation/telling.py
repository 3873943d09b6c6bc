"""What a run's summary says to people."""

from __future__ import annotations

from rich.console import Group, RenderableType

from simulation.summary import Summary
from src.cli.output import table


def told(summary: Summary, *, is_economy: bool = False) -> RenderableType:
    """Return a summary as text: outcomes, rate, latency, audit; and the clock of an economy."""
    counts = table(
        ["kind", "outcome", "reason", "trades"],
        [(each.kind, each.status, each.reason, each.count) for each in summary.outcomes],
    )
    found = (
        f"{summary.difference_count:,} differences" if summary.difference_count else "no difference"
    )
    clock = (
        f"clock    {summary.rounds:,} simulated hours, never more than "
        f"{summary.behind_s_max:.1f} s behind their pace"
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
        *([clock] if is_economy else []),
    )
