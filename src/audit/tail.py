"""The tail of the log: the events that the tables do not have yet, folded as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from src.audit.states import state_of
from src.classes.player import Player
from src.classes.trade import Kind
from src.decoding import json_decoder
from src.events.definitions import PlayerStateEvent, TradeEvent
from src.events.outbox_entry import Record

_DECODER = json_decoder(cast("type[TradeEvent | PlayerStateEvent]", TradeEvent | PlayerStateEvent))

#: Lines by the number of their event.
Lines = dict[int, bytes]


class Coverage:
    """Which events up to a position were met. Takes a byte an event past `through`."""

    def __init__(self, through: int, position: int) -> None:
        """Begin with all events up to `through` met."""
        self._through = through
        self._met = bytearray(max(0, position - through))
        #: The highest event that was met.
        self.last_seq = through

    def meet(self, seq: int) -> None:
        """Note that an event is there; a second time changes nothing."""
        self.last_seq = max(self.last_seq, seq)
        if self._through < seq <= self._through + len(self._met):
            self._met[seq - self._through - 1] = 1

    def missing(self) -> list[int]:
        """Return the first event that was not met, and how many were not; [] when none."""
        first = self._met.find(0)
        return [] if first < 0 else [self._through + first + 1, self._met.count(0)]


class Tail:
    """What the events past the tables tell. Holds each player's newest state and latest trades."""

    def __init__(self, recent_kept: int) -> None:
        """Keep `recent_kept` trades a player, or somewhat more."""
        self._kept = recent_kept
        self.events = 0
        self.players: dict[int, Player] = {}
        self.births: dict[int, int] = {}
        self._trades: dict[int, dict[int, tuple[bytes, bool]]] = {}

    def read(self, records: Iterable[Record], coverage: Coverage) -> None:
        """Take in records, in order within a player.

        Raises:
            msgspec.ValidationError: one is not an event.
        """
        for record in records:
            self.events += 1
            coverage.meet(record.seq)
            match _DECODER.decode(record.value):
                case PlayerStateEvent() as state:
                    self._take_state(state, record.seq)
                case TradeEvent() as trade:
                    self._take_trade(trade, record)

    def recent_trades(self, player_id: int) -> dict[int, tuple[bytes, bool]]:
        """Return trades that name a player, by number: the line, and whether it made the player."""
        return self._trades.get(player_id, {})

    @property
    def last_player_id(self) -> int:
        """The highest id of a player, 0 when there is none."""
        return max(self.players, default=0)

    def _take_state(self, event: PlayerStateEvent, seq: int) -> None:
        if event.version == 1:
            self.births[event.player_id] = seq
        known = self.players.get(event.player_id)
        if known is None or known.version < event.version:
            self.players[event.player_id] = state_of(event)

    def _take_trade(self, event: TradeEvent, record: Record) -> None:
        line = without_seq(record)
        for player_id in {event.player_1_id, event.player_2_id}:
            if player_id is None:
                continue
            trades = self._trades.setdefault(player_id, {})
            trades[record.seq] = line, is_birth(event)
            # Partitions are read one after the other, so the latest are known only at the end.
            if len(trades) > 2 * self._kept:
                for seq in sorted(trades)[: -self._kept]:
                    del trades[seq]


def without_seq(record: Record) -> bytes:
    """Return the line of an event as the commit wrote it: the relay put `seq` in front."""
    head = b'{"seq":%d,' % record.seq
    if record.value.startswith(head):
        return b"{" + record.value.removeprefix(head)
    raise msgspec.ValidationError(f"event {record.seq} does not begin with its number")


def is_birth(event: TradeEvent) -> bool:
    """Return whether a trade made the player that it names."""
    return event.kind == Kind.STARTER_GRANT and event.status == "settled"
