"""Guilds: founding, joining, leaving, and who is in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from src.classes.errors import Reason, RuleError
from src.classes.guild import Guild, guild_grant, guild_join, guild_leave
from src.classes.item import Catalogue
from src.classes.player import Player
from src.classes.trade import Refusal, Settlement, settle
from src.services.answers import Asked, Told, key_reused
from src.services.draft import Command, Decision
from src.services.errors import GuildExists, UnknownGuild
from src.services.ledger import Ledger
from src.services.orders import FoundGuildOrder
from src.services.ports import Claim, PlayerStore


class GuildSize(Struct, frozen=True):
    """A guild and how many members it has."""

    guild: Guild
    members: int


class Founded(Struct, frozen=True):
    """A guild that was founded, and whether by an earlier request with the same key."""

    guild: Guild
    replayed: bool


class GuildService:
    """Guilds of one realm."""

    def __init__(
        self,
        ledger: Ledger,
        store: PlayerStore,
        catalogue: Catalogue,
        *,
        new_id: Callable[[], str],
        answer_ttl_s: int,
        plain: Guild,
    ) -> None:
        """Carry out joins and leaves on `ledger`; guilds themselves lie in `store`.

        `plain` is the guild of whoever names none that there is.
        """
        self.plain = plain
        self._answer_ttl_s = answer_ttl_s
        self._ledger = ledger
        self._store = store
        self._catalogue = catalogue
        self._new_id = new_id

    def found(self, order: FoundGuildOrder, asked: Asked) -> Founded:
        """Found a guild.

        Raises:
            GuildExists: its name is taken by a guild with another fee or region; founding the
                very same guild again is no fault.
            KeyReused: the idempotency key was used for another request.
            StoreUnreachable: the store does not answer.
        """
        replayed = False
        if asked.key is not None:
            ttl_s = self._answer_ttl_s
            claim = self._store.claim(asked.scope, asked.key, asked.fingerprint, ttl_s)
            if claim is Claim.OTHER:
                raise key_reused()
            replayed = claim is Claim.SAME
        guild = Guild(name=order.name, fee=order.fee, region=order.region)
        # A guild never changes, so the same request finds the same answer again.
        if not self._store.found_guild(guild) and self._store.guild(guild.name) != guild:
            raise GuildExists(f"there is a guild {guild.name!r} already")
        return Founded(guild, replayed)

    def guilds(self) -> list[GuildSize]:
        """Return all guilds by name, with their sizes."""
        return [GuildSize(g, self._store.guild_size(g.name)) for g in self._store.guilds()]

    def members(self, name: str, after: int, count: int) -> list[int]:
        """Return the ids of members above `after`, rising, at most `count`.

        Raises:
            UnknownGuild: there is no such guild.
        """
        if self._store.guild(name) is None:
            raise UnknownGuild(f"There is no guild {name!r}.")
        return self._store.guild_members(name, after, count)

    def join(self, player_id: int, name: str, asked: Asked) -> Told:
        """Settle or refuse joining a guild, for its fee.

        Raises:
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        guild = self._store.guild(name)
        trade = guild_join(self._new_id(), player_id, guild or Guild(name=name))

        def decide(players: Mapping[int, Player]) -> Decision:
            if guild is None and player_id in players:
                return Refusal(trade, RuleError(Reason.UNKNOWN_GUILD, guild=name))
            return settle(trade, players, self._catalogue)

        return self._ledger.carry_out(Command((player_id,), decide), asked)

    def find(self, words: str) -> Guild | None:
        """Return the guild of this name, in any case, or else the first of this region, or None."""
        exact = self._store.guild(words)
        if exact is not None:
            return exact
        wanted, guilds = words.casefold(), self._store.guilds()
        by_name = [guild for guild in guilds if guild.name.casefold() == wanted]
        by_region = [guild for guild in guilds if (guild.region or "").casefold() == wanted]
        return next(iter([*by_name, *by_region]), None) if wanted else None

    def move(self, player_id: int, old: str, new: Guild, asked: Asked) -> Told:
        """Settle or refuse leaving guild `old` and joining `new`, both or neither.

        Returns:
            What became of joining, or why the player did not leave.

        Raises:
            Busy, NotAccepting: as `Ledger.carry_out` says.
        """
        leaving = guild_leave(self._new_id(), player_id, old)
        joining = guild_join(self._new_id(), player_id, new)

        def leave(players: Mapping[int, Player]) -> Decision:
            left = settle(leaving, players, self._catalogue)
            if isinstance(left, Settlement):
                joined = settle(joining, left.players, self._catalogue)
                if isinstance(joined, Refusal):
                    return Refusal(leaving, joined.error)
            return left

        def join(players: Mapping[int, Player]) -> Decision:
            return settle(joining, players, self._catalogue)

        commands = [Command((player_id,), leave), Command((player_id,), join)]
        # They touch the same player, and so are committed together.
        told = []
        for each in self._ledger.carry_out_all(commands, asked):
            if not isinstance(each, Told):
                raise each
            told.append(each)
        return next((each for each in told if each.outcome.status == "rejected"), told[-1])

    def grant(self, player_id: int, guild: str, gold: int, asked: Asked) -> Told:
        """Settle or refuse a gift of coins from a guild to a player.

        Raises:
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        trade = guild_grant(self._new_id(), player_id, guild, gold)
        command = Command((player_id,), lambda players: settle(trade, players, self._catalogue))
        return self._ledger.carry_out(command, asked)

    def leave(self, player_id: int, name: str | None, asked: Asked) -> Told:
        """Settle or refuse leaving a guild: the one named, or the one that the player is in.

        Raises:
            Busy, NotAccepting, KeyReused: as `Ledger.carry_out` says.
        """
        trade_id = self._new_id()

        def decide(players: Mapping[int, Player]) -> Decision:
            player = players.get(player_id)
            guild = name if name is not None or player is None else player.guild
            return settle(guild_leave(trade_id, player_id, guild), players, self._catalogue)

        return self._ledger.carry_out(Command((player_id,), decide), asked)
