"""Advice on wealth."""

from __future__ import annotations

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, first, name_text, percent

_HALF = 0.5


def wealth_distribution(answer: Answer) -> Facts:
    """Say what the top band holds, and where the middle player stands."""
    rows = answer.records()
    half = sum(answer.column("players")) / 2
    counted = 0
    median = rows[-1]
    for row in rows:
        counted += row["players"]
        if counted >= half:
            median = row
            break
    return {
        "band_from": count(rows[-1]["band_from"]),
        "players_share": percent(rows[-1]["share_of_players"]),
        "wealth_share": percent(rows[-1]["share_of_wealth"] or 0.0),
        "median_band": f"{count(median['band_from'])} coins",
    }


def wealth_by_class(answer: Answer) -> Facts:
    """Say how far the classes lie apart."""
    rows = answer.records()
    rich = first(rows, "average_wealth")
    poor = min(rows, key=lambda row: (float(row["average_wealth"]), str(row["player_class"])))
    return {
        "rich": rich["player_class"],
        "rich_average": count(round(rich["average_wealth"])),
        "poor": poor["player_class"],
        "poor_average": count(round(poor["average_wealth"])),
        "ratio": count(round(rich["average_wealth"] / max(1.0, poor["average_wealth"]))),
        "players_share": percent(rich["share_of_players"]),
        "wealth_share": percent(rich["share_of_wealth"] or 0.0),
    }


def richest_inventory(answer: Answer) -> Facts:
    """Say what the richest own, and whether their class explains it."""
    rows = answer.records()
    classes = sorted({row["player_class"] for row in rows})
    return {
        "username": name_text(rows[0]["username"]),
        "player_class": rows[0]["player_class"],
        "value": count(rows[0]["inventory_value"]),
        "last_value": count(rows[-1]["inventory_value"]),
        "class_remark": f"All of them are of one class, {classes[0]}."
        if len(classes) == 1
        else f"Their classes are {', '.join(classes)}.",
    }


def most_diverse_inventory(answer: Answer) -> Facts:
    """Say who holds the most kinds."""
    row = answer.records()[0]
    return {
        "username": name_text(row["username"]),
        "distinct": count(row["distinct_items"]),
        "used": count(row["used_capacity"]),
    }


def wealth_inequality(answer: Answer) -> Facts:
    """Say how unequal the whole is, and whether gold or goods are the cause."""
    by_measure = {row["measure"]: row for row in answer.records()}
    wealth, gold, goods = (by_measure[name] for name in ("wealth", "gold", "inventory"))
    return {
        "gini": f"{wealth['gini'] or 0.0:.2f}",
        "gold": f"{gold['gini'] or 0.0:.2f}",
        "goods": f"{goods['gini'] or 0.0:.2f}",
        "cause": "goods" if (goods["gini"] or 0.0) > (gold["gini"] or 0.0) else "gold",
        "top_share": percent(wealth["top_tenth_share"] or 0.0),
        "mean_to_median": f"{wealth['mean'] / max(1.0, wealth['median_amount']):,.1f}",
    }


def wealth_lorenz(answer: Answer) -> Facts:
    """Say what the poorer half owns together."""
    rows = answer.records()
    half = min(rows, key=lambda row: abs(row["share_of_players"] - _HALF))
    return {
        "players": percent(half["share_of_players"]),
        "owned": percent(half["share_of_wealth"] or 0.0),
        "up_to": count(half["wealth_up_to"]),
    }
