"""The questions in groups, in the order in which a game economist reads them."""

from __future__ import annotations

from msgspec import Struct


class Section(Struct, frozen=True):
    """A group of questions: its title, the questions in order, and what to say of a run without."""

    title: str
    questions: tuple[str, ...]
    nothing: str = "Nothing of this kind happened in this run."


#: What has landed: the report's first paragraph answers it.
OVERVIEW = Section("Run", ("run_overview",))

#: What the report has.
SECTIONS = (
    Section(
        "Activity",
        (
            "trade_count",
            "trades_by_kind",
            "trades_by_status_and_reason",
            "trades_over_time",
            "active_players",
            "events_per_minute",
            "events_per_player",
        ),
    ),
    Section(
        "Trade",
        (
            "most_traded_item",
            "shop_revenue",
            "shop_revenue_by_kind",
            "most_bought_weapons",
            "most_bought_swords",
            "sword_purchases_by_material",
            "most_bought_materials",
            "most_bought_rarities",
            "spend_per_player",
            "declined_purchases",
            "first_purchases",
            "time_to_first",
        ),
    ),
    Section(
        "Prices and gold",
        (
            "price_index",
            "item_prices",
            "imbalance_distribution",
            "gold_supply",
            "gold_supply_by_account",
            "gold_over_time",
            "gold_velocity",
        ),
    ),
    Section(
        "Wealth",
        (
            "wealth_inequality",
            "wealth_lorenz",
            "wealth_distribution",
            "wealth_by_class",
            "richest_inventory",
            "most_diverse_inventory",
        ),
    ),
    Section(
        "Guilds",
        ("guild_share", "guild_membership", "guild_movement", "purchases_after_joining"),
    ),
    Section(
        "Battles",
        ("battle_outcomes", "deadliest_enemies", "best_weapons"),
        nothing="No battles in this run.",
    ),
    Section(
        "Suspicious trade",
        (
            "value_imbalanced_trades",
            "gift_pairs",
            "gift_collectors",
            "gift_circles",
            "wash_trades",
            "partner_concentration",
            "busiest_minutes",
        ),
        nothing="No trade in this run looks like one to look into.",
    ),
)

#: Every question, as lists of them are shown.
GROUPS = (OVERVIEW, *SECTIONS)
