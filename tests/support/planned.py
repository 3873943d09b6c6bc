"""What a simulation plans, as the rules of `src/classes` see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation.actions import Action, Gift
from simulation.plan import Newcomer
from src.classes.battle import Battle, fight
from src.classes.guild import guild_join, guild_leave
from src.classes.player import Player
from src.classes.shop import purchase, sale
from src.classes.trade import Refusal, Settlement, Side, Trade, player_trade
from src.inventory_generation.enemies import load_enemies
from tests.support.rules import CATALOGUE, GUILDS, player_of_class

ENEMIES = load_enemies(CATALOGUE)


def states_of(newcomers: Sequence[Newcomer]) -> dict[int, Player]:
    """Return the players as they begin, by id: their place and one."""
    return {
        place + 1: player_of_class(newcomer.player_class.name, place + 1)
        for place, newcomer in enumerate(newcomers)
    }


def as_trade(action: Action) -> Trade:
    """Write an action as the rules do."""
    player_id = action.player + 1
    match action.kind:
        case "player_trade":
            assert action.partner is not None
            return player_trade(
                "t", (side(player_id, action.gives), side(action.partner + 1, action.takes))
            )
        case "purchase":
            ((item_id, quantity),) = action.takes.items
            return purchase("t", player_id, item_id, quantity, CATALOGUE)
        case "sale":
            ((item_id, quantity),) = action.gives.items
            return sale("t", player_id, item_id, quantity, CATALOGUE)
        case "guild_join":
            return guild_join("t", player_id, GUILDS[action.guild or ""])
        case "guild_leave":
            return guild_leave("t", player_id, action.guild)
        case "battle":
            raise ValueError("a battle's end is drawn: fight_planned settles it")


def fight_planned(action: Action, players: Mapping[int, Player], roll: int) -> Settlement | Refusal:
    """Decide a battle as the rules do, for a roll."""
    assert action.fight is not None
    battle = Battle(
        trade_id="t",
        player_id=action.player + 1,
        enemy=action.fight.enemy,
        weapon_item_id=action.fight.weapon_item_id,
        roll=roll,
    )
    return fight(battle, ENEMIES, players, CATALOGUE)


def side(player_id: int, gift: Gift) -> Side:
    """Write what one player gives."""
    return player_id, gift.gold, gift.items
