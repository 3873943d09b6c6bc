"""A market day of three players, whose answers are worked out by hand in the tests.

Each decoy is a trade that a careless question would count.
"""

from __future__ import annotations

from src.classes.amounts import AMOUNT_MAX
from tests.support.economy import Realm, gold, item

MILK, IRON_SWORD, STEEL_SWORD, PLAIN_SWORD, IRON_SHIELD, CROWN = 1, 2, 3, 4, 5, 6
FARMER, HUNTER, BANKER = 1, 2, 3


def market_day() -> Realm:
    """Return the day: 19 trades, three of them refused, and every state that they led to."""
    realm = Realm()
    _begin(realm)
    _trade(realm)
    _shop(realm)
    _join(realm)
    _settle_up(realm)
    return realm


def _begin(realm: Realm) -> None:
    realm.trade(
        "starter_grant", (FARMER, None), [gold("mint", FARMER, 500), item("mint", FARMER, MILK, 10)]
    )
    realm.state(FARMER, 1, 500, {MILK: 10})
    realm.trade(
        "starter_grant",
        (HUNTER, None),
        [gold("mint", HUNTER, 100), item("mint", HUNTER, IRON_SWORD, 4)],
    )
    realm.state(HUNTER, 1, 100, {IRON_SWORD: 4}, player_class="hunter")
    realm.trade(
        "starter_grant",
        (BANKER, None),
        [gold("mint", BANKER, 5_000), item("mint", BANKER, CROWN, 2)],
    )
    realm.state(BANKER, 1, 5_000, {CROWN: 2}, player_class="banker")


def _trade(realm: Realm) -> None:
    # 6 gold and 2 milk, worth 12, for a sword worth 10
    realm.trade(
        "player_trade",
        (FARMER, HUNTER),
        [
            gold(FARMER, HUNTER, 6),
            item(FARMER, HUNTER, MILK, 2),
            item(HUNTER, FARMER, IRON_SWORD, 1),
        ],
    )
    realm.state(FARMER, 2, 494, {MILK: 8, IRON_SWORD: 1})
    realm.state(HUNTER, 2, 106, {MILK: 2, IRON_SWORD: 3}, player_class="hunter")
    # a crown worth 2,000 for a milk worth 3
    realm.trade(
        "player_trade",
        (BANKER, FARMER),
        [item(BANKER, FARMER, CROWN, 1), item(FARMER, BANKER, MILK, 1)],
    )
    realm.state(BANKER, 2, 5_000, {MILK: 1, CROWN: 1}, player_class="banker")
    realm.state(FARMER, 3, 494, {MILK: 7, IRON_SWORD: 1, CROWN: 1})
    # decoy: what is asked for in vain can be worth more than 64 bits hold
    realm.trade(
        "player_trade",
        (HUNTER, BANKER),
        [item(HUNTER, BANKER, CROWN, AMOUNT_MAX), gold(BANKER, HUNTER, 1)],
        refused="missing_items",
    )


def _shop(realm: Realm) -> None:
    realm.trade(
        "purchase", (FARMER, None), [gold(FARMER, "shop", 80), item("shop", FARMER, STEEL_SWORD, 2)]
    )
    realm.state(FARMER, 4, 414, {MILK: 7, IRON_SWORD: 1, STEEL_SWORD: 2, CROWN: 1})
    # decoy: iron, and not a sword
    realm.trade(
        "purchase", (BANKER, None), [gold(BANKER, "shop", 10), item("shop", BANKER, IRON_SHIELD, 1)]
    )
    realm.state(BANKER, 3, 4_990, {MILK: 1, IRON_SHIELD: 1, CROWN: 1}, player_class="banker")
    # decoy: a sword that was not bought
    realm.trade(
        "purchase",
        (HUNTER, None),
        [gold(HUNTER, "shop", 500), item("shop", HUNTER, PLAIN_SWORD, 100)],
        refused="insufficient_gold",
    )
    realm.trade(
        "purchase", (HUNTER, None), [gold(HUNTER, "shop", 10), item("shop", HUNTER, IRON_SWORD, 1)]
    )
    realm.state(HUNTER, 3, 96, {MILK: 2, IRON_SWORD: 4}, player_class="hunter")
    realm.trade(
        "purchase", (BANKER, None), [gold(BANKER, "shop", 50), item("shop", BANKER, IRON_SWORD, 5)]
    )
    realm.state(
        BANKER,
        4,
        4_940,
        {MILK: 1, IRON_SWORD: 5, IRON_SHIELD: 1, CROWN: 1},
        player_class="banker",
    )


def _join(realm: Realm) -> None:
    realm.trade(
        "guild_join", (FARMER, None), [gold(FARMER, "guild:Ironhand", 100)], guild="Ironhand"
    )
    realm.state(
        FARMER, 5, 314, {MILK: 7, IRON_SWORD: 1, STEEL_SWORD: 2, CROWN: 1}, guild="Ironhand"
    )
    realm.trade("guild_join", (HUNTER, None), [], guild="Green Table")
    realm.state(HUNTER, 4, 96, {MILK: 2, IRON_SWORD: 4}, player_class="hunter", guild="Green Table")
    # decoy: it is in a guild, and its fee stays where it is
    realm.trade(
        "guild_join",
        (FARMER, None),
        [gold(FARMER, "guild:Silver Ledger", 250)],
        guild="Silver Ledger",
        refused="already_in_guild",
    )
    # decoy: joined once, member no more
    realm.trade("guild_leave", (HUNTER, None), [], guild="Green Table")
    realm.state(HUNTER, 5, 96, {MILK: 2, IRON_SWORD: 4}, player_class="hunter")


def _settle_up(realm: Realm) -> None:
    # a gift
    realm.trade("player_trade", (BANKER, HUNTER), [gold(BANKER, HUNTER, 40)])
    realm.state(
        BANKER,
        5,
        4_900,
        {MILK: 1, IRON_SWORD: 5, IRON_SHIELD: 1, CROWN: 1},
        player_class="banker",
    )
    realm.state(HUNTER, 6, 136, {MILK: 2, IRON_SWORD: 4}, player_class="hunter")
    realm.trade(
        "sale", (FARMER, None), [item(FARMER, "shop", STEEL_SWORD, 2), gold("shop", FARMER, 80)]
    )
    realm.state(FARMER, 6, 394, {MILK: 7, IRON_SWORD: 1, CROWN: 1}, guild="Ironhand")
    # even: 10 gold for a sword worth 10
    realm.trade(
        "player_trade",
        (FARMER, HUNTER),
        [gold(FARMER, HUNTER, 10), item(HUNTER, FARMER, IRON_SWORD, 1)],
    )
    realm.state(FARMER, 7, 384, {MILK: 7, IRON_SWORD: 2, CROWN: 1}, guild="Ironhand")
    realm.state(HUNTER, 7, 146, {MILK: 2, IRON_SWORD: 3}, player_class="hunter")
    realm.trade(
        "guild_join", (HUNTER, None), [gold(HUNTER, "guild:Ironhand", 100)], guild="Ironhand"
    )
    realm.state(HUNTER, 8, 46, {MILK: 2, IRON_SWORD: 3}, player_class="hunter", guild="Ironhand")
