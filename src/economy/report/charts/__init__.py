"""The charts: each draws the answer to one question; None when there is nothing to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from src.economy.engine import Answer
from src.economy.report.charts import activity, bars, battles, series, supply, trade, wealth

#: By the name of the question that each draws.
CHARTS: Mapping[str, Callable[[Answer], Figure | None]] = {
    "trades_over_time": activity.trades_over_time,
    "trades_by_kind": activity.trades_by_kind,
    "trades_by_status_and_reason": activity.reasons,
    "active_players": series.players,
    "events_per_minute": series.events,
    "most_traded_item": trade.traded_items,
    "shop_revenue_by_kind": bars.revenue,
    "most_bought_weapons": bars.weapons,
    "most_bought_swords": bars.swords,
    "sword_purchases_by_material": trade.sword_materials,
    "most_bought_materials": bars.materials,
    "most_bought_rarities": bars.rarities,
    "declined_purchases": bars.declined,
    "first_purchases": bars.first_purchases,
    "time_to_first": bars.milestones,
    "price_index": series.price_level,
    "item_prices": trade.prices,
    "imbalance_distribution": trade.imbalance,
    "gold_supply_by_account": supply.gold_by_house,
    "gold_over_time": series.gold,
    "gold_velocity": bars.velocity,
    "wealth_lorenz": wealth.lorenz,
    "wealth_distribution": wealth.wealth_bands,
    "guild_membership": supply.guild_members,
    "guild_movement": series.membership,
    "purchases_after_joining": supply.purchases_around_joining,
    "deadliest_enemies": battles.enemies,
    "best_weapons": battles.weapons,
    "gift_pairs": bars.gifts,
}
