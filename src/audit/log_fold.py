"""What the log says that Redis must hold: the tables, and past them the tail of Kafka.

The tables come first because they have everything and an engine folds them quickly; Kafka has the
rest, and keeps it only for a while.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from msgspec import Struct

from src.audit.sql import check_sql
from src.audit.states import states
from src.audit.tail import Coverage, Tail, is_birth
from src.classes.player import Player
from src.decoding import converted
from src.economy.engine import Engine
from src.events.definitions import LegRecord, TradeEvent
from src.events.outbox_entry import json_of

#: Players folded at a time: bounds memory, at about 2 kB each.
PAGE = 20_000
#: Players whose latest trades are read at a time, at about 500 bytes a trade.
_RECENT_PAGE = 1_000


class Folded(Struct, frozen=True):
    """A page of players, and the lines of their latest trades, newest first, by player id."""

    players: list[Player]
    recent_trades: dict[int, list[bytes]]


class LogFold:
    """Folds the tables, if there are any, and a tail."""

    def __init__(self, engine: Engine | None, tail: Tail, recent_kept: int) -> None:
        """Fold what `engine` sees and what `tail` has read."""
        self._engine = engine
        self._tail = tail
        self._kept = recent_kept

    @property
    def last_player_id(self) -> int:
        """The highest id of a player, 0 when there is none."""
        return max(self._last_landed_player_id(), self._tail.last_player_id)

    def pages(self, position: int) -> Iterator[Folded]:
        """Iterate over all players as they are after event `position`, by rising id."""
        for first in range(1, self.last_player_id + 1, PAGE):
            past = first + PAGE
            found = {player.player_id: player for player in self._landed(position, first, past)}
            for player_id, player in self._tail.players.items():
                if first <= player_id < past and _is_newer(player, found.get(player_id)):
                    found[player_id] = player
            players = [found[player_id] for player_id in sorted(found)]
            recent: dict[int, list[bytes]] = {}
            for start in range(first, past, _RECENT_PAGE):
                recent.update(self._recent(start, start + _RECENT_PAGE))
            yield Folded(players, {p: lines for p, lines in recent.items() if p in found})

    def _landed(self, position: int, first: int, past: int) -> Iterator[Player]:
        if self._engine is not None:
            yield from states(self._engine, "newest_states", [position, first, past])

    def _last_landed_player_id(self) -> int:
        if self._engine is None:
            return 0
        found: int = self._engine.ask(check_sql("last_player_id")).only()["player_id"]
        return found

    def _recent(self, first: int, past: int) -> Iterator[tuple[int, list[bytes]]]:
        """Iterate over the players from `first` to `past` that have trades, with their lines.

        A player's list begins with the trade that made it; a refused trade that named its id
        before that is in no list.
        """
        births, trades = self._landed_recent(first, past)
        for player_id in range(first, past):
            born = births.get(player_id, self._tail.births.get(player_id))
            latest = {**trades.get(player_id, {}), **self._tail.recent_trades(player_id)}
            if born is None or not latest:
                continue
            kept = sorted((seq for seq, (_, birth) in latest.items() if birth or seq > born))
            yield player_id, [latest[seq][0] for seq in kept[: -self._kept - 1 : -1]]

    def _landed_recent(
        self, first: int, past: int
    ) -> tuple[dict[int, int], dict[int, dict[int, tuple[bytes, bool]]]]:
        if self._engine is None:
            return {}, {}
        births = self._engine.ask(check_sql("births"), [first, past]).records()
        answer = self._engine.ask(check_sql("recent_trades"), [first, past, self._kept])
        trades: dict[int, dict[int, tuple[bytes, bool]]] = {}
        for player_id, seq, event in _trades(answer.records()):
            trades.setdefault(player_id, {})[seq] = json_of(event), is_birth(event)
        return {row["player_id"]: row["seq"] for row in births}, trades


def coverage_of(engine: Engine | None, position: int) -> Coverage:
    """Return which of the events up to `position` the tables have."""
    if engine is None:
        return Coverage(0, position)
    through: int = engine.ask(check_sql("landed_through")).only()["through"]
    coverage = Coverage(through, position)
    for seq in engine.ask(check_sql("landed_past"), [through]).column("seq"):
        coverage.meet(seq)
    return coverage


def _is_newer(player: Player, known: Player | None) -> bool:
    return known is None or known.version < player.version


def _trades(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[int, int, TradeEvent]]:
    """Iterate over the trades of rows that are ordered by player and number, one row a leg."""
    place = 0
    while place < len(rows):
        player_id, seq = rows[place]["player_id"], rows[place]["seq"]
        end = place
        while end < len(rows) and (rows[end]["player_id"], rows[end]["seq"]) == (player_id, seq):
            end += 1
        yield player_id, seq, _trade(rows[place:end])
        place = end


def _trade(rows: Sequence[dict[str, Any]]) -> TradeEvent:
    legs = [
        converted({name: row[name] for name in LegRecord.__struct_fields__}, LegRecord)
        for row in rows
        if row["leg_no"] is not None
    ]
    header = {name: value for name, value in rows[0].items() if name != "seq"}
    header["occurred_at"] = header["occurred_at"].replace(tzinfo=UTC)
    return converted({**header, "legs": legs}, TradeEvent)
