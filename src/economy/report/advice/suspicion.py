"""Advice on trades that want a second look."""

from __future__ import annotations

from collections import Counter

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, item_named, percent

#: A mule passes on nearly all; a collector that keeps more is likely a friend or a guild bank.
_PASSED_ON_SHARE_MIN = 0.8

#: More of a player's trades with one partner than play alone explains.
_FAITHFUL_SHARE_MIN = 0.8


def value_imbalanced_trades(answer: Answer) -> Facts:
    """Say how large the gaps are, and who gains from more than one."""
    differences = answer.column("difference")
    gains = Counter(answer.column("gained_by"))
    again = sorted(player for player, times in gains.items() if times > 1)
    listed = ", ".join(f"{player} ({gains[player]} times)" for player in again)
    return {
        "largest": count(differences[0]),
        "smallest": count(differences[-1]),
        "repeated": f"Here these players gain more than once: {listed}."
        if again
        else "Here no player gains more than once.",
    }


def gift_pairs(answer: Answer) -> Facts:
    """Say how large the largest flow of gifts is."""
    row = answer.records()[0]
    return {
        "giver": str(row["giver_id"]),
        "receiver": str(row["receiver_id"]),
        "value": count(row["value"]),
        "gifts": count(row["gifts"]),
        "returned": count(row["returned"]),
        "unreturned": count(sum(not each["returned"] for each in answer.records())),
        "shown": count(len(answer.rows)),
    }


def gift_collectors(answer: Answer) -> Facts:
    """Say who collects, and who of them passes it on as a mule does."""
    rows = answer.records()
    mules = [row for row in rows if row["passed_on_share"] >= _PASSED_ON_SHARE_MIN]
    listed = ", ".join(str(row["player_id"]) for row in mules)
    return {
        "player": str(rows[0]["player_id"]),
        "received": count(rows[0]["received"]),
        "givers": count(rows[0]["givers"]),
        "mules": f"Here these did: {listed}." if mules else "Here nobody did.",
    }


def gift_circles(answer: Answer) -> Facts:
    """Say what went around, and where."""
    row = answer.records()[0]
    players = ", ".join(str(row[f"player_{place}_id"]) for place in (1, 2, 3))
    return {"players": players, "value": count(row["value"]), "circles": count(len(answer.rows))}


def wash_trades(answer: Answer) -> Facts:
    """Say who moves what to and fro."""
    row = answer.records()[0]
    return {
        "player_1": str(row["player_1_id"]),
        "player_2": str(row["player_2_id"]),
        "item": item_named(row),
        "trades": count(row["trades"]),
        "returned": count(row["returned"]),
        "value": count(row["returned_value"]),
    }


def partner_concentration(answer: Answer) -> Facts:
    """Say who trades with one partner alone."""
    rows = answer.records()
    faithful = [row for row in rows if row["share"] >= _FAITHFUL_SHARE_MIN]
    return {
        "player": str(rows[0]["player_id"]),
        "share": percent(rows[0]["share"]),
        "partner": str(rows[0]["partner_id"]),
        "faithful": count(len(faithful)),
        "threshold": percent(_FAITHFUL_SHARE_MIN),
    }


def busiest_minutes(answer: Answer) -> Facts:
    """Say how fast the fastest asks."""
    row = answer.records()[0]
    return {
        "player": str(row["player_id"]),
        "trades": count(row["trades"]),
        "seconds": f"{60 / row['trades']:,.1f}",
        "kinds": count(row["kinds"]),
        "refused": count(row["refused"]),
    }
