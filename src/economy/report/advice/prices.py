"""Advice on prices and gold."""

from __future__ import annotations

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, first, item_named, name_text, percent

#: The part of trades that a person can look at: 1 in 20.
_REVIEWED_SHARE_MAX = 0.05


def imbalance_distribution(answer: Answer) -> Facts:
    """Say from which difference on a trade is rare enough to be looked at."""
    rows = answer.records()
    trades = sum(answer.column("trades"))
    chosen = [rows[-1]]
    for row in reversed(rows[:-1]):
        if sum(each["trades"] for each in (row, *chosen)) > _REVIEWED_SHARE_MAX * trades:
            break
        chosen.insert(0, row)
    difference = sum(row["difference"] for row in chosen)
    looked_at = sum(row["trades"] for row in chosen)
    few = looked_at <= _REVIEWED_SHARE_MAX * trades
    return {
        "one_sided_share": percent(sum(answer.column("one_sided")) / trades),
        "threshold": count(chosen[0]["band_from"]),
        "rare_share": percent(looked_at / trades),
        "remark": "the lowest band from which on at most one trade in twenty has to be looked at"
        if few
        else "the highest band, and still more than one trade in twenty lies in it",
        "value_share": percent(difference / max(1, sum(answer.column("difference")))),
    }


def gold_supply(answer: Answer) -> Facts:
    """Say whether the books balance, and how fast the supply grows."""
    row = answer.only()
    balanced = row["difference"] == 0
    return {
        "verdict": "The books balance to the coin: what players hold is what the legs say."
        if balanced
        else f"**The books differ by {count(row['difference'])} coins:** wait until all events "
        "have landed, then run `./guildhall reconcile`.",
        "issued": count(row["issued"]),
        "withdrawn": count(row["withdrawn"]),
        "ratio": f"{row['issued'] / max(1, row['withdrawn']):,.1f}",
        "per_player": count(row["supply"] // max(1, row["players"])),
    }


def gold_supply_by_account(answer: Answer) -> Facts:
    """Say which house feeds the economy, and which drains it."""
    rows = answer.records()
    source, sink = first(rows, "issued"), first(rows, "withdrawn")
    others = [row for row in rows if row["house"] != "mint"] or rows
    leak = first(others, "net")
    net = leak["net"]
    return {
        "source": name_text(source["account"]),
        "issued": count(source["issued"]),
        "sink": name_text(sink["account"]),
        "withdrawn": count(sink["withdrawn"]),
        "balance": percent(
            sum(row["withdrawn"] for row in others) / max(1, sum(row["issued"] for row in others))
        ),
        "leak": name_text(leak["account"]),
        "leak_verb": f"gives {count(net)} more than it takes"
        if net > 0
        else f"takes {count(-net)} more than it gives",
    }


def price_index(answer: Answer) -> Facts:
    """Say where the price level began and ended."""
    rows = [row for row in answer.records() if row["price_index"] is not None] or [
        {**row, "price_index": 0.0} for row in answer.records()
    ]
    gold, base_value = sum(answer.column("gold")), sum(answer.column("base_value"))
    low, high = (pick(rows, key=lambda row: row["price_index"]) for pick in (min, max))
    return {
        "overall": f"{100 * gold / max(1, base_value):,.0f}",
        "begin": f"{rows[0]['price_index']:,.0f}",
        "end": f"{rows[-1]['price_index']:,.0f}",
        "low": f"{low['price_index']:,.0f}",
        "high": f"{high['price_index']:,.0f}",
        "trades": count(sum(answer.column("trades"))),
    }


def item_prices(answer: Answer) -> Facts:
    """Say which item is dearest and which cheapest against its base value."""
    rows = [row for row in answer.records() if row["ratio"] is not None] or [
        {**row, "ratio": 0.0} for row in answer.records()
    ]
    dear = first(rows, "ratio")
    cheap = min(rows, key=lambda row: (float(row["ratio"]), int(row["item_id"])))
    return {
        "dear": item_named(dear),
        "dear_ratio": f"{dear['ratio']:,.2f}",
        "cheap": item_named(cheap),
        "cheap_ratio": f"{cheap['ratio']:,.2f}",
        "common": item_named(rows[0]),
        "lowest": f"{rows[0]['lowest_price']:,.2f}",
        "highest": f"{rows[0]['highest_price']:,.2f}",
    }


def gold_over_time(answer: Answer) -> Facts:
    """Say whether the supply still grows, and where gold moved fastest."""
    rows = answer.records()
    half = rows[len(rows) // 2 :]
    grown = sum(row["issued"] - row["withdrawn"] for row in half)
    fast = max(rows, key=lambda row: row["velocity"] or 0.0)
    return {
        "supply": count(rows[-1]["supply"]),
        "grown": f"grew by {count(grown)}" if grown >= 0 else f"shrank by {count(-grown)}",
        "slot": rows[0]["slot"],
        "fast_at": f"{fast['slot_start']:%Y-%m-%d %H:%M:%S}",
        "velocity": percent(fast["velocity"] or 0.0),
    }


def gold_velocity(answer: Answer) -> Facts:
    """Say how often a coin moved, and by what."""
    rows = answer.records()
    return {
        "velocity": f"{sum(row['velocity'] or 0.0 for row in rows):,.2f}",
        "kind": rows[0]["kind"],
        "share": percent(rows[0]["share"]),
    }
