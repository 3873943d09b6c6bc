"""Recruits: live for their guild, join it, help its members, and sometimes change it."""

from __future__ import annotations

from typing import ClassVar

from simulation.actions import Gift
from simulation.agents.agent import Agent, hours
from simulation.agents.turn import Turn

#: One turn in this many of a member ends the membership.
_LEAVES_ONE_IN = 15
#: A fee may take one in this many of a recruit's coins.
_FEE_PART = 2
#: Units of one present.
_PRESENT = 5


class Recruit(Agent):
    """Joins a guild that it can pay, and gives of its goods to its fellows."""

    role = "recruit"
    share = 120
    classes: ClassVar = ("farmer", "hunter", "tailor", "blacksmith")
    awake = hours(15, 22)
    busy_percent = 20

    def act(self, turn: Turn) -> None:
        """Join, leave, or make a present to a fellow."""
        guild = turn.mine.guild
        if guild is None:
            self._join(turn)
        elif turn.random.randrange(_LEAVES_ONE_IN) == 0:
            turn.scribe.write("guild_leave", turn.me, guild=guild, hour=turn.hour)
        else:
            self._help(turn, guild)

    def _join(self, turn: Turn) -> None:
        purse = turn.mine.gold // _FEE_PART
        guilds = [each for each in turn.scribe.world.guilds if each.fee <= purse]
        if guilds:
            guild = turn.random.choice(guilds)
            turn.scribe.write(
                "guild_join", turn.me, Gift(guild.fee), guild=guild.name, hour=turn.hour
            )

    def _help(self, turn: Turn, guild: str) -> None:
        for fellow in turn.meet(self.role, "fighter"):
            room = turn.of(fellow).free
            if turn.of(fellow).guild == guild and turn.mine.items and room:
                item_id, held = turn.random.choice(list(turn.mine.items.items()))
                turn.give(fellow, Gift(0, ((item_id, min(_PRESENT, held, room)),)))
                return
        # Nobody to help: earn the next fee.
        if turn.mine.items:
            turn.sell_to_the_shop(turn.random.choice(list(turn.mine.items)), _PRESENT)
