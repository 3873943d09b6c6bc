"""What a simulated player does: one action is one trade, with another player or with the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

ActionKind = Literal["player_trade", "purchase", "sale", "guild_join", "guild_leave", "battle"]

SETTLED = "settled"


class Gift(Struct, frozen=True):
    """What one side gives: coins, and pairs of item id and units as they stand on its lines."""

    gold: int = 0
    items: tuple[tuple[int, int], ...] = ()


class Label(Struct, frozen=True):
    """What an action is part of: the name of a ring of cheats, and what the action does in it."""

    ring: str
    part: str


class Fight(Struct, frozen=True):
    """A battle: against whom, and with which weapon, None for bare hands."""

    enemy: str
    weapon_item_id: int | None


class Action(Struct, frozen=True, kw_only=True):
    """One trade that is asked for. Players are named by their place in the plan, from 0.

    `gives` is what `player` gives and `takes` what it gets: from `partner`, or from the house
    when that is None. `expects` is `settled`, or the reason that it must be refused for.
    In a battle, `gives` is what is lost at most if it is lost, `takes` what is won if it is won.
    `number` counts the actions of a plan from 0. `hour` is when it happens by the simulated
    clock, in hours from the start; `label` names the cheating that it is part of.
    """

    number: int
    kind: ActionKind
    player: int
    partner: int | None = None
    gives: Gift = Gift()
    takes: Gift = Gift()
    guild: str | None = None
    fight: Fight | None = None
    expects: str = SETTLED
    hour: int = 0
    label: Label | None = None

    @property
    def players(self) -> tuple[int, ...]:
        """The places of the players that it names."""
        if self.partner is None or self.partner == self.player:
            return (self.player,)
        return (self.player, self.partner)


class Race(Struct, frozen=True, kw_only=True):
    """Actions that are asked for at the same moment, of which one must settle, whichever.

    Each other one must be refused for `loser_reason`; when that is None, all are one request with
    one number and so one idempotency key, and must be told of one and the same trade. What players
    hold after a race may depend on who won: the race that follows it in its lane undoes that.
    """

    actions: tuple[Action, ...]
    loser_reason: str | None

    def __iter__(self) -> Iterator[Action]:
        return iter(self.actions)

    def __len__(self) -> int:
        return len(self.actions)

    @property
    def decided(self) -> tuple[Action, ...]:
        """Its actions that are trades of their own: all, or the one that was sent several times."""
        return self.actions if self.loser_reason is not None else self.actions[:1]


#: Actions of one request: one, or the player trades of a batch.
Step = tuple[Action, ...]
#: Steps that one worker plays in order.
Lane = tuple[Step | Race, ...]
#: Lanes that share no player, to be played side by side.
Round = tuple[Lane, ...]
