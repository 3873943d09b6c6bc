"""The answers to the night market, worked out by hand.

What the players hold at its end, in coins, and in goods at base value:
the smith 1,067, and 5 iron swords and 3 milk, 59; the buyer 750, and 4 iron swords and a steel one,
80; the mule 140 and 0; the thief 529, and 2 bows, 40; the fence 522, and 3 milk, 9; the idler 5
and 0.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.support.economy import START


def minute(number: int) -> datetime:
    """Return when a minute of the night began."""
    return START + timedelta(minutes=number)


#: All cells of each answer, in order.
EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    # a refused trade has no state, one between players has two
    "events_per_minute": [
        (minute(0), 6, 6, 12, 0.2),
        (minute(1), 2, 4, 6, 0.1),
        (minute(2), 2, 3, 5, 0.08),
        (minute(3), 6, 10, 16, 0.27),
        (minute(4), 5, 9, 14, 0.23),
        (minute(5), 2, 2, 4, 0.07),
        (minute(6), 3, 3, 6, 0.1),
        (minute(7), 6, 5, 11, 0.18),
        (minute(8), 2, 0, 2, 0.03),
    ],
    # of 89 events: those that are named in a trade, and each player's states
    "events_per_player": [
        (4, "player 4", 11, 1, 10, 21, 0.236),
        (1, "player 1", 10, 0, 10, 20, 0.2247),
        (5, "player 5", 10, 0, 10, 20, 0.2247),
        (3, "player 3", 8, 3, 5, 13, 0.1461),
        (2, "player 2", 6, 0, 6, 12, 0.1348),
        (6, "player 6", 2, 1, 1, 3, 0.0337),
    ],
    # in the last minute all is refused
    "active_players": [
        (minute(0), "minute", 6, 6, 6, 1.0),
        (minute(1), "minute", 2, 0, 2, 1.0),
        (minute(2), "minute", 2, 0, 2, 1.0),
        (minute(3), "minute", 4, 0, 5, 1.25),
        (minute(4), "minute", 2, 0, 5, 2.5),
        (minute(5), "minute", 1, 0, 2, 2.0),
        (minute(6), "minute", 1, 0, 3, 3.0),
        (minute(7), "minute", 3, 0, 5, 1.67),
    ],
    # who stands first asks: of the four trades of bows the thief asked for two, and bought them
    "busiest_minutes": [
        (4, minute(4), 3, 0, 2, 1),
        (1, minute(6), 3, 0, 3, 0),
        (4, minute(3), 2, 0, 1, 2),
        (5, minute(4), 2, 0, 1, 1),
        (5, minute(5), 2, 0, 2, 0),
        (1, minute(7), 2, 0, 1, 0),
        (4, minute(7), 2, 0, 1, 0),
        (1, minute(1), 1, 0, 1, 1),
        (2, minute(1), 1, 0, 1, 1),
        (1, minute(2), 1, 0, 1, 0),
        (2, minute(2), 1, 0, 1, 1),
        (2, minute(3), 1, 0, 1, 1),
        (3, minute(3), 1, 0, 1, 1),
        (5, minute(3), 1, 0, 1, 1),
        (6, minute(3), 1, 1, 1, 1),
        (2, minute(7), 1, 0, 1, 0),
        (3, minute(7), 1, 1, 1, 0),
        (3, minute(8), 1, 1, 1, 0),
        (4, minute(8), 1, 1, 1, 0),
    ],
    "most_bought_swords": [(3, "Steel Sword", "steel", 1, 1, 1, 40, 1.0)],
    "most_bought_weapons": [
        (7, "Oak Bow", "bow", 1, 1, 2, 40, 0.6667),
        (3, "Steel Sword", "sword", 1, 1, 1, 40, 0.3333),
    ],
    # 3 + 1 milk, 2 bows, 1 sword
    "most_bought_materials": [
        (None, 2, 2, 4, 12, 0.5714),
        ("wood", 1, 1, 2, 40, 0.2857),
        ("steel", 1, 1, 1, 40, 0.1429),
    ],
    "most_bought_rarities": [
        ("common", 2, 2, 4, 12, 0.5714),
        ("rare", 1, 1, 2, 40, 0.2857),
        ("uncommon", 1, 1, 1, 40, 0.1429),
    ],
    # 92 over 7 units, 3 buyers, 6 players
    "shop_revenue": [(6, 3, 4, 7, 92, 0, 13.14, 30.67, 15.33)],
    "shop_revenue_by_kind": [
        ("bow", 1, 1, 2, 40, 20.0, 0.4348),
        ("sword", 1, 1, 1, 40, 40.0, 0.4348),
        ("food", 2, 2, 4, 12, 3.0, 0.1304),
    ],
    # battles cost the smith 25 and the thief 20; of 237 in all
    "spend_per_player": [
        (5, "player 5", 1, 9, 100, 0, 109, 0.4599),
        (1, "player 1", 2, 43, 0, 25, 68, 0.2869),
        (4, "player 4", 1, 40, 0, 20, 60, 0.2532),
    ],
    "declined_purchases": [
        ("insufficient_gold", "luxury", 1, 1, 0.5),
        ("unknown_item", None, 1, 1, 0.5),
    ],
    # the smith's second purchase, milk, does not count
    "first_purchases": [
        ("bow", 1, 0.3333, 40, 40.0),
        ("food", 1, 0.3333, 9, 9.0),
        ("sword", 1, 0.3333, 40, 40.0),
    ],
    # between players: the buyer 64, smith 65, fence 176, thief 177, mule 179 seconds
    "time_to_first": [
        ("player_trade", 5, 0.8333, 64, 176, 179, 179),
        ("battle", 3, 0.5, 417, 422, 423, 423),
        ("purchase", 3, 0.5, 120, 237, 297, 297),
        ("guild_join", 2, 0.3333, 296, 296, 360, 360),
    ],
    # 15 + 50 for 3 swords worth 30; 90 + 50 + 45 + 86 for 6 bows worth 120
    "price_index": [
        (minute(1), "minute", 2, 3, 65, 30, 216.67),
        (minute(4), "minute", 4, 6, 271, 120, 225.83),
    ],
    "item_prices": [
        (7, "Oak Bow", 4, 6, 20, 43.0, 45.17, 50.0, 2.26),
        (2, "Iron Sword", 2, 3, 10, 15.0, 21.67, 25.0, 2.17),
    ],
    "gold_over_time": [
        (minute(0), "minute", 3_215, 0, 3_215, 0, 0.0),
        (minute(1), "minute", 0, 0, 3_215, 65, 0.0202),
        (minute(2), "minute", 0, 40, 3_175, 110, 0.0346),
        (minute(3), "minute", 0, 0, 3_175, 370, 0.1165),
        (minute(4), "minute", 0, 40, 3_135, 311, 0.0992),
        (minute(5), "minute", 0, 109, 3_026, 109, 0.036),
        (minute(6), "minute", 0, 3, 3_023, 3, 0.001),
        (minute(7), "minute", 35, 45, 3_013, 45, 0.0149),
        (minute(8), "minute", 0, 0, 3_013, 0, 0.0),
    ],
    # 65 + 70 + 370 + 271 between players; the smith's guild takes no fee
    "gold_velocity": [
        ("player_trade", 12, 776, 0.2576, 0.766),
        ("guild_join", 1, 100, 0.0332, 0.0987),
        ("purchase", 4, 92, 0.0305, 0.0908),
        ("battle", 2, 45, 0.0149, 0.0444),
    ],
    # Gini of gold: -25 - 420 - 522 + 529 + 2,250 + 5,335 = 7,147, over 6 * 3,013
    # of goods:  -9 + 40 + 177 + 400 = 608, over 6 * 188
    # of wealth: -25 - 420 - 531 + 569 + 2,490 + 5,630 = 7,713, over 6 * 3,201
    "wealth_inequality": [
        ("gold", 6, 3_013, 502.17, 525.5, 0.3953, 0.3541, 0.3541),
        ("inventory", 6, 188, 31.33, 24.5, 0.539, 0.4255, 0.4255),
        ("wealth", 6, 3_201, 533.5, 550.0, 0.4016, 0.3518, 0.3518),
    ],
    "wealth_lorenz": [
        (0.1667, 0.0016, 5),
        (0.3333, 0.0453, 140),
        (0.5, 0.2112, 531),
        (0.6667, 0.3889, 569),
        (0.8333, 0.6482, 830),
        (1.0, 1.0, 1_126),
    ],
    "guild_share": [(6, 1, 0.1667, 2, 2, 1, 1, 1.0)],
    "guild_movement": [(minute(5), "minute", 1, 0, 1), (minute(6), "minute", 1, 1, 1)],
    "purchases_after_joining": [
        ("never joined", 4, 1, 1, 40, 0.25, 10.0),
        ("before joining", 2, 1, 1, 40, 0.5, 20.0),
        ("after joining", 2, 2, 2, 12, 1.0, 6.0),
    ],
    # won: 30 coins, 2 milk, 5 coins; lost: 20, and 25 with a sword worth 10
    "battle_outcomes": [("won", 3, 0.6, 3, 41, 0), ("lost", 2, 0.4, 2, 0, 55)],
    "deadliest_enemies": [
        ("Exodus", 3, 1, 2, 0.6667, 2, 30, 55),
        ("Wolf", 2, 2, 0, 0.0, 0, 11, 0),
    ],
    # Wilson, z = 1.96: 1 of 1 is (2.9208 - 1.9208) / 4.8416, and 1 of 2 (1.4604 - 1.1843) / 2.9208
    "best_weapons": [
        (None, None, None, 1, 1, 1.0, 0.2065, 5),
        (2, "Iron Sword", "sword", 2, 1, 0.5, 0.0945, -29),
        (7, "Oak Bow", "bow", 2, 1, 0.5, 0.0945, 10),
    ],
    "gift_pairs": [
        (2, 3, 1, 120, 120, 0),
        (4, 5, 1, 100, 100, 0),
        (5, 3, 1, 80, 80, 10),
        (3, 4, 1, 60, 60, 0),
        (3, 5, 1, 10, 10, 80),
    ],
    # the thief received from one player only
    "gift_collectors": [
        (3, "player 3", 2, 2, 200, 2, 70, 0.35),
        (5, "player 5", 2, 2, 110, 1, 80, 0.7273),
    ],
    "gift_circles": [(3, 4, 5, 60, 3)],
    "wash_trades": [(4, 5, 7, "Oak Bow", 4, 3, 3, 3, 60)],
    # the mule has four trades with others, one too few
    "partner_concentration": [(4, 6, 2, 5, 5, 0.8333), (5, 7, 2, 4, 5, 0.7143)],
}
