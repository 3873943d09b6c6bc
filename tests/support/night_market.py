"""A night market of six players, with battles, and trades that want a second look.

Its answers are worked out by hand in `night_market_answers.py`. Each decoy is a trade that a
careless question would count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from src.classes.account import Account, player_of
from tests.support.economy import START, Leg, Realm, gold, item

MILK, IRON_SWORD, STEEL_SWORD, CROWN, OAK_BOW, NOWHERE = 1, 2, 3, 6, 7, 99
SMITH, BUYER, MULE, THIEF, FENCE, IDLER = 1, 2, 3, 4, 5, 6

MINUTE = timedelta(minutes=1)


class Books(Realm):
    """A realm that tells, after each settled trade, the state of every player that it names."""

    def __init__(self) -> None:
        super().__init__()
        self._coins: Counter[int] = Counter()
        self._items: dict[int, Counter[int]] = {}
        self._guilds: dict[int, str | None] = {}
        self._versions: Counter[int] = Counter()

    def trade(
        self, kind: str, players: tuple[int, int | None], legs: Sequence[Leg], **told: Any
    ) -> str:
        trade_id = super().trade(kind, players, legs, **told)
        if not told.get("refused"):
            for giver, taker, item_id, quantity in legs:
                self._move(giver, item_id, -quantity)
                self._move(taker, item_id, quantity)
            if kind in {"guild_join", "guild_leave"}:
                self._guilds[players[0]] = told["guild"] if kind == "guild_join" else None
            for player_id in players:
                if player_id is not None:
                    self._tell(player_id)
        return trade_id

    def minute(self, minute: int) -> timedelta:
        """Return how long after the last trade a minute of the night begins."""
        last: datetime = self.trades[-1]["occurred_at"]
        return START + minute * MINUTE - last

    def _move(self, account: str, item_id: int | None, quantity: int) -> None:
        player_id = player_of(Account(account))
        if player_id is None:
            return
        if item_id is None:
            self._coins[player_id] += quantity
        else:
            self._items.setdefault(player_id, Counter())[item_id] += quantity

    def _tell(self, player_id: int) -> None:
        held = {i: n for i, n in self._items.get(player_id, Counter()).items() if n}
        self._versions[player_id] += 1
        self.state(
            player_id,
            self._versions[player_id],
            self._coins[player_id],
            held,
            guild=self._guilds.get(player_id),
        )


def night_market() -> Books:
    """Return the night: 34 trades, four of them refused, over nine minutes."""
    realm = Books()
    _begin(realm)
    _haggle(realm)
    _give(realm)
    _wash(realm)
    _join(realm)
    _fight(realm)
    _want(realm)
    return realm


def _begin(realm: Books) -> None:
    """Give six players what they begin with, at 12:00:00 and each second after."""
    swords = [item("mint", SMITH, IRON_SWORD, 10)]
    realm.trade("starter_grant", (SMITH, None), [gold("mint", SMITH, 1_000), *swords])
    realm.trade("starter_grant", (BUYER, None), [gold("mint", BUYER, 1_000)])
    realm.trade("starter_grant", (MULE, None), [gold("mint", MULE, 10)])
    realm.trade("starter_grant", (THIEF, None), [gold("mint", THIEF, 600)])
    realm.trade("starter_grant", (FENCE, None), [gold("mint", FENCE, 600)])
    realm.trade("starter_grant", (IDLER, None), [gold("mint", IDLER, 5)])


def _haggle(realm: Books) -> None:
    """Sell swords at 15 and 25 coins, whose base value is 10, from 12:01:05 on."""
    one = [gold(BUYER, SMITH, 15), item(SMITH, BUYER, IRON_SWORD, 1)]
    realm.trade("player_trade", (BUYER, SMITH), one, after=MINUTE)
    two = [item(SMITH, BUYER, IRON_SWORD, 2), gold(BUYER, SMITH, 50)]
    realm.trade("player_trade", (SMITH, BUYER), two)
    steel = [gold(SMITH, "shop", 40), item("shop", SMITH, STEEL_SWORD, 1)]
    realm.trade("purchase", (SMITH, None), steel, after=realm.minute(2))
    # decoy: two kinds of item have no price each
    both = [item(SMITH, BUYER, IRON_SWORD, 1), item(SMITH, BUYER, STEEL_SWORD, 1)]
    realm.trade("player_trade", (BUYER, SMITH), [gold(BUYER, SMITH, 70), *both])


def _give(realm: Books) -> None:
    """Let gold go around three players, and more come to the mule, from 12:03:00 on."""
    first = realm.minute(3)
    realm.trade("player_trade", (THIEF, FENCE), [gold(THIEF, FENCE, 100)], after=first)
    realm.trade("player_trade", (FENCE, MULE), [gold(FENCE, MULE, 80)])
    # the one who asks gives nothing
    realm.trade("player_trade", (THIEF, MULE), [gold(MULE, THIEF, 60)])
    realm.trade("player_trade", (BUYER, MULE), [gold(BUYER, MULE, 120)])
    realm.trade("player_trade", (MULE, FENCE), [gold(MULE, FENCE, 10)])
    # decoy: the idler does not have it
    most = [gold(IDLER, MULE, 999)]
    realm.trade("player_trade", (IDLER, MULE), most, refused="insufficient_gold")


def _wash(realm: Books) -> None:
    """Pass two bows to and fro between thief and fence, dearer than they are, from 12:04:00 on."""
    bows = [gold(THIEF, "shop", 40), item("shop", THIEF, OAK_BOW, 2)]
    realm.trade("purchase", (THIEF, None), bows, after=realm.minute(4))
    for seller, buyer, units, coins in (
        (THIEF, FENCE, 2, 90),
        (FENCE, THIEF, 1, 50),
        (THIEF, FENCE, 1, 45),
        (FENCE, THIEF, 2, 86),
    ):
        legs = [item(seller, buyer, OAK_BOW, units), gold(buyer, seller, coins)]
        realm.trade("player_trade", (seller, buyer), legs)


def _join(realm: Books) -> None:
    """Join guilds and buy, from 12:05:00 and from 12:06:00 on."""
    fee = [gold(FENCE, "guild:Ironhand", 100)]
    realm.trade("guild_join", (FENCE, None), fee, guild="Ironhand", after=realm.minute(5))
    milk = [gold(FENCE, "shop", 9), item("shop", FENCE, MILK, 3)]
    realm.trade("purchase", (FENCE, None), milk)
    table = "Green Table"
    realm.trade("guild_join", (SMITH, None), [], guild=table, after=realm.minute(6))
    realm.trade("guild_leave", (SMITH, None), [], guild=table)
    # a member no more, and still after joining
    milk = [gold(SMITH, "shop", 3), item("shop", SMITH, MILK, 1)]
    realm.trade("purchase", (SMITH, None), milk)


def _fight(realm: Books) -> None:
    """Win three battles and lose two, from 12:07:00 on."""
    won, lost = ("Exodus", "won", OAK_BOW), ("Exodus", "lost", OAK_BOW)
    loot = [gold("battle", THIEF, 30)]
    realm.trade("battle", (THIEF, None), loot, battle=won, after=realm.minute(7))
    realm.trade("battle", (THIEF, None), [gold(THIEF, "battle", 20)], battle=lost)
    losses = [gold(SMITH, "battle", 25), item(SMITH, "battle", IRON_SWORD, 1)]
    realm.trade("battle", (SMITH, None), losses, battle=("Exodus", "lost", IRON_SWORD))
    loot = [item("battle", SMITH, MILK, 2)]
    realm.trade("battle", (SMITH, None), loot, battle=("Wolf", "won", IRON_SWORD))
    realm.trade("battle", (BUYER, None), [gold("battle", BUYER, 5)], battle=("Wolf", "won", None))
    # decoy: not fought, for the mule has no bow
    asked = ("Exodus", None, OAK_BOW)
    realm.trade("battle", (MULE, None), [], battle=asked, refused="missing_items")


def _want(realm: Books) -> None:
    """Ask the shop in vain, from 12:08:00 on."""
    crown = [gold(THIEF, "shop", 2_000), item("shop", THIEF, CROWN, 1)]
    refused = "insufficient_gold"
    realm.trade("purchase", (THIEF, None), crown, refused=refused, after=realm.minute(8))
    unknown = [item("shop", MULE, NOWHERE, 1)]
    realm.trade("purchase", (MULE, None), unknown, refused="unknown_item")
