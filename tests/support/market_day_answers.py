"""The answers to the market day, worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support.economy import START


def second(trade: int) -> datetime:
    """Return when a trade happened: one a second."""
    return START + timedelta(seconds=trade - 1)


#: All cells of each answer, in order.
EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "trade_count": [(19, 16, 3, 0.1579)],
    "trades_by_kind": [
        ("player_trade", 5, 4, 1, 0.2),
        ("purchase", 5, 4, 1, 0.2),
        ("guild_join", 4, 3, 1, 0.25),
        ("starter_grant", 3, 3, 0, 0.0),
        ("guild_leave", 1, 1, 0, 0.0),
        ("sale", 1, 1, 0, 0.0),
    ],
    "trades_by_status_and_reason": [
        ("settled", None, 16, 0.8421),
        ("rejected", "already_in_guild", 1, 0.0526),
        ("rejected", "insufficient_gold", 1, 0.0526),
        ("rejected", "missing_items", 1, 0.0526),
    ],
    "trades_over_time": [
        (second(1), "second", "starter_grant", 1, 1, 0),
        (second(2), "second", "starter_grant", 1, 1, 0),
        (second(3), "second", "starter_grant", 1, 1, 0),
        (second(4), "second", "player_trade", 1, 1, 0),
        (second(5), "second", "player_trade", 1, 1, 0),
        (second(6), "second", "player_trade", 1, 0, 1),
        (second(7), "second", "purchase", 1, 1, 0),
        (second(8), "second", "purchase", 1, 1, 0),
        (second(9), "second", "purchase", 1, 0, 1),
        (second(10), "second", "purchase", 1, 1, 0),
        (second(11), "second", "purchase", 1, 1, 0),
        (second(12), "second", "guild_join", 1, 1, 0),
        (second(13), "second", "guild_join", 1, 1, 0),
        (second(14), "second", "guild_join", 1, 0, 1),
        (second(15), "second", "guild_leave", 1, 1, 0),
        (second(16), "second", "player_trade", 1, 1, 0),
        (second(17), "second", "sale", 1, 1, 0),
        (second(18), "second", "player_trade", 1, 1, 0),
        (second(19), "second", "guild_join", 1, 1, 0),
    ],
    "most_traded_item": [
        (1, "Milk", 2, 3, 9, 1, 1, 3),
        (2, "Iron Sword", 2, 2, 20, 2, 2, 2),
        (6, "Crown", 1, 1, 2_000, 3, 3, 1),
    ],
    "most_diverse_inventory": [
        # the farmer has sold two of its four kinds since
        (1, "player 1", "farmer", 4, 11, 2_111, 414, 4, second(7)),
        (3, "player 3", "banker", 4, 8, 2_063, 4_940, 4, second(11)),
        (2, "player 2", "hunter", 2, 5, 36, 106, 2, second(4)),
    ],
    "richest_inventory": [
        # the banker began with two crowns, before it gave one away
        (3, "player 3", "banker", 1, 2, 4_000, 5_000, 1, second(3)),
        (1, "player 1", "farmer", 4, 11, 2_111, 414, 4, second(7)),
        (2, "player 2", "hunter", 2, 6, 46, 96, 3, second(10)),
    ],
    "value_imbalanced_trades": [
        ("t005", second(5), 3, 1, 2_000, 3, 1_997, 666.67, 1),
        ("t016", second(16), 3, 2, 40, 0, 40, None, 2),
        ("t004", second(4), 1, 2, 12, 10, 2, 1.2, 2),
    ],
    "imbalance_distribution": [
        (0, 0, 1, 0, 0, 0.25),
        (1, 9, 1, 0, 2, 0.25),
        (10, 99, 1, 1, 40, 0.25),
        (1_000, 9_999, 1, 0, 1_997, 0.25),
    ],
    "sword_purchases_by_material": [
        ("iron", 2, 2, 6, 60, 10.0),
        ("steel", 1, 1, 2, 80, 40.0),
    ],
    "guild_membership": [
        ("Ironhand", 2, 0, 2, 200, 0.6667),
        ("Green Table", 1, 1, 0, 0, 0.0),
    ],
    # 500 + 100 + 5,000 from the mint and 80 from the shop; 150 to the shop and 200 to a guild
    "gold_supply": [(3, 5_680, 350, 5_330, 5_330, 0)],
    "gold_supply_by_account": [
        ("house:mint", "mint", 5_600, 0, 5_600),
        ("house:shop", "shop", 80, 150, -70),
        ("house:guild:Ironhand", "guild", 0, 200, -200),
    ],
    # 384 + 2,041; 46 + 36; 4,900 + 2,063
    "wealth_distribution": [
        (10, 99, 1, 82, 0.3333, 0.0087),
        (1_000, 9_999, 2, 9_388, 0.6667, 0.9913),
    ],
    "wealth_by_class": [
        ("banker", 1, 4_900, 2_063, 6_963, 6_963.0, 0.3333, 0.7353),
        ("farmer", 1, 384, 2_041, 2_425, 2_425.0, 0.3333, 0.2561),
        ("hunter", 1, 46, 36, 82, 82.0, 0.3333, 0.0087),
    ],
    "run_overview": [("main", second(1), second(19), 19, 3, 20)],
    # 19 trades and 20 states, 39 events over 60 seconds
    "events_per_minute": [(START, 19, 20, 39, 0.65)],
    # trades that name the hunter: t002, 4, 6, 9, 10, 13, 15, 16, 18, 19; of 44 events in all
    "events_per_player": [
        (2, "player 2", 10, 2, 8, 18, 0.4091),
        (1, "player 1", 8, 1, 7, 15, 0.3409),
        (3, "player 3", 6, 1, 5, 11, 0.25),
    ],
    # trades 6, 9 and 14 are refused, and 16 and 18 have two players
    "active_players": [
        (second(1), "second", 1, 1, 1, 1.0),
        (second(2), "second", 1, 1, 1, 1.0),
        (second(3), "second", 1, 1, 1, 1.0),
        (second(4), "second", 2, 0, 1, 0.5),
        (second(5), "second", 2, 0, 1, 0.5),
        *((second(trade), "second", 1, 0, 1, 1.0) for trade in (7, 8, 10, 11, 12, 13, 15)),
        (second(16), "second", 2, 0, 1, 0.5),
        (second(17), "second", 1, 0, 1, 1.0),
        (second(18), "second", 2, 0, 1, 0.5),
        (second(19), "second", 1, 0, 1, 1.0),
    ],
    # 6 iron swords of 8 swords; the shield is none, and the plain swords were not bought
    "most_bought_swords": [
        (2, "Iron Sword", "iron", 2, 2, 6, 60, 0.75),
        (3, "Steel Sword", "steel", 1, 1, 2, 80, 0.25),
    ],
    # the shield is iron too: 7 of 9 units
    "most_bought_materials": [
        ("iron", 3, 2, 7, 70, 0.7778),
        ("steel", 1, 1, 2, 80, 0.2222),
    ],
    "most_bought_rarities": [
        ("common", 3, 2, 7, 70, 0.7778),
        ("uncommon", 1, 1, 2, 80, 0.2222),
    ],
    # 80 + 10 + 10 + 50 for 2 + 1 + 1 + 5 units; the farmer was paid 80 for its swords
    "shop_revenue": [(3, 3, 4, 9, 150, 80, 16.67, 50.0, 50.0)],
    "spend_per_player": [
        (1, "player 1", 1, 80, 100, 0, 180, 0.5143),
        (2, "player 2", 1, 10, 100, 0, 110, 0.3143),
        (3, "player 3", 2, 60, 0, 0, 60, 0.1714),
    ],
    "declined_purchases": [("insufficient_gold", "sword", 1, 1, 1.0)],
    # the hunter left one guild and joined another: one player, two joins
    "guild_share": [(3, 2, 0.6667, 2, 3, 1, 1, 2.0)],
    "guild_movement": [
        (second(12), "second", 1, 0, 1),
        (second(13), "second", 1, 0, 2),
        (second(15), "second", 0, 1, 1),
        (second(19), "second", 1, 0, 2),
    ],
    # both members bought before they joined, and the farmer's sale is no purchase
    "purchases_after_joining": [
        ("never joined", 1, 1, 2, 60, 2.0, 60.0),
        ("before joining", 2, 2, 2, 90, 1.0, 45.0),
        ("after joining", 2, 0, 0, 0, 0.0, 0.0),
    ],
    # 200 to guilds, 150 to the shop, 6 + 40 + 10 to players, over a supply of 5,330
    "gold_velocity": [
        ("guild_join", 2, 200, 0.0375, 0.4926),
        ("purchase", 4, 150, 0.0281, 0.3695),
        ("player_trade", 3, 56, 0.0105, 0.1379),
    ],
    # 10 coins for a sword; 6 coins and milk for one is no price
    "price_index": [(second(18), "second", 1, 1, 10, 10, 100.0)],
    "gift_pairs": [(3, 2, 1, 40, 40, 0)],
}
