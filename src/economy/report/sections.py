"""What the report has, in the order in which a game economist reads it."""

from __future__ import annotations

from msgspec import Struct


class Section(Struct, frozen=True):
    """A part of the report: its title, and the questions that it answers, in order."""

    title: str
    questions: tuple[str, ...]


SECTIONS = (
    Section(
        "Activity",
        ("trade_count", "trades_by_kind", "trades_by_status_and_reason", "trades_over_time"),
    ),
    Section("Trade", ("most_traded_item", "sword_purchases_by_material")),
    Section("Prices and imbalance", ("value_imbalanced_trades", "imbalance_distribution")),
    Section(
        "Wealth",
        ("most_diverse_inventory", "richest_inventory", "wealth_distribution", "wealth_by_class"),
    ),
    Section("Guilds", ("guild_membership",)),
    Section("Gold supply", ("gold_supply", "gold_supply_by_account")),
)
