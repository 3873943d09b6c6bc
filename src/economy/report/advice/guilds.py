"""Advice on guilds."""

from __future__ import annotations

from src.economy.engine import Answer
from src.economy.report.advice.words import Facts, count, first, name_text, percent


def guild_membership(answer: Answer) -> Facts:
    """Say how many are in a guild, and which one loses members."""
    rows = answer.records()
    leaky = max(rows, key=lambda row: row["leaves"] / max(1, row["joins"]))
    return {
        "share": percent(sum(share or 0.0 for share in answer.column("share_of_players"))),
        "largest": name_text(rows[0]["guild"]),
        "members": count(rows[0]["members"]),
        "leaky": name_text(leaky["guild"]),
        "leaky_share": percent(leaky["leaves"] / max(1, leaky["joins"])),
    }


def guild_share(answer: Answer) -> Facts | None:
    """Say how many are members; nothing when nobody ever joined."""
    row = answer.only()
    if not row["joins"]:
        return None
    return {
        "in_guild": count(row["in_guild"]),
        "players": count(row["players"]),
        "share": percent(row["share_in_guild"] or 0.0),
        "left_share": percent(row["leaves"] / row["joins"]),
        "size": f"{row['members_per_guild'] or 0.0:,.1f}",
    }


def guild_movement(answer: Answer) -> Facts:
    """Say when most join, and whether leaving catches up."""
    rows = answer.records()
    peak = first(rows, "joins")
    return {
        "slot": peak["slot"],
        "peak_at": f"{peak['slot_start']:%Y-%m-%d %H:%M:%S}",
        "joins": count(peak["joins"]),
        "leaving": count(sum(row["leaves"] > row["joins"] for row in rows)),
        "slots": count(len(rows)),
    }


def purchases_after_joining(answer: Answer) -> Facts | None:
    """Say whether members buy more than others; nothing when nobody ever joined."""
    by_moment = {row["moment"]: row for row in answer.records()}
    if "after joining" not in by_moment:
        return None
    nobody = {"purchases_per_player": 0.0}
    return {
        "before": f"{by_moment['before joining']['purchases_per_player']:,.2f}",
        "after": f"{by_moment['after joining']['purchases_per_player']:,.2f}",
        "never": f"{by_moment.get('never joined', nobody)['purchases_per_player']:,.2f}",
    }
