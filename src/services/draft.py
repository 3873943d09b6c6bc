"""A draft: what some decisions would change, given the players as they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Settlement, Trade
from src.events.outbox_entry import join_lines, json_start, line_of
from src.events.record import Recorder, Stamp
from src.services.outcomes import Outcome, outcome_of
from src.services.ports import Change, Commit, Membership, RecentTrade, StoredAnswer

Decision = Settlement | Refusal


class Command(Struct, frozen=True):
    """Something that is asked for: the players it touches, and how it is decided.

    `decide` is pure; it may run several times, on fresher players.
    """

    player_ids: tuple[int, ...]
    decide: Callable[[Mapping[int, Player]], Decision]


class Draft:
    """One commit in the making: decisions in order, each on what the ones before it left."""

    def __init__(self, players: dict[int, Player], recorder: Recorder) -> None:
        """Begin on `players`, by id; what is added keeps them as they would be after it.

        Args:
            players: as they were read; more may be put in before they are touched.
            recorder: writes the events.
        """
        self._players = players
        self._recorder = recorder
        self._decisions: list[tuple[Decision, Stamp]] = []
        #: The version that each player had before the first change.
        self._before: dict[int, int] = {}
        #: What would be told of each decision, in order.
        self.outcomes: list[Outcome] = []

    def add(self, decision: Decision, stamp: Stamp) -> None:
        """Take a decision in that was taken on the players as they are now."""
        if isinstance(decision, Settlement):
            for player_id, player in decision.players.items():
                self._before.setdefault(player_id, player.version - 1)
                self._players[player_id] = player
        self._decisions.append((decision, stamp))
        self.outcomes.append(outcome_of(decision, stamp.occurred_at))

    def commit(self, answer: StoredAnswer | None) -> Commit:
        """Return what to write: the states, the events, the lists that follow from them."""
        players, lines, recent, start = self._players, list[bytes](), list[RecentTrade](), 0
        for decision, stamp in self._decisions:
            line, *states = self._lines(decision, stamp)
            listed = tuple([p for p in decision.trade.player_ids if p in players])
            if listed:
                recent.append(RecentTrade(start + json_start(line), start + len(line), listed))
            lines += (line, *states)
            start += len(line) + sum(map(len, states)) + 1 + len(states)
        return Commit(
            changes=tuple([Change(players[p], before) for p, before in self._before.items()]),
            lines=join_lines(lines),
            events=len(lines),
            recent=tuple(recent),
            memberships=tuple([m for each, _ in self._decisions for m in _membership(each)]),
            answer=answer,
        )

    def _lines(self, decision: Decision, stamp: Stamp) -> list[bytes]:
        """Write the event of a trade, and of each state that it led to."""
        lines = [line_of(self._recorder.trade(decision, stamp))]
        if isinstance(decision, Settlement):
            trade_id, state_of = decision.trade.trade_id, self._recorder.player_state
            lines += [line_of(state_of(p, trade_id, stamp)) for p in decision.players.values()]
        return lines


def _membership(decision: Decision) -> Iterator[Membership]:
    trade: Trade = decision.trade
    if trade.guild is None or isinstance(decision, Refusal):
        return
    if trade.kind in {Kind.GUILD_JOIN, Kind.GUILD_LEAVE}:
        yield Membership(trade.guild, trade.player_1_id, trade.kind is Kind.GUILD_JOIN)
