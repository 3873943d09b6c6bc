"""Charts of wealth: who holds how much of it."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BLUE,
    ORANGE,
    band_name,
    contiguous_bands,
    grid_along,
    new_chart,
)

_BAR_WIDTH = 0.4


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


def _label(share: float) -> str:
    """Return a share in whole percents; what is there and rounds to none is said to be there."""
    text = f"{share:.0%}"
    return "<1%" if share and text == "0%" else text
