"""What a simulated player does: one action is one trade, with another player or with the house."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ActionKind = Literal["player_trade", "purchase", "sale", "guild_join", "guild_leave"]

SETTLED = "settled"


class Gift(Struct, frozen=True):
    """What one side gives: coins, and pairs of item id and units as they stand on its lines."""

    gold: int = 0
    items: tuple[tuple[int, int], ...] = ()


class Action(Struct, frozen=True, kw_only=True):
    """One trade that is asked for. Players are named by their place in the plan, from 0.

    `gives` is what `player` gives and `takes` what it gets: from `partner`, or from the house
    when that is None. `expects` is `settled`, or the reason that it must be refused for.
    `number` counts the actions of a plan from 0.
    """

    number: int
    kind: ActionKind
    player: int
    partner: int | None = None
    gives: Gift = Gift()
    takes: Gift = Gift()
    guild: str | None = None
    expects: str = SETTLED

    @property
    def players(self) -> tuple[int, ...]:
        """The places of the players that it names."""
        if self.partner is None or self.partner == self.player:
            return (self.player,)
        return (self.player, self.partner)


#: Actions of one request: one, or the player trades of a batch.
Step = tuple[Action, ...]
#: Steps that one worker plays in order.
Lane = tuple[Step, ...]
#: Lanes that share no player, to be played side by side.
Round = tuple[Lane, ...]
