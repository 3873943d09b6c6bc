"""Advice on battles."""

from __future__ import annotations

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, name_text, percent


def battle_outcomes(answer: Answer) -> Facts:
    """Say how often players win, and whether battles feed or drain the economy."""
    rows = answer.records()
    net = sum(answer.column("value_won")) - sum(answer.column("value_lost"))
    return {
        "battles": count(sum(answer.column("battles"))),
        "win_rate": percent(sum(row["share"] for row in rows if row["outcome"] == "won")),
        "net": f"bring {count(net)} coins' worth into"
        if net >= 0
        else f"take {count(-net)} out of",
    }


def deadliest_enemies(answer: Answer) -> Facts:
    """Say who beats players most often, and who never does."""
    rows = answer.records()
    harmless = [row["enemy"] for row in rows if not row["lost"]]
    listed = ", ".join(f"`{name_text(enemy or 'none')}`" for enemy in harmless)
    return {
        "enemy": name_text(rows[0]["enemy"] or "none"),
        "lost": count(rows[0]["lost"]),
        "loss_share": percent(rows[0]["loss_share"]),
        "value_lost": count(rows[0]["value_lost"]),
        "harmless": f"Nobody has lost to {listed} yet." if harmless else "Each has won a battle.",
    }


def best_weapons(answer: Answer) -> Facts:
    """Say which weapon surely wins, and what few battles are worth as proof."""
    rows = answer.records()
    best = rows[0]
    weapon = "no weapon at all" if best["weapon_item_id"] is None else f"`{_weapon(best)}`"
    return {
        "weapon": weapon,
        "battles": count(best["battles"]),
        "win_share": percent(best["win_share"]),
        "sure_share": percent(best["sure_share"]),
    }


def _weapon(row: dict[str, object]) -> str:
    return name_text(str(row["weapon_name"] or f"item {row['weapon_item_id']}"))
