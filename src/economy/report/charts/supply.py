"""Charts of guilds, and of where gold comes from and goes to."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BARS_MAX,
    BLUE,
    GRAY,
    GREEN,
    PURPLE,
    VERMILION,
    count_axis,
    grid_along,
    horizontal_height,
    label_bars,
    new_chart,
    short,
)


def guild_members(answer: Answer) -> Figure | None:
    """Draw the members of each guild now, and those who joined and left again."""
    rows = answer.records()[:BARS_MAX][::-1]
    if not rows:
        return None
    figure, (axes,) = new_chart("Guilds: members now, and who left", horizontal_height(len(rows)))
    guilds = [row["guild"] for row in rows]
    members = [row["members"] for row in rows]
    leaves = [row["leaves"] for row in rows]
    axes.barh(guilds, members, color=BLUE, label="members now")
    axes.barh(guilds, leaves, left=members, color=GRAY, label="left again")
    ends = [member + left for member, left in zip(members, leaves, strict=True)]
    label_bars(axes, ends, [f"{member:,}" for member in members])
    axes.set_xlabel("players")
    axes.margins(x=0.1)
    grid_along(axes, "x")
    count_axis(axes, "x")
    axes.legend(loc="lower right", frameon=False)
    return figure


def gold_by_house(answer: Answer) -> Figure | None:
    """Draw what each house issued and withdrew; the accounts of all guilds stand as one."""
    issued: dict[str, int] = {}
    withdrawn: dict[str, int] = {}
    for row in answer.records():
        house = "guilds" if row["house"] == "guild" else str(row["house"])
        issued[house] = issued.get(house, 0) + row["issued"]
        withdrawn[house] = withdrawn.get(house, 0) + row["withdrawn"]
    houses = sorted(issued, key=lambda house: (issued[house] + withdrawn[house], house))
    if not houses:
        return None
    title = "Gold by house: what it gave to players, and what it took from them"
    figure, (axes,) = new_chart(title, horizontal_height(2 * len(houses)))
    _draw_dots(axes, houses, issued, 0.15, GREEN, "source: gold to players")
    _draw_dots(axes, houses, withdrawn, -0.15, VERMILION, "sink: gold from players")
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_yticks(range(len(houses)), houses)
    axes.set_ylim(-0.6, len(houses) - 0.4)
    axes.set_xlabel("coins; each line is ten times the one before")
    axes.margins(x=0.12)
    grid_along(axes, "x")
    count_axis(axes, "x")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def purchases_around_joining(answer: Answer) -> Figure | None:
    """Draw how much a player buys before joining a guild, after it, and without one."""
    rows = answer.records()[::-1]
    if len(rows) == 1 or not any(row["purchases"] for row in rows):
        return None
    figure, (axes,) = new_chart("Purchases of a player, by moment", horizontal_height(len(rows)))
    amounts = [row["purchases_per_player"] for row in rows]
    axes.barh([row["moment"] for row in rows], amounts, color=PURPLE)
    label_bars(
        axes,
        amounts,
        [f"{row['purchases_per_player']:.2f} ({row['players']:,} players)" for row in rows],
    )
    axes.set_xlabel("purchases a player")
    axes.margins(x=0.25)
    grid_along(axes, "x")
    return figure


def _draw_dots(
    axes: Axes,
    houses: list[str],
    coins: dict[str, int],
    offset: float,
    color: str,
    label: str,
) -> None:
    """Draw a dot a house; where it is nothing there is no dot, for a log axis has no zero."""
    drawn = [(coins[house], place + offset) for place, house in enumerate(houses) if coins[house]]
    if not drawn:
        return
    xs, ys = zip(*drawn, strict=True)
    axes.plot(xs, ys, "o", color=color, markersize=8, label=label)
    for x, y in drawn:
        axes.annotate(
            short(x), (x, y), xytext=(8, 0), textcoords="offset points", va="center", fontsize=8
        )
