"""Advice on the shop: what players buy, what they spend, and what is declined."""

from __future__ import annotations

from src.economy.engine import Answer
from src.economy.report.advice.words import (
    Facts,
    count,
    duration,
    first,
    item_named,
    name_text,
    percent,
)


def shop_revenue(answer: Answer) -> Facts | None:
    """Say what a player spends, and what the shop pays back; nothing when nothing was bought."""
    row = answer.only()
    if not row["purchases"]:
        return None
    return {
        "revenue": count(row["revenue"]),
        "purchases": count(row["purchases"]),
        "per_player": count(round(row["spend_per_player"])),
        "buyers_share": percent(row["buyers"] / max(1, row["players"])),
        "per_buyer": count(round(row["spend_per_buyer"])),
        "paid_out_share": percent(row["paid_out"] / max(1, row["revenue"])),
    }


def shop_revenue_by_kind(answer: Answer) -> Facts:
    """Say which goods carry the shop."""
    rows = answer.records()
    common = first(rows, "units")
    return {
        "kind": rows[0]["item_kind"] or "goods off the catalogue",
        "share": percent(rows[0]["share_of_revenue"] or 0.0),
        "common": common["item_kind"] or "goods off the catalogue",
        "units": count(common["units"]),
        "price": f"{common['average_price']:,.2f}",
    }


def most_bought_weapons(answer: Answer) -> Facts:
    """Say which weapon leads, and how much of the sales the list covers."""
    rows = answer.records()
    return {
        "weapon": item_named(rows[0]),
        "share": percent(rows[0]["share"]),
        "shown": count(len(rows)),
        "shown_share": percent(sum(answer.column("share"))),
    }


def most_bought_swords(answer: Answer) -> Facts:
    """Say which sword leads by units, and which by gold."""
    rows = answer.records()
    dear = first(rows, "gold")
    return {
        "sword": item_named(rows[0]),
        "units": count(rows[0]["units"]),
        "buyers": count(rows[0]["buyers"]),
        "dear": item_named(dear),
        "gold": count(dear["gold"]),
    }


def most_bought_materials(answer: Answer) -> Facts | None:
    """Say which material leads; nothing when only goods without one were bought."""
    rows = [row for row in answer.records() if row["material"] is not None]
    if not rows:
        return None
    return {
        "material": rows[0]["material"],
        "units": count(rows[0]["units"]),
        "last": rows[-1]["material"],
        "last_units": count(rows[-1]["units"]),
    }


def most_bought_rarities(answer: Answer) -> Facts:
    """Say which rarity is bought, and which one brings gold."""
    rows = answer.records()
    dear = first(rows, "gold")
    return {
        "rarity": rows[0]["rarity"] or "none",
        "share": percent(rows[0]["share"]),
        "dear": dear["rarity"] or "none",
        "gold_share": percent(dear["gold"] / max(1, sum(answer.column("gold")))),
    }


def spend_per_player(answer: Answer) -> Facts:
    """Say how much of all spending comes from few."""
    rows = answer.records()
    return {
        "username": name_text(rows[0]["username"]),
        "spent": count(rows[0]["spent"]),
        "shown": count(len(rows)),
        "share": percent(sum(answer.column("share"))),
    }


def declined_purchases(answer: Answer) -> Facts:
    """Say what is wanted in vain."""
    rows = answer.records()
    return {
        "reason": rows[0]["reason"],
        "kind": rows[0]["item_kind"] or "goods off the catalogue",
        "declined": count(rows[0]["declined"]),
        "total": count(sum(answer.column("declined"))),
        "players": count(rows[0]["players"]),
    }


def first_purchases(answer: Answer) -> Facts:
    """Say what draws a player to the shop."""
    row = answer.records()[0]
    return {
        "kind": row["item_kind"] or "goods off the catalogue",
        "share": percent(row["share"]),
        "spend": count(round(row["average_spend"])),
    }


def time_to_first(answer: Answer) -> Facts:
    """Say which milestone comes late or never."""
    rows = answer.records()
    return {
        "common": rows[0]["milestone"],
        "common_share": percent(rows[0]["share_of_players"]),
        "common_median": duration(rows[0]["median_s"]),
        "rare": rows[-1]["milestone"],
        "rare_share": percent(rows[-1]["share_of_players"]),
        "rare_median": duration(rows[-1]["median_s"]),
    }
