"""A battle: a player against an enemy; chance decides, and the server draws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from src.classes.account import BATTLE, player_account
from src.classes.amounts import Gold, ItemId, Quantity
from src.classes.errors import Reason, RuleError
from src.classes.item import Catalogue, Item
from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Settlement, Trade, gives, settle

#: A roll is a whole number from 0 to one below this. Fewer sides would round small chances off.
ROLL_SIDES = 1_000_000

#: What a player is worth in battle without a weapon, on the scale of an enemy's strength.
BARE_HANDS = 10

EnemyName = Annotated[
    str,
    Meta(
        # `$` alone would let a final line feed through.
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 _'-]{0,63}$(?!\n)",
        description="1 to 64 letters, digits, spaces, _ ' and -, a letter or digit first",
    ),
]


class Loot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of one item that a winner takes home."""

    item_id: ItemId
    quantity: Quantity


class Enemy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An enemy: what a winner takes from `house:battle`, and what a loser leaves there.

    `strength` stands against a player's might; `gold` and `toll` are in coins.
    """

    name: EnemyName
    strength: Annotated[int, Meta(ge=1, le=1_000_000)]
    gold: Gold = 0
    items: tuple[Loot, ...] = ()
    toll: Gold = 0

    @property
    def loot(self) -> tuple[tuple[int, int], ...]:
        """The items as pairs of item id and units."""
        return tuple((each.item_id, each.quantity) for each in self.items)


class Battle(Struct, frozen=True, kw_only=True):
    """What is asked for, and the roll that was drawn for it: 0 to `ROLL_SIDES` less 1."""

    trade_id: str
    player_id: int
    enemy: str
    weapon_item_id: int | None = None
    roll: int


def might(weapon: Item | None) -> int:
    """Return what a player with this weapon is worth in battle.

    The bare hands, the weapon's level, and its power level, which counts twice if it is magical.
    """
    if weapon is None:
        return BARE_HANDS
    return BARE_HANDS + weapon.level + (weapon.power_level or 0) * (2 if weapon.magical else 1)


def is_won(roll: int, might: int, strength: int) -> bool:
    """Say whether a roll wins.

    The chance is might / (might + strength), the model of paired comparisons of Bradley and Terry
    (Biometrika 39, 1952), in whole numbers.
    """
    return roll * (might + strength) < might * ROLL_SIDES


def fight(
    battle: Battle,
    enemies: Mapping[str, Enemy],
    players: Mapping[int, Player],
    catalogue: Catalogue,
) -> Settlement | Refusal:
    """Decide a battle, or refuse it with the first rule that it breaks.

    Who could not carry the reward home is refused before the roll counts, so that a refusal tells
    nothing of it. A loser leaves the toll, or all it has if that is less.
    """
    enemy = enemies.get(battle.enemy)
    entered = settle(_hoping(battle, enemy), players, catalogue)
    if enemy is None:
        if isinstance(entered, Refusal) and entered.reason.precedes(Reason.UNKNOWN_ENEMY):
            return entered
        return Refusal(entered.trade, RuleError(Reason.UNKNOWN_ENEMY, enemy=battle.enemy))
    if isinstance(entered, Refusal):
        return entered
    weapon = battle.weapon_item_id
    if is_won(
        battle.roll, might(None if weapon is None else catalogue.item(weapon)), enemy.strength
    ):
        return Settlement(replace(entered.trade, outcome="won"), entered.players)
    toll = min(enemy.toll, players[battle.player_id].gold)
    legs = gives(player_account(battle.player_id), BATTLE, toll, ())
    return settle(replace(entered.trade, legs=legs, outcome="lost"), players, catalogue)


def _hoping(battle: Battle, enemy: Enemy | None) -> Trade:
    """Write what a player asks for that enters a battle: the reward."""
    winner = player_account(battle.player_id)
    return Trade(
        trade_id=battle.trade_id,
        kind=Kind.BATTLE,
        player_1_id=battle.player_id,
        legs=() if enemy is None else gives(BATTLE, winner, enemy.gold, enemy.loot),
        enemy=battle.enemy,
        weapon_item_id=battle.weapon_item_id,
    )
