"""Guilds: joining costs a fee, paid to the guild's house account; leaving is free."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from src.classes.account import guild_account, player_account
from src.classes.amounts import Gold
from src.classes.trade import Kind, Trade, gives

GuildName = Annotated[
    str,
    Meta(
        # `$` alone would let a final line feed through.
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 _'-]{0,63}$(?!\n)",
        description="1 to 64 letters, digits, spaces, _ ' and -, a letter or digit first",
    ),
]


class Guild(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A guild: `fee` is what joining costs, in coins."""

    name: GuildName
    fee: Gold = 0
    region: str | None = None


def guild_join(trade_id: str, player_id: int, guild: Guild) -> Trade:
    """Write the trade of a player that joins a guild."""
    return Trade(
        trade_id=trade_id,
        kind=Kind.GUILD_JOIN,
        player_1_id=player_id,
        guild=guild.name,
        legs=gives(player_account(player_id), guild_account(guild.name), guild.fee, ()),
    )


def guild_grant(trade_id: str, player_id: int, guild: str, gold: int) -> Trade:
    """Write the trade of a guild that gives coins to a player, member or not."""
    return Trade(
        trade_id=trade_id,
        kind=Kind.GRANT,
        player_1_id=player_id,
        guild=guild,
        legs=gives(guild_account(guild), player_account(player_id), gold, ()),
    )


def guild_leave(trade_id: str, player_id: int, guild: str | None) -> Trade:
    """Write the trade of a player that leaves a guild; nothing moves."""
    return Trade(trade_id=trade_id, kind=Kind.GUILD_LEAVE, player_1_id=player_id, guild=guild)
