"""A draft: what some commands would change, given the players as they were read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Settlement
from src.events.definitions import Event
from src.events.outbox_entry import json_of, line_of, write_entry
from src.events.record import Recorder, Stamp
from src.services.outcomes import Outcome, outcome_of
from src.services.ports import Change, Commit, Membership, StoredAnswer

Decision = Settlement | Refusal


class Command(Struct, frozen=True):
    """Something that is asked for: the players it touches, and how it is decided.

    `decide` is pure; it may run several times, on fresher players.
    """

    player_ids: tuple[int, ...]
    decide: Callable[[Mapping[int, Player]], Decision]


class Draft:
    """The commit of some commands, decided in order, each on what the ones before it left.

    A player that several commands touch gets one new state: its version rises by one a commit.
    """

    def __init__(
        self,
        commands: Sequence[Command],
        players: Mapping[int, Player],
        recorder: Recorder,
        stamp: Stamp,
    ) -> None:
        """Decide `commands` on `players`, which stay as they are."""
        self._before = players
        self._now = dict(players)
        self._causes: dict[int, str] = {}
        self._decisions = [self._decide(command) for command in commands]
        self._recorder = recorder
        self._stamp = stamp
        #: What would be told of each command, in order.
        self.outcomes: tuple[Outcome, ...] = tuple(
            outcome_of(decision, stamp.occurred_at) for decision in self._decisions
        )

    def commit(self, answer: StoredAnswer | None) -> Commit:
        """Return what to write: the states, the events, the lists that follow from them."""
        trades = [self._recorder.trade(decision, self._stamp) for decision in self._decisions]
        trade_lines = [line_of(event) for event in trades]
        states: list[Event] = [
            self._recorder.player_state(self._now[player_id], cause, self._stamp)
            for player_id, cause in self._causes.items()
        ]
        lines = trade_lines + [line_of(event) for event in states]
        return Commit(
            changes=tuple(self._change(player_id) for player_id in self._causes),
            entry=write_entry(lines),
            events=len(lines),
            recent=tuple(
                (player_id, json_of(line))
                for decision, line in zip(self._decisions, trade_lines, strict=True)
                for player_id in decision.trade.player_ids
                if player_id in self._now
            ),
            memberships=tuple(self._memberships()),
            answer=answer,
        )

    def _decide(self, command: Command) -> Decision:
        decision = command.decide(self._now)
        if isinstance(decision, Refusal):
            return decision
        after = {
            player_id: self._same_commit(player) for player_id, player in decision.players.items()
        }
        self._now.update(after)
        for player_id in after:
            self._causes[player_id] = decision.trade.trade_id
        return Settlement(decision.trade, after)

    def _same_commit(self, player: Player) -> Player:
        if player.player_id not in self._causes:
            return player
        return replace(player, version=self._version_before(player.player_id) + 1)

    def _version_before(self, player_id: int) -> int:
        before = self._before.get(player_id)
        return 0 if before is None else before.version

    def _change(self, player_id: int) -> Change:
        return Change(self._now[player_id], self._version_before(player_id))

    def _memberships(self) -> list[Membership]:
        changes = []
        for decision in self._decisions:
            trade = decision.trade
            if isinstance(decision, Refusal) or trade.guild is None:
                continue
            if trade.kind in {Kind.GUILD_JOIN, Kind.GUILD_LEAVE}:
                joined = trade.kind is Kind.GUILD_JOIN
                changes.append(Membership(trade.guild, trade.player_1_id, joined))
        return changes
