"""Moves that must be refused, each for one reason: what careless and dishonest clients send."""

from __future__ import annotations

from simulation.actions import Action, Gift
from simulation.moves import Moment, purchase_of


def offer_too_much_gold(now: Moment) -> Action | None:
    """More coins than the player has."""
    one, two = now.two()
    gift = Gift(now.of(one).gold + now.random.randint(1, 1_000))
    return Action(
        number=now.number,
        kind="player_trade",
        player=one,
        partner=two,
        gives=gift,
        expects="insufficient_gold",
    )


def offer_missing_items(now: Moment) -> Action | None:
    """One unit more than the player has, on two lines that look right one by one."""
    one, two = now.two()
    stack = now.stack(one)
    if stack is None:
        return None
    item_id, held = stack
    return Action(
        number=now.number,
        kind="player_trade",
        player=one,
        partner=two,
        gives=Gift(0, ((item_id, held), (item_id, 1))),
        expects="missing_items",
    )


def overfill(now: Moment) -> Action | None:
    """One unit more than the partner can carry."""
    one, two = now.two()
    stack = now.stack(one)
    if stack is None or stack[1] <= now.of(two).free:
        return None
    return Action(
        number=now.number,
        kind="player_trade",
        player=one,
        partner=two,
        gives=Gift(0, ((stack[0], now.of(two).free + 1),)),
        expects="no_space",
    )


def trade_with_oneself(now: Moment) -> Action:
    """A coin from a player to itself."""
    player = now.somebody()
    return Action(
        number=now.number,
        kind="player_trade",
        player=player,
        partner=player,
        gives=Gift(1),
        expects="self_trade",
    )


def buy_too_dear(now: Moment) -> Action | None:
    """One unit of something that the player cannot pay."""
    buyer = now.somebody()
    gold = now.of(buyer).gold
    dear = [item for item in now.world.wanted["sword"] if item.value > gold]
    if not dear or not now.of(buyer).free:
        return None
    return purchase_of(now, buyer, now.random.choice(dear).item_id, 1, "insufficient_gold")


def join_while_a_member(now: Moment) -> Action | None:
    """A second guild."""
    player = now.somebody()
    if now.of(player).guild is None:
        return None
    guild = now.random.choice(now.world.guilds)
    return Action(
        number=now.number,
        kind="guild_join",
        player=player,
        gives=Gift(guild.fee),
        guild=guild.name,
        expects="already_in_guild",
    )


def leave_a_foreign_guild(now: Moment) -> Action | None:
    """A guild that the player is not in."""
    player = now.somebody()
    foreign = [guild for guild in now.world.guilds if guild.name != now.of(player).guild]
    guild = now.random.choice(foreign).name
    return Action(
        number=now.number, kind="guild_leave", player=player, guild=guild, expects="not_in_guild"
    )
