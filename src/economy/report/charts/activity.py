"""Charts of activity: when trades happen, of which kind, and why some are refused."""

from __future__ import annotations

from datetime import datetime

from matplotlib.figure import Figure

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BARS_MAX,
    BLUE,
    GRAY,
    KIND_COLORS,
    VERMILION,
    bar_width,
    count_axis,
    grid_along,
    horizontal_height,
    label_bars,
    new_chart,
    time_axis,
)


def trades_over_time(answer: Answer) -> Figure | None:
    """Draw the trades of each slot of time, stacked by kind."""
    rows = answer.records()
    if not rows:
        return None
    slot = rows[0]["slot"]
    figure, (axes,) = new_chart(f"Trades asked for in each {slot}, by kind", 3.4)
    below: dict[datetime, int] = {}
    for kind in _kinds_by_size(answer):
        mine = [row for row in rows if row["kind"] == kind]
        starts = [row["slot_start"] for row in mine]
        counts = [row["trades"] for row in mine]
        axes.bar(
            starts,
            counts,
            bottom=[below.get(start, 0) for start in starts],
            width=bar_width(slot),
            align="edge",
            color=KIND_COLORS.get(kind, GRAY),
            label=kind,
        )
        for start, count in zip(starts, counts, strict=True):
            below[start] = below.get(start, 0) + count
    time_axis(axes)
    axes.set_ylabel(f"trades a {slot}")
    grid_along(axes, "y")
    count_axis(axes, "y")
    figure.legend(loc="outside lower center", ncols=6, frameon=False)
    return figure


def trades_by_kind(answer: Answer) -> Figure | None:
    """Draw settled and refused trades of each kind."""
    rows = answer.records()[:BARS_MAX][::-1]
    if not rows:
        return None
    figure, (axes,) = new_chart("Trades by kind, settled and refused", horizontal_height(len(rows)))
    kinds = [row["kind"] for row in rows]
    settled = [row["settled"] for row in rows]
    axes.barh(kinds, settled, color=BLUE, label="settled")
    refused = [row["refused"] for row in rows]
    axes.barh(kinds, refused, left=settled, color=VERMILION, label="refused")
    labels = [f"{row['trades']:,}, {row['refused_share']:.0%} refused" for row in rows]
    label_bars(axes, [row["trades"] for row in rows], labels)
    axes.set_xlabel("trades")
    axes.margins(x=0.2)
    grid_along(axes, "x")
    count_axis(axes, "x")
    axes.legend(loc="lower right", frameon=False)
    return figure


def reasons(answer: Answer) -> Figure | None:
    """Draw the refused trades by reason."""
    rows = [row for row in answer.records() if row["status"] == "rejected"][:BARS_MAX][::-1]
    if not rows:
        return None
    figure, (axes,) = new_chart("Refused trades by reason", horizontal_height(len(rows)))
    counts = [row["trades"] for row in rows]
    axes.barh([row["reason"] for row in rows], counts, color=VERMILION)
    label_bars(axes, counts, [f"{count:,}" for count in counts])
    axes.set_xlabel("trades")
    axes.margins(x=0.1)
    grid_along(axes, "x")
    count_axis(axes, "x")
    return figure


def _kinds_by_size(answer: Answer) -> list[str]:
    totals: dict[str, int] = {}
    for row in answer.records():
        totals[row["kind"]] = totals.get(row["kind"], 0) + row["trades"]
    return sorted(totals, key=lambda kind: (-totals[kind], kind))
