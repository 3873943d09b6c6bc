"""What to do about each answer: the numbers that the texts in `text/advice/` have places for.

Each function here is named after its question, takes the answer, which has rows, and returns the
values of its text's places. Thresholds are read from the answer, so that they fit every realm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from src.economy.engine import Answer

Row = Mapping[str, Any]

#: The part of trades that a person can look at: 1 in 20.
_REVIEWED_SHARE_MAX = 0.05


def trade_count(answer: Answer) -> dict[str, str]:
    """Say how many are refused."""
    row = answer.only()
    return {
        "refused": _count(row["refused"]),
        "trades": _count(row["trades"]),
        "refused_share": _percent(row["refused_share"] or 0.0),
    }


def trades_by_kind(answer: Answer) -> dict[str, str]:
    """Say which kind is frequent and which is refused most."""
    rows = answer.records()
    total = sum(answer.column("trades"))
    worst = _first(rows, "refused_share")
    return {
        "top_kind": rows[0]["kind"],
        "top_share": _percent(rows[0]["trades"] / total),
        "refused_kind": worst["kind"],
        "refused_share": _percent(worst["refused_share"]),
        "overall_share": _percent(sum(answer.column("refused")) / total),
    }


def trades_by_status_and_reason(answer: Answer) -> dict[str, str] | None:
    """Say which reason is met most; nothing when no trade was refused."""
    refused = [row for row in answer.records() if row["status"] == "rejected"]
    if not refused:
        return None
    total = sum(row["trades"] for row in refused)
    return {
        "reason": refused[0]["reason"],
        "reason_trades": _count(refused[0]["trades"]),
        "refused": _count(total),
        "reason_share": _percent(refused[0]["trades"] / total),
    }


def trades_over_time(answer: Answer) -> dict[str, str]:
    """Say how far the peak stands above the mean."""
    slots: Counter[Any] = Counter()
    for row in answer.records():
        slots[row["slot_start"]] += row["trades"]
    mean = slots.total() / len(slots)
    peak = max(slots.values())
    return {
        "slot": answer.column("slot")[0],
        "peak": _count(peak),
        "mean": _count(round(mean)),
        "ratio": f"{peak / mean:.1f}",
    }


def most_traded_item(answer: Answer) -> dict[str, str]:
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
        **{f"by_{measure}": _item(row) for measure, row in leaders.items()},
        "value_share": _percent(dear["value"] / max(1, sum(answer.column("value")))),
        "small_change": f"{_count(ratio)} units",
    }


def sword_purchases_by_material(answer: Answer) -> dict[str, str]:
    """Say which material sells, and which one drains gold."""
    rows = answer.records()
    dear = _first(rows, "gold")
    last = rows[-1]
    return {
        "by_units": str(rows[0]["material"]),
        "units": _count(rows[0]["units"]),
        "price": f"{_count(round(rows[0]['average_price']))} coins",
        "by_gold": str(dear["material"]),
        "gold_share": _percent(dear["gold"] / max(1, sum(answer.column("gold")))),
        "unsold": f"look first at `{last['material']}`, of which {_count(last['units'])} were sold",
    }


def value_imbalanced_trades(answer: Answer) -> dict[str, str]:
    """Say how large the gaps are, and who gains from more than one."""
    differences = answer.column("difference")
    gains = Counter(answer.column("gained_by"))
    again = sorted(player for player, times in gains.items() if times > 1)
    listed = ", ".join(f"{player} ({gains[player]} times)" for player in again)
    return {
        "largest": _count(differences[0]),
        "smallest": _count(differences[-1]),
        "repeated": f"Here these players gain more than once: {listed}."
        if again
        else "Here no player gains more than once.",
    }


def imbalance_distribution(answer: Answer) -> dict[str, str]:
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
        "one_sided_share": _percent(sum(answer.column("one_sided")) / trades),
        "threshold": _count(chosen[0]["band_from"]),
        "rare_share": _percent(looked_at / trades),
        "remark": "the lowest band from which on at most one trade in twenty has to be looked at"
        if few
        else "the highest band, and still more than one trade in twenty lies in it",
        "value_share": _percent(difference / max(1, sum(answer.column("difference")))),
    }


def most_diverse_inventory(answer: Answer) -> dict[str, str]:
    """Say who holds the most kinds."""
    row = answer.records()[0]
    return {
        "username": _name(row["username"]),
        "distinct": _count(row["distinct_items"]),
        "used": _count(row["used_capacity"]),
    }


def richest_inventory(answer: Answer) -> dict[str, str]:
    """Say what the richest own, and whether their class explains it."""
    rows = answer.records()
    classes = sorted({row["player_class"] for row in rows})
    return {
        "username": _name(rows[0]["username"]),
        "player_class": rows[0]["player_class"],
        "value": _count(rows[0]["inventory_value"]),
        "last_value": _count(rows[-1]["inventory_value"]),
        "class_remark": f"All of them are of one class, {classes[0]}."
        if len(classes) == 1
        else f"Their classes are {', '.join(classes)}.",
    }


def wealth_distribution(answer: Answer) -> dict[str, str]:
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
        "band_from": _count(rows[-1]["band_from"]),
        "players_share": _percent(rows[-1]["share_of_players"]),
        "wealth_share": _percent(rows[-1]["share_of_wealth"] or 0.0),
        "median_band": f"{_count(median['band_from'])} coins",
    }


def wealth_by_class(answer: Answer) -> dict[str, str]:
    """Say how far the classes lie apart."""
    rows = answer.records()
    rich = _first(rows, "average_wealth")
    poor = min(rows, key=lambda row: (float(row["average_wealth"]), str(row["player_class"])))
    return {
        "rich": rich["player_class"],
        "rich_average": _count(round(rich["average_wealth"])),
        "poor": poor["player_class"],
        "poor_average": _count(round(poor["average_wealth"])),
        "ratio": _count(round(rich["average_wealth"] / max(1.0, poor["average_wealth"]))),
        "players_share": _percent(rich["share_of_players"]),
        "wealth_share": _percent(rich["share_of_wealth"] or 0.0),
    }


def guild_membership(answer: Answer) -> dict[str, str]:
    """Say how many are in a guild, and which one loses members."""
    rows = answer.records()
    leaky = max(rows, key=lambda row: row["leaves"] / max(1, row["joins"]))
    return {
        "share": _percent(sum(share or 0.0 for share in answer.column("share_of_players"))),
        "largest": _name(rows[0]["guild"]),
        "members": _count(rows[0]["members"]),
        "leaky": _name(leaky["guild"]),
        "leaky_share": _percent(leaky["leaves"] / max(1, leaky["joins"])),
    }


def gold_supply(answer: Answer) -> dict[str, str]:
    """Say whether the books balance, and how fast the supply grows."""
    row = answer.only()
    balanced = row["difference"] == 0
    return {
        "verdict": "The books balance to the coin: what players hold is what the legs say."
        if balanced
        else f"**The books differ by {_count(row['difference'])} coins:** wait until all events "
        "have landed, then run `./guildhall reconcile`.",
        "issued": _count(row["issued"]),
        "withdrawn": _count(row["withdrawn"]),
        "ratio": f"{row['issued'] / max(1, row['withdrawn']):,.1f}",
        "per_player": _count(row["supply"] // max(1, row["players"])),
    }


def gold_supply_by_account(answer: Answer) -> dict[str, str]:
    """Say which house feeds the economy, and which drains it."""
    rows = answer.records()
    source, sink = _first(rows, "issued"), _first(rows, "withdrawn")
    others = [row for row in rows if row["house"] != "mint"] or rows
    leak = _first(others, "net")
    net = leak["net"]
    return {
        "source": _name(source["account"]),
        "issued": _count(source["issued"]),
        "sink": _name(sink["account"]),
        "withdrawn": _count(sink["withdrawn"]),
        "balance": _percent(
            sum(row["withdrawn"] for row in others) / max(1, sum(row["issued"] for row in others))
        ),
        "leak": _name(leak["account"]),
        "leak_verb": f"gives {_count(net)} more than it takes"
        if net > 0
        else f"takes {_count(-net)} more than it gives",
    }


#: By the name of the question.
ADVICE: Mapping[str, Callable[[Answer], dict[str, str] | None]] = {
    each.__name__: each
    for each in (
        trade_count,
        trades_by_kind,
        trades_by_status_and_reason,
        trades_over_time,
        most_traded_item,
        sword_purchases_by_material,
        value_imbalanced_trades,
        imbalance_distribution,
        most_diverse_inventory,
        richest_inventory,
        wealth_distribution,
        wealth_by_class,
        guild_membership,
        gold_supply,
        gold_supply_by_account,
    )
}


def _first(rows: Sequence[Row], name: str) -> Row:
    """Return the row with the largest value in a column, the earliest of equals."""
    return max(rows, key=lambda row: float(row[name]))


def _item(row: Row) -> str:
    return _name(row["item_name"] or f"item {row['item_id']}")


def _name(name: str) -> str:
    """Return a name that stays within the backticks that the texts put around it."""
    return " ".join(name.replace("`", "'").split())


def _count(value: int) -> str:
    return f"{value:,}"


def _percent(share: float) -> str:
    return f"{share:.1%}"
