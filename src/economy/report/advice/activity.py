"""Advice on activity: how much is asked for, and what is refused."""

from __future__ import annotations

from collections import Counter
from typing import Any

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, first, name_text, percent


def trade_count(answer: Answer) -> Facts:
    """Say how many are refused."""
    row = answer.only()
    return {
        "refused": count(row["refused"]),
        "trades": count(row["trades"]),
        "refused_share": percent(row["refused_share"] or 0.0),
    }


def trades_by_kind(answer: Answer) -> Facts:
    """Say which kind is frequent and which is refused most."""
    rows = answer.records()
    total = sum(answer.column("trades"))
    worst = first(rows, "refused_share")
    return {
        "top_kind": rows[0]["kind"],
        "top_share": percent(rows[0]["trades"] / total),
        "refused_kind": worst["kind"],
        "refused_share": percent(worst["refused_share"]),
        "overall_share": percent(sum(answer.column("refused")) / total),
    }


def trades_by_status_and_reason(answer: Answer) -> Facts | None:
    """Say which reason is met most; nothing when no trade was refused."""
    refused = [row for row in answer.records() if row["status"] == "rejected"]
    if not refused:
        return None
    total = sum(row["trades"] for row in refused)
    return {
        "reason": refused[0]["reason"],
        "reason_trades": count(refused[0]["trades"]),
        "refused": count(total),
        "reason_share": percent(refused[0]["trades"] / total),
    }


def trades_over_time(answer: Answer) -> Facts:
    """Say how far the peak stands above the mean."""
    slots: Counter[Any] = Counter()
    for row in answer.records():
        slots[row["slot_start"]] += row["trades"]
    mean = slots.total() / len(slots)
    peak = max(slots.values())
    return {
        "slot": answer.column("slot")[0],
        "peak": count(peak),
        "mean": count(round(mean)),
        "ratio": f"{peak / mean:.1f}",
    }


def active_players(answer: Answer) -> Facts:
    """Say how many play at the peak and at the end."""
    rows = answer.records()
    peak = first(rows, "active_players")
    return {
        "slot": peak["slot"],
        "peak": count(peak["active_players"]),
        "new": count(sum(answer.column("new_players"))),
        "last": count(rows[-1]["active_players"]),
        "most_trades": f"{max(answer.column('trades_per_player')):.1f}",
    }


def events_per_minute(answer: Answer) -> Facts:
    """Say what the pipeline carried in its busiest minute."""
    peak = first(answer.records(), "events")
    trades, events = sum(answer.column("trades")), sum(answer.column("events"))
    return {
        "events": count(peak["events"]),
        "per_second": f"{peak['per_second']:,.1f}",
        "per_trade": f"{events / max(1, trades):.1f}",
    }


def events_per_player(answer: Answer) -> Facts:
    """Say how far one player can stand out."""
    rows = answer.records()
    return {
        "username": name_text(rows[0]["username"]),
        "events": count(rows[0]["events"]),
        "share": percent(rows[0]["share"]),
        "shown": count(len(rows)),
        "shown_share": percent(sum(answer.column("share"))),
    }
