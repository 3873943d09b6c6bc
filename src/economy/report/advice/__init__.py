"""What to do about each answer: the numbers that the texts in `text/advice/` have places for.

Each function is named after its question, takes the answer, which has rows, and returns the values
of its text's places, or None when the answer gives nothing to act on. Thresholds are read from the
answer where they can be, so that they fit every realm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from src.economy.engine import Answer
from src.economy.report.advice import (
    activity,
    battles,
    guilds,
    prices,
    shop,
    suspicion,
    trade,
    wealth,
)
from src.economy.report.advice.words import Facts

#: By the name of the question.
ADVICE: Mapping[str, Callable[[Answer], Facts | None]] = {
    each.__name__: each
    for each in (
        activity.trade_count,
        activity.trades_by_kind,
        activity.trades_by_status_and_reason,
        activity.trades_over_time,
        activity.active_players,
        activity.events_per_minute,
        activity.events_per_player,
        trade.most_traded_item,
        trade.sword_purchases_by_material,
        shop.shop_revenue,
        shop.shop_revenue_by_kind,
        shop.most_bought_weapons,
        shop.most_bought_swords,
        shop.most_bought_materials,
        shop.most_bought_rarities,
        shop.spend_per_player,
        shop.declined_purchases,
        shop.first_purchases,
        shop.time_to_first,
        prices.price_index,
        prices.item_prices,
        prices.imbalance_distribution,
        prices.gold_supply,
        prices.gold_supply_by_account,
        prices.gold_over_time,
        prices.gold_velocity,
        wealth.wealth_inequality,
        wealth.wealth_lorenz,
        wealth.wealth_distribution,
        wealth.wealth_by_class,
        wealth.richest_inventory,
        wealth.most_diverse_inventory,
        guilds.guild_share,
        guilds.guild_membership,
        guilds.guild_movement,
        guilds.purchases_after_joining,
        battles.battle_outcomes,
        battles.deadliest_enemies,
        battles.best_weapons,
        suspicion.value_imbalanced_trades,
        suspicion.gift_pairs,
        suspicion.gift_collectors,
        suspicion.gift_circles,
        suspicion.wash_trades,
        suspicion.partner_concentration,
        suspicion.busiest_minutes,
    )
}
