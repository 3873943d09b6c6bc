"""Charts of battles: whom players lose to, and what they win with."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BARS_MAX,
    BLUE,
    GRAY,
    INK,
    VERMILION,
    count_axis,
    grid_along,
    horizontal_height,
    label_bars,
    new_chart,
    shortened,
)


def enemies(answer: Answer) -> Figure | None:
    """Draw the battles with each enemy, lost ones first."""
    rows = answer.records()[:BARS_MAX][::-1]
    if not rows:
        return None
    figure, (axes,) = new_chart("Battles with each enemy", horizontal_height(len(rows)) + 0.3)
    names = [shortened(row["enemy"] or "none") for row in rows]
    lost = [row["lost"] for row in rows]
    axes.barh(names, lost, color=VERMILION, label="lost")
    axes.barh(names, [row["won"] for row in rows], left=lost, color=BLUE, label="won")
    label_bars(
        axes,
        [row["battles"] for row in rows],
        [f"{row['loss_share']:.0%} lost" for row in rows],
    )
    axes.set_xlabel("battles")
    axes.margins(x=0.12)
    count_axis(axes, "x")
    grid_along(axes, "x")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def weapons(answer: Answer) -> Figure | None:
    """Draw how often each weapon wins, and how much of that is sure."""
    rows = answer.records()[:BARS_MAX][::-1]
    if not rows:
        return None
    title = "Battles won with each weapon"
    figure, (axes,) = new_chart(title, horizontal_height(len(rows)) + 0.3)
    places = range(len(rows))
    sure = [row["sure_share"] for row in rows]
    won = [row["win_share"] for row in rows]
    axes.barh(places, sure, color=BLUE, label="sure with 95% confidence")
    axes.plot(won, places, "|", color=INK, markersize=12, markeredgewidth=2, label="seen")
    axes.hlines(places, sure, won, color=GRAY, linewidth=1)
    axes.set_yticks(places, [_weapon(row) for row in rows])
    axes.set_xlabel("part of the battles with it that were won")
    axes.set_xlim(0, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    grid_along(axes, "x")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def _weapon(row: dict[str, object]) -> str:
    if row["weapon_item_id"] is None:
        name = "no weapon"
    else:
        name = str(row["weapon_name"] or f"item {row['weapon_item_id']}")
    return f"{shortened(name)} ({row['battles']})"
