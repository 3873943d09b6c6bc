"""What a run's summary says to people."""

from __future__ import annotations

from rich.console import Group, RenderableType

from simulation.summary import Summary
from src.cli.output import table


def told(summary: Summary, *, day_s: float | None = None) -> RenderableType:
    """Return a summary as text: outcomes, rate, latency, audit.

    Args:
        summary: of a run.
        day_s: what a simulated day of an economy took, in seconds, 0 for as fast as could be;
            None for a run without a clock.
    """
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
        *_clock(summary, day_s),
    )


def _clock(summary: Summary, day_s: float | None) -> list[str]:
    if day_s is None:
        return []
    lived = f"clock    {summary.rounds:,} simulated hours"
    if not day_s:
        return [lived]
    return [f"{lived}, a day in {day_s:g} s, at most {summary.behind_s_max:.1f} s behind"]
