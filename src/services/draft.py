"""A draft: what some decisions would change, given the players as they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from src.classes.player import Player
from src.classes.trade import Kind, Refusal, Settlement, Trade
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
    """One commit in the making: decisions in order, each on what the ones before it left.

    A player that several of them touch gets one new state: its version rises by one a commit.
    """

    def __init__(self, players: dict[int, Player], recorder: Recorder) -> None:
        """Begin on `players`, by id; what is added keeps them as they would be after it."""
        self._players = players
        self._recorder = recorder
        self._decisions: list[tuple[Decision, Stamp]] = []
        #: The players that change: as they will be, the version before, and by which trade.
        self._after: dict[int, Player] = {}
        self._before: dict[int, int] = {}
        self._causes: dict[int, tuple[str, Stamp]] = {}
        #: What would be told of each decision, in order.
        self.outcomes: list[Outcome] = []

    def __len__(self) -> int:
        """Count the decisions."""
        return len(self._decisions)

    def add(self, decision: Decision, stamp: Stamp) -> None:
        """Take a decision in that was taken on the players as they are now."""
        if isinstance(decision, Settlement):
            decision = self._settled(decision, stamp)
        self._decisions.append((decision, stamp))
        self.outcomes.append(outcome_of(decision, stamp.occurred_at))

    def commit(self, answer: StoredAnswer | None) -> Commit:
        """Return what to write: the states, the events, the lists that follow from them."""
        recorder, after = self._recorder, self._after
        lines, recent = [], []
        for decision, stamp in self._decisions:
            line = line_of(recorder.trade(decision, stamp))
            lines.append(line)
            told = json_of(line)
            recent += [(p, told) for p in decision.trade.player_ids if p in self._players]
        for player_id, (trade_id, stamp) in self._causes.items():
            lines.append(line_of(recorder.player_state(after[player_id], trade_id, stamp)))
        return Commit(
            changes=tuple([Change(after[p], before) for p, before in self._before.items()]),
            entry=write_entry(lines),
            events=len(lines),
            recent=tuple(recent),
            memberships=tuple(
                [m for decision, _ in self._decisions for m in _membership(decision)]
            ),
            answer=answer,
        )

    def _settled(self, settlement: Settlement, stamp: Stamp) -> Settlement:
        """Keep the new states; return the settlement with the versions that they will have."""
        players = settlement.players
        if not self._before.keys().isdisjoint(players):
            players = {p: self._same_commit(player) for p, player in players.items()}
            settlement = Settlement(settlement.trade, players)
        cause = (settlement.trade.trade_id, stamp)
        for player_id, player in players.items():
            self._before.setdefault(player_id, player.version - 1)
            self._causes[player_id] = cause
        self._after.update(players)
        self._players.update(players)
        return settlement

    def _same_commit(self, player: Player) -> Player:
        before = self._before.get(player.player_id, player.version - 1)
        return replace(player, version=before + 1)


def _membership(decision: Decision) -> Iterator[Membership]:
    trade: Trade = decision.trade
    if trade.guild is None or isinstance(decision, Refusal):
        return
    if trade.kind in {Kind.GUILD_JOIN, Kind.GUILD_LEAVE}:
        yield Membership(trade.guild, trade.player_1_id, trade.kind is Kind.GUILD_JOIN)
