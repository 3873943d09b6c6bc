"""How the charts look, and how they are written: the same data give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

# Okabe and Ito, "Color Universal Design" (2008): told apart with any color vision.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, GRAY = "#CC79A7", "#56B4E9", "#9A9A9A"
INK = "#333333"

#: One color a kind of trade, in every chart; kinds that are not listed are gray.
KIND_COLORS = {
    "player_trade": BLUE,
    "purchase": ORANGE,
    "sale": SKY,
    "starter_grant": GREEN,
    "guild_join": PURPLE,
    "guild_leave": VERMILION,
    "battle": "#7A5195",
}

#: Bars that a chart shows at most: more cannot be read at its size.
BARS_MAX = 12

_WIDTH_IN = 8.0
_NAME_LETTERS_MAX = 32

_SLOTS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}

#: Bars touch when they fill their slot; this leaves a line of white between them.
_FILLED = 0.9

_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "guildhall",  # else ids within the file differ from run to run
    "svg.fonttype": "path",  # else the letters depend on the reader's fonts
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 9,
}


def new_chart(title: str, height_in: float, panels: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a chart with this title and so many panels side by side.

    Args:
        title: what it shows, with its unit.
        height_in: its height in inches.
        panels: how many axes there are.
    """
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
        axes = list(figure.subplots(1, panels, squeeze=False)[0])
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK)
    for each in axes:
        _strip(each)
    return figure, axes


def horizontal_height(bars: int) -> float:
    """Return the height in inches of a chart with so many horizontal bars."""
    return 1.1 + 0.3 * bars


def grid_along(axes: Axes, axis: str) -> None:
    """Draw faint lines behind the bars where values are read: along `x` or `y`."""
    axes.grid(visible=True, axis=axis, color="#E3E3E3", linewidth=0.8)  # type: ignore[arg-type]  # a Literal
    axes.set_axisbelow(True)


def count_axis(axes: Axes, axis: str, ticks: int = 8) -> None:
    """Write an axis' numbers short, as 12k or 3.4M, at so many ticks at most."""
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    if chosen.get_scale() == "linear":
        chosen.set_major_locator(MaxNLocator(nbins=ticks, integer=True))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def time_axis(axes: Axes, ticks: int = 8) -> None:
    """Write times along the x axis, UTC, at so many ticks at most."""
    locator = mdates.AutoDateLocator(maxticks=ticks)  # type: ignore[no-untyped-call]  # matplotlib's
    axes.xaxis.set_major_locator(locator)
    formatter = mdates.ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]  # as above
    axes.xaxis.set_major_formatter(formatter)
    axes.set_xlabel("time, UTC")


def bar_width(slot: str) -> float:
    """Return how wide the bar of a slot of time is, in days."""
    return _SLOTS[slot] / timedelta(days=1) * _FILLED


def label_bars(axes: Axes, ends: Sequence[float], labels: Sequence[str]) -> None:
    """Write a label behind each horizontal bar, from the first at 0 upward."""
    for place, (end, label) in enumerate(zip(ends, labels, strict=True)):
        axes.annotate(
            label,
            (end, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=8,
        )


def short(value: float) -> str:
    """Return a count in at most four letters: 950, 1.5k, 12k, 3.4M, 2B."""
    for unit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:.3g}{letter}"
    return f"{value:.3g}"


def shortened(name: str) -> str:
    """Return a name that fits beside a bar."""
    return name if len(name) <= _NAME_LETTERS_MAX else f"{name[: _NAME_LETTERS_MAX - 1]}…"


def band_name(band_from: int, band_to: int) -> str:
    """Return the name of a band of coins, as `10 to 99`."""
    if band_from == band_to:
        return short(band_from)
    if band_to < 1_000:  # noqa: PLR2004 - below, both ends are short as they are
        return f"{band_from}–{band_to}"  # noqa: RUF001 - an en dash, as print has it
    return f"{short(band_from)}–{short(band_to + 1)}"  # noqa: RUF001 - as above


def contiguous_bands(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the bands from the first to the last, those without rows too, as zeros.

    Bands rise tenfold: 0, 1 to 9, 10 to 99 and so on.
    """
    found = {row["band_from"]: row for row in rows}
    last = max(found)
    band_from = min(found)
    bands: list[Mapping[str, Any]] = []
    while band_from <= last:
        upper = band_from * 10 - 1 if band_from else 0
        empty = {**dict.fromkeys(rows[0], 0), "band_from": band_from, "band_to": upper}
        bands.append(found.get(band_from, empty))
        band_from = band_from * 10 or 1
    return bands


def save(figure: Figure, path: Path) -> None:
    """Write a chart; the suffix says how: `.svg` or `.png`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"Date": None, "Creator": None} if path.suffix == ".svg" else {"Software": None}
    with mpl.rc_context(_SETTINGS):
        figure.savefig(path, metadata=told, dpi=110, facecolor="white")


def _strip(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GRAY)
    axes.tick_params(colors=INK, length=0)
