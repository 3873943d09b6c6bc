"""Charts over time: players, prices, gold and guilds, slot by slot."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from matplotlib.figure import Figure

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    VERMILION,
    bar_width,
    count_axis,
    grid_along,
    new_chart,
    time_axis,
)

#: Fewer slots are a sentence, not a chart.
_SLOTS_MIN = 3

#: More bars than these are a solid block.
_MINUTES_MAX = 240

#: From this many trades on a slot's price level says something.
_TRADES_SURE = 10


def players(answer: Answer) -> Figure | None:
    """Draw the players that are active in each slot, new ones apart."""
    rows = answer.records()
    if len(rows) < _SLOTS_MIN:
        return None
    slot = rows[0]["slot"]
    figure, (axes,) = new_chart(f"Players active in each {slot}", 3.0)
    starts, width = answer.column("slot_start"), bar_width(slot)
    new = answer.column("new_players")
    others = [row["active_players"] - row["new_players"] for row in rows]
    axes.bar(starts, new, width=width, align="edge", color=GREEN, label="new")
    axes.bar(starts, others, bottom=new, width=width, align="edge", color=BLUE, label="others")
    axes.set_ylabel("players")
    time_axis(axes)
    count_axis(axes, "y")
    grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def events(answer: Answer) -> Figure | None:
    """Draw the events of each minute by topic; those of each hour when minutes are too many."""
    if len(answer.rows) < _SLOTS_MIN:
        return None
    slot = "minute" if len(answer.rows) <= _MINUTES_MAX else "hour"
    trades: Counter[datetime] = Counter()
    states: Counter[datetime] = Counter()
    for row in answer.records():
        start = row["minute_start"]
        start = start if slot == "minute" else start.replace(minute=0)
        trades[start] += row["trades"]
        states[start] += row["states"]
    figure, (axes,) = new_chart(f"Events in each {slot}, by topic", 3.0)
    width = bar_width(slot)
    starts: list[Any] = list(trades)
    below = list(trades.values())
    axes.bar(starts, below, width=width, align="edge", color=BLUE, label="trade")
    axes.bar(
        starts,
        list(states.values()),
        bottom=below,
        width=width,
        align="edge",
        color=ORANGE,
        label="player_state",
    )
    axes.set_ylabel(f"events a {slot}")
    time_axis(axes)
    count_axis(axes, "y")
    grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def price_level(answer: Answer) -> Figure | None:
    """Draw the price index beside the catalogue's level; slots with few trades are pale."""
    rows = [row for row in answer.records() if row["price_index"] is not None]
    if len(rows) < _SLOTS_MIN:
        return None
    slot = rows[0]["slot"]
    figure, (axes,) = new_chart(f"Prices between players in each {slot}, 100 is base value", 3.2)
    half = timedelta(days=bar_width(slot)) / 2
    middles = [row["slot_start"] + half for row in rows]
    levels = [row["price_index"] for row in rows]
    axes.axhline(100, color=GRAY, linewidth=1.2, linestyle="--", label="the catalogue's level")
    axes.plot(middles, levels, color=BLUE, linewidth=1.2, alpha=0.5)
    for sure, color, label in (
        (True, BLUE, f"{_TRADES_SURE} trades or more"),
        (False, "#BFD7EA", "fewer trades"),
    ):
        chosen = [
            (middle, row["price_index"])
            for middle, row in zip(middles, rows, strict=True)
            if (row["trades"] >= _TRADES_SURE) is sure
        ]
        if chosen:
            xs, ys = zip(*chosen, strict=True)
            axes.plot(xs, ys, "o", color=color, markersize=5, label=label)
    axes.set_ylabel("coins for 100 of base value")
    axes.set_ylim(bottom=0)
    time_axis(axes)
    grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def gold(answer: Answer) -> Figure | None:
    """Draw the supply of gold, and beside it what was issued and withdrawn."""
    rows = answer.records()
    if len(rows) < _SLOTS_MIN:
        return None
    slot = rows[0]["slot"]
    figure, (supply, flows) = new_chart("Gold that players hold, and its changes", 3.2, panels=2)
    starts = answer.column("slot_start")
    supply.fill_between(starts, answer.column("supply"), step="post", color=ORANGE, alpha=0.35)
    supply.step(starts, answer.column("supply"), where="post", color=ORANGE)
    supply.set_ylabel("supply in coins")
    supply.set_ylim(bottom=0)
    # On a log axis, for the starter gold of the first slots is thousands of times what follows.
    for name, color in (("issued", GREEN), ("withdrawn", VERMILION)):
        points = [(row["slot_start"], row[name]) for row in rows if row[name]]
        flows.plot([], [], "o-", color=color, label=name)
        flows.plot(*zip(*points, strict=True) if points else ([], []), "o-", color=color, ms=3)
    flows.set_yscale("log")
    flows.minorticks_off()
    flows.set_ylabel(f"coins a {slot}, in powers of ten")
    for axes in (supply, flows):
        time_axis(axes, ticks=4)
        count_axis(axes, "y")
        grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def membership(answer: Answer) -> Figure | None:
    """Draw joins and leaves of each slot, and how many members they add up to."""
    rows = answer.records()
    if len(rows) < _SLOTS_MIN:
        return None
    slot = rows[0]["slot"]
    figure, (members, flows) = new_chart("Members of all guilds, and who comes and goes", 3.0, 2)
    starts, width = answer.column("slot_start"), bar_width(slot)
    members.step(starts, answer.column("members"), where="post", color=BLUE)
    members.set_ylabel("members")
    members.set_ylim(bottom=0)
    joins, leaves = answer.column("joins"), [-left for left in answer.column("leaves")]
    flows.bar(starts, joins, width=width, align="edge", color=GREEN, label="joins")
    flows.bar(starts, leaves, width=width, align="edge", color=VERMILION, label="leaves")
    flows.axhline(0, color=GRAY, linewidth=0.8)
    flows.set_ylabel(f"players a {slot}")
    for axes in (members, flows):
        time_axis(axes, ticks=4)
        count_axis(axes, "y")
        grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure
