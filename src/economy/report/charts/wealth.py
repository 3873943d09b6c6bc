"""Charts of wealth: who holds how much of it."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BLUE,
    GRAY,
    ORANGE,
    band_name,
    contiguous_bands,
    grid_along,
    new_chart,
)

_BAR_WIDTH = 0.4

#: Fewer points are no curve.
_POINTS_MIN = 3


def wealth_bands(answer: Answer) -> Figure | None:
    """Draw, for each band of wealth, its part of all players beside its part of all wealth."""
    if not answer.rows:
        return None
    rows = contiguous_bands(answer.records())
    figure, (axes,) = new_chart("Players and the wealth that they hold, by band of wealth", 3.2)
    pairs = (("share_of_players", BLUE, "players"), ("share_of_wealth", ORANGE, "wealth"))
    for side, (measure, color, name) in zip((-1, 1), pairs, strict=True):
        places = [place + side * _BAR_WIDTH / 2 for place in range(len(rows))]
        shares = [row[measure] or 0.0 for row in rows]
        axes.bar(places, shares, width=_BAR_WIDTH, color=color, label=f"part of all {name}")
        for place, share in zip(places, shares, strict=True):
            axes.annotate(
                _label(share),
                (place, share),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=7,
            )
    axes.set_xticks(range(len(rows)), [band_name(row["band_from"], row["band_to"]) for row in rows])
    axes.set_xlabel("wealth in coins at base value, each band ten times the one before")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.margins(y=0.1)
    grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def lorenz(answer: Answer) -> Figure | None:
    """Draw the Lorenz curve: the part of all wealth that the poorest own together."""
    rows = answer.records()
    if len(rows) < _POINTS_MIN or rows[-1]["share_of_wealth"] is None:
        return None
    title = "Lorenz curve of wealth"
    figure, (axes,) = new_chart(title, 4.4)
    players = [0.0, *answer.column("share_of_players")]
    wealth = [0.0, *answer.column("share_of_wealth")]
    axes.plot([0, 1], [0, 1], color=GRAY, linestyle="--", label="all own the same")
    axes.plot(players, wealth, "o-", color=BLUE, markersize=4, label="players, poorest first")
    axes.fill_between(players, wealth, players, color=BLUE, alpha=0.12)
    axes.set_aspect("equal")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.01)
    axes.set_xlabel("part of all players")
    axes.set_ylabel("part of all wealth that they own")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(visible=True, color="#E3E3E3", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", frameon=False)
    return figure


def _label(share: float) -> str:
    """Return a share in whole percents; what is there and rounds to none is said to be there."""
    text = f"{share:.0%}"
    return "<1%" if share and text == "0%" else text
