"""Advice on trade: what changes hands, and what the shop sells."""

from __future__ import annotations

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, first, item_named, percent


def most_traded_item(answer: Answer) -> Facts:
    """Say which item leads by each measure, and how they compare in value."""
    rows = answer.records()
    leaders = {
        measure: min(rows, key=lambda row: int(row[f"rank_by_{measure}"]))
        for measure in ("trades", "units", "value")
    }
    dear, common = leaders["value"], leaders["trades"]
    unit_values = [row["value"] / row["units"] for row in (dear, common)]
    ratio = round(unit_values[0] / unit_values[1]) if unit_values[1] else 0
    return {
        **{f"by_{measure}": item_named(row) for measure, row in leaders.items()},
        "value_share": percent(dear["value"] / max(1, sum(answer.column("value")))),
        "small_change": f"{count(ratio)} units",
    }


def sword_purchases_by_material(answer: Answer) -> Facts:
    """Say which material sells, and which one drains gold."""
    rows = answer.records()
    dear = first(rows, "gold")
    last = rows[-1]
    return {
        "by_units": str(rows[0]["material"]),
        "units": count(rows[0]["units"]),
        "price": f"{count(round(rows[0]['average_price']))} coins",
        "by_gold": str(dear["material"]),
        "gold_share": percent(dear["gold"] / max(1, sum(answer.column("gold")))),
        "unsold": f"look first at `{last['material']}`, of which {count(last['units'])} were sold",
    }
