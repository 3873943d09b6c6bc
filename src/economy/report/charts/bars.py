"""Charts of first places: one horizontal bar a row, the first on top."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from src.economy.engine import Answer
from src.economy.report.charts.style import (
    BARS_MAX,
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    count_axis,
    grid_along,
    horizontal_height,
    label_bars,
    new_chart,
    short,
    shortened,
)

#: Fewer bars are a sentence, not a chart.
_BARS_MIN = 2


def ranked_bars(
    title: str, names: Sequence[str], amounts: Sequence[float], unit: str, color: str
) -> Figure | None:
    """Draw the first rows of a ranking; None when there is nothing to compare."""
    if len(names) < _BARS_MIN:
        return None
    shown = list(zip(names, amounts, strict=True))[:BARS_MAX][::-1]
    figure, (axes,) = new_chart(title, horizontal_height(len(shown)))
    ends = [amount for _, amount in shown]
    axes.barh(range(len(shown)), ends, color=color)
    axes.set_yticks(range(len(shown)), [shortened(name) for name, _ in shown])
    label_bars(axes, ends, [short(end) for end in ends])
    axes.set_xlabel(unit)
    axes.margins(x=0.1)
    count_axis(axes, "x")
    grid_along(axes, "x")
    return figure


def weapons(answer: Answer) -> Figure | None:
    """Draw the weapons that are bought most."""
    names = [_item(row["item_name"], row["item_id"]) for row in answer.records()]
    title = "Weapons bought most from the shop"
    return ranked_bars(title, names, answer.column("units"), "units", BLUE)


def swords(answer: Answer) -> Figure | None:
    """Draw the swords that are bought most."""
    names = [_item(row["item_name"], row["item_id"]) for row in answer.records()]
    title = "Swords bought most from the shop"
    return ranked_bars(title, names, answer.column("units"), "swords", BLUE)


def materials(answer: Answer) -> Figure | None:
    """Draw the materials that are bought most, goods without one among them."""
    names = [name or "none" for name in answer.column("material")]
    title = "Materials of the goods bought from the shop"
    return ranked_bars(title, names, answer.column("units"), "units", BLUE)


def rarities(answer: Answer) -> Figure | None:
    """Draw how rare the goods are that are bought."""
    names = [name or "none" for name in answer.column("rarity")]
    title = "Rarity of the goods bought from the shop"
    return ranked_bars(title, names, answer.column("units"), "units", PURPLE)


def revenue(answer: Answer) -> Figure | None:
    """Draw what each kind of goods brings the shop."""
    names = [name or "off the catalogue" for name in answer.column("item_kind")]
    title = "Revenue of the shop by kind of goods"
    return ranked_bars(title, names, answer.column("revenue"), "coins", ORANGE)


def declined(answer: Answer) -> Figure | None:
    """Draw which purchases are declined."""
    names = [
        f"{row['item_kind'] or 'off the catalogue'}: {row['reason']}" for row in answer.records()
    ]
    title = "Declined purchases by kind of goods and reason"
    return ranked_bars(title, names, answer.column("declined"), "purchases", VERMILION)


def first_purchases(answer: Answer) -> Figure | None:
    """Draw what players buy first."""
    names = [name or "off the catalogue" for name in answer.column("item_kind")]
    title = "A player's first purchase, by kind of goods"
    return ranked_bars(title, names, answer.column("players"), "players", GREEN)


def velocity(answer: Answer) -> Figure | None:
    """Draw which kinds of trade move gold."""
    title = "Gold that left players, by kind of trade"
    return ranked_bars(title, answer.column("kind"), answer.column("gold"), "coins", ORANGE)


def gifts(answer: Answer) -> Figure | None:
    """Draw the largest flows of gifts, and what came back."""
    rows = answer.records()[:BARS_MAX][::-1]
    if len(rows) < _BARS_MIN:
        return None
    figure, (axes,) = new_chart("Largest flows of gifts", horizontal_height(len(rows)) + 0.3)
    names = [f"{row['giver_id']} to {row['receiver_id']}" for row in rows]
    values = [row["value"] for row in rows]
    axes.barh(range(len(rows)), values, color=VERMILION, label="given")
    axes.barh(
        range(len(rows)),
        [row["returned"] for row in rows],
        height=0.35,
        color=GRAY,
        label="given back",
    )
    axes.set_yticks(range(len(rows)), names)
    label_bars(axes, values, [short(value) for value in values])
    axes.set_ylabel("player to player")
    axes.set_xlabel("coins at base value")
    axes.margins(x=0.1)
    count_axis(axes, "x")
    grid_along(axes, "x")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def milestones(answer: Answer) -> Figure | None:
    """Draw how many players reach each milestone, and how long half of them need."""
    rows = answer.records()[::-1]
    if not rows:
        return None
    title = "Milestones of a new player"
    figure, (reached, waited) = new_chart(title, horizontal_height(len(rows)), panels=2)
    places = range(len(rows))
    shares = [row["share_of_players"] * 100 for row in rows]
    reached.barh(places, shares, color=GREEN)
    reached.set_yticks(places, [row["milestone"] for row in rows])
    label_bars(reached, shares, [f"{share:.0f}%" for share in shares])
    reached.set_xlabel("% of players that reached it")
    reached.set_xlim(0, 115)
    waited.barh(places, [row["p90_s"] for row in rows], height=0.5, color="#BFD7EA")
    waited.plot([row["median_s"] for row in rows], places, "|", color=BLUE, ms=14, mew=3)
    waited.set_yticks(places, [""] * len(rows))
    waited.set_xlabel("seconds: half of them (line), nine of ten (bar)")
    count_axis(waited, "x")
    for axes in (reached, waited):
        grid_along(axes, "x")
    return figure


def _item(name: str | None, item_id: int) -> str:
    return name or f"item {item_id}"
