"""Charts of trade: what is traded and bought, and how even the trades are."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BARS_MAX,
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    VERMILION,
    band_name,
    contiguous_bands,
    count_axis,
    grid_along,
    horizontal_height,
    label_bars,
    new_chart,
    short,
)

#: Items a panel: three panels share the width, so that each has room for long names.
_ITEMS_SHOWN = 8
_NAME_LETTERS_MAX = 22

#: Prices further apart than this are drawn in powers of ten.
_LINEAR_SPAN_MAX = 20


def traded_items(answer: Answer) -> Figure | None:
    """Draw the first items by trades, by units and by value, each in its own order."""
    rows = answer.records()
    if not rows:
        return None
    title = "Items traded most between players"
    figure, panels = new_chart(title, horizontal_height(min(len(rows), _ITEMS_SHOWN)), panels=3)
    measures = (("trades", BLUE), ("units", GREEN), ("value", ORANGE))
    for axes, (measure, color) in zip(panels, measures, strict=True):
        first = sorted(rows, key=lambda row: int(row[f"rank_by_{measure}"]))[:_ITEMS_SHOWN][::-1]
        amounts = [row[measure] for row in first]
        axes.barh(range(len(first)), amounts, color=color)
        axes.set_yticks(range(len(first)), [_item_name(row) for row in first], fontsize=7)
        label_bars(axes, amounts, [short(amount) for amount in amounts])
        axes.set_title(f"by {measure}", loc="left", fontsize=9)
        axes.set_xlabel("coins" if measure == "value" else measure)
        axes.margins(x=0.42)
        count_axis(axes, "x", ticks=3)
        grid_along(axes, "x")
    return figure


def sword_materials(answer: Answer) -> Figure | None:
    """Draw the swords sold by the shop, and the gold paid for them, by material."""
    rows = answer.records()[:BARS_MAX][::-1]
    if not rows:
        return None
    title = "Swords bought from the shop, by material"
    figure, panels = new_chart(title, horizontal_height(len(rows)), panels=2)
    for axes, (measure, unit, color) in zip(
        panels, (("units", "swords", BLUE), ("gold", "coins paid", ORANGE)), strict=True
    ):
        amounts = [row[measure] for row in rows]
        axes.barh([row["material"] or "none" for row in rows], amounts, color=color)
        label_bars(axes, amounts, [short(amount) for amount in amounts])
        axes.set_xlabel(unit)
        axes.margins(x=0.15)
        count_axis(axes, "x")
        grid_along(axes, "x")
    return figure


def imbalance(answer: Answer) -> Figure | None:
    """Draw how many trades fall in each band of difference between their two sides."""
    if not answer.rows:
        return None
    rows = contiguous_bands(answer.records())
    figure, (axes,) = new_chart("Difference in base value between the two sides of a trade", 3.2)
    names = [band_name(row["band_from"], row["band_to"]) for row in rows]
    mutual = [row["trades"] - row["one_sided"] for row in rows]
    axes.bar(names, mutual, color=BLUE, label="both sides gave")
    axes.bar(
        names,
        [row["one_sided"] for row in rows],
        bottom=mutual,
        color=VERMILION,
        label="one side gave nothing",
    )
    for place, row in enumerate(rows):
        axes.annotate(
            f"{row['share']:.1%}",
            (place, row["trades"]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.set_xlabel("difference in coins, each band ten times the one before")
    axes.set_ylabel("settled player trades")
    axes.margins(y=0.12)
    count_axis(axes, "y")
    grid_along(axes, "y")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def prices(answer: Answer) -> Figure | None:
    """Draw what players pay for an item over its base value, from the lowest to the highest."""
    rows = [row for row in answer.records() if row["base_value"]][:BARS_MAX][::-1]
    if not rows:
        return None
    title = "Prices between players, as multiples of base value"
    figure, (axes,) = new_chart(title, horizontal_height(len(rows)))
    places = range(len(rows))
    lowest = [row["lowest_price"] / row["base_value"] for row in rows]
    highest = [row["highest_price"] / row["base_value"] for row in rows]
    axes.hlines(places, lowest, highest, color="#BFD7EA", lw=7, label="lowest to highest")
    axes.plot(
        [row["average_price"] / row["base_value"] for row in rows],
        places,
        "o",
        color=BLUE,
        label="average",
    )
    axes.axvline(1, color=GRAY, linewidth=1.2, linestyle="--", label="base value")
    if max(highest) > _LINEAR_SPAN_MAX * min(lowest):
        axes.set_xscale("log")
        axes.minorticks_off()
    axes.set_yticks(places, [f"{_item_name(row)} ({row['trades']})" for row in rows])
    axes.set_xlabel("times base value; in brackets how often it was traded")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))  # noqa: RUF001 - times
    grid_along(axes, "x")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def _item_name(row: dict[str, object]) -> str:
    name = str(row["item_name"] or f"item {row['item_id']}")
    return name if len(name) <= _NAME_LETTERS_MAX else f"{name[: _NAME_LETTERS_MAX - 1]}…"
