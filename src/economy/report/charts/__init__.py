"""The charts: each draws the answer to one question; None when there is nothing to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from src.economy.engine import Answer
from src.economy.report.charts.activity import reasons, trades_by_kind, trades_over_time
from src.economy.report.charts.supply import gold_by_house, guild_members
from src.economy.report.charts.trade import imbalance, sword_materials, traded_items
from src.economy.report.charts.wealth import wealth_bands

#: By the name of the question that each draws.
CHARTS: Mapping[str, Callable[[Answer], Figure | None]] = {
    "trades_over_time": trades_over_time,
    "trades_by_kind": trades_by_kind,
    "trades_by_status_and_reason": reasons,
    "most_traded_item": traded_items,
    "sword_purchases_by_material": sword_materials,
    "imbalance_distribution": imbalance,
    "wealth_distribution": wealth_bands,
    "guild_membership": guild_members,
    "gold_supply_by_account": gold_by_house,
}
