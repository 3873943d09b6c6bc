"""The rows of a stretch of a market, as Arrow tables in the columns of the landed tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.market import (
    BATTLE_KIND,
    CATALOGUE,
    ENEMIES,
    GOODS,
    GRANT,
    GUILDS,
    HOUSES,
    KINDS,
    NOBODY,
    REASONS,
    SETTLED,
    Ints,
    Trades,
    item_ids,
    item_values,
)
from benchmarks.market_states import Holdings
from src.classes.account import player_account
from src.events.definitions import SCHEMA_VERSION, TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.inventory_generation.catalogue import load_catalogue
from src.inventory_generation.player_classes import load_classes

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
#: A busy realm: twelve trades a second, day and night.
TRADES_A_DAY = 1_000_000
_US_A_TRADE = 86_400_000_000 // TRADES_A_DAY

_BEGAN_US = int(BEGAN.timestamp()) * 1_000_000
_CLASSES = tuple(load_classes(load_catalogue()))
_WEAPONS = np.array([item.item_id for item in CATALOGUE if item.is_weapon], np.int64)

#: What each of a trade's ids is drawn from beside its number, so that no two are the same.
_TRADE_ID, _EVENT_ID, _REQUEST_ID, _STATE_ID = range(4)

_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint8).reshape(256, 2)
#: Where a UUID's 32 digits stand in its 36 characters.
_DIGITS = np.array([place for place in range(36) if place not in {8, 13, 18, 23}])

Columns = Mapping[str, Callable[[], Any]]


class Market:
    """Trades with what they led to, told as rows."""

    def __init__(self, trades: Trades, holdings: Holdings) -> None:
        """Tell of these."""
        self.trades = trades
        self.holdings = holdings
        self._accounts = pa.array(
            [*reversed(HOUSES), *(player_account(n + 1) for n in range(trades.players))]
        )
        self._usernames = pa.array([f"Player {n + 1}" for n in range(trades.players)])

    def trade_rows(self, of: Ints, schema: pa.Schema) -> pa.Table:
        """Return the rows of `trade`, of these trades."""
        trades = self.trades
        kind, guild = trades.kind[of], trades.guild[of]
        fought = kind == BATTLE_KIND
        totals = self._totals(of)
        return _table(
            schema,
            {
                **self._envelope(of, TOPIC_TRADE, trades.seq[of]),
                "event_id": lambda: _uuids(of, _EVENT_ID),
                "trade_id": lambda: _uuids(of, _TRADE_ID),
                "kind": lambda: _words(KINDS, kind),
                "status": lambda: _statuses(trades, of),
                "reason": lambda: _words(REASONS, trades.reason[of], trades.reason[of] != SETTLED),
                "player_1_id": lambda: trades.player_1[of].astype(np.int64) + 1,
                "player_2_id": lambda: _known(
                    trades.player_2[of].astype(np.int64) + 1, trades.player_2[of] != NOBODY
                ),
                "guild": lambda: _words([each.name for each in GUILDS], guild, guild >= 0),
                "enemy": lambda: _words([each.name for each in ENEMIES], trades.enemy[of], fought),
                "outcome": lambda: _words(("lost", "won"), trades.is_won[of], fought),
                "weapon_item_id": lambda: _known(
                    _WEAPONS[trades.player_1[of] % 11 * 7 % len(_WEAPONS)],
                    fought & (of % 10 > 0),
                ),
                **{name: partial(totals.__getitem__, name) for name in totals},
            },
        )

    def leg_rows(self, of: Ints, schema: pa.Schema) -> pa.Table:
        """Return the rows of `trade_leg`, of these trades."""
        trades = self.trades
        of, number, is_gold, item, quantity = self._legs(of)
        giver, taker = self._ends(of, is_gold)
        return _table(
            schema,
            {
                "trade_id": lambda: _uuids(of, _TRADE_ID),
                "seq": lambda: trades.seq[of],
                "occurred_at": lambda: _times(of),
                "kind": lambda: _words(KINDS, trades.kind[of]),
                "status": lambda: _statuses(trades, of),
                "leg_no": lambda: number,
                "from_account": lambda: self._accounts.take(pa.array(giver + len(HOUSES))),
                "to_account": lambda: self._accounts.take(pa.array(taker + len(HOUSES))),
                "asset": lambda: _words(("item", "gold"), is_gold),
                "item_id": lambda: _known(item_ids(item), ~is_gold),
                "quantity": lambda: quantity,
                "unit_value": lambda: np.where(is_gold, 1, item_values(item)),
            },
        )

    def state_rows(self, of: Ints, schema: pa.Schema) -> pa.Table:
        """Return the rows of `player_state`, of these states."""
        held = self.holdings
        trade, player, units = held.trade[of], held.player[of], held.units[of]
        goods = np.tile(np.arange(GOODS, dtype=np.int8), (len(of), 1))
        item = self.trades.item_place(player[:, None], goods)
        value = item_values(item)
        seq = self.trades.seq[trade] + 1 + of - held.first[trade]
        guild = held.guild[of]
        return _table(
            schema,
            {
                **self._envelope(trade, TOPIC_PLAYER_STATE, seq),
                "event_id": lambda: _uuids(trade, _STATE_ID, of),
                "player_id": lambda: player.astype(np.int64) + 1,
                "version": lambda: held.version[of].astype(np.int64),
                "cause_trade_id": lambda: _uuids(trade, _TRADE_ID),
                "username": lambda: self._usernames.take(pa.array(player)),
                "player_class": lambda: _words(_CLASSES, player % len(_CLASSES)),
                "guild": lambda: _words([each.name for each in GUILDS], guild, guild >= 0),
                "gold": lambda: held.gold[of].astype(np.int64),
                "max_capacity": lambda: held.capacity[player].astype(np.int64),
                "used_capacity": lambda: units.sum(axis=1, dtype=np.int64),
                "distinct_items": lambda: (units > 0).sum(axis=1),
                "inventory_value": lambda: (units * value).sum(axis=1),
                "items": lambda: _stacks(units, item, schema.field("items").type),
            },
        )

    def _envelope(self, trade: NDArray[Any], event_type: str, seq: Ints) -> Columns:
        return {
            "event_type": lambda: pa.repeat(event_type, len(trade)),
            "schema_version": lambda: np.full(len(trade), SCHEMA_VERSION),
            "realm": lambda: pa.repeat("main", len(trade)),
            "seq": lambda: seq,
            "occurred_at": lambda: _times(trade),
            "request_id": lambda: _uuids(trade, _REQUEST_ID),
        }

    def states_by_player(self, begin: int, end: int) -> Ints:
        """Return the states that trades led to, from `begin` to before `end`, by player."""
        of = np.arange(self.holdings.first[begin], self.holdings.first[end])
        # They are in the order of their versions already.
        return of[np.argsort(self.holdings.player[of], kind="stable")]

    def _legs(self, of: Ints) -> tuple[Ints, Ints, NDArray[np.bool_], Ints, Ints]:
        """Return each leg's trade, number, whether it is gold, item (its place) and quantity."""
        trades, held = self.trades, self.holdings
        player = trades.player_1[of]
        is_grant = trades.kind[of] == GRANT
        # One row a trade: coins, then each good of the corner. A grant has many, others one.
        amounts = np.zeros((len(of), 1 + GOODS), np.int64)
        amounts[:, 0] = np.where(is_grant, held.granted_gold[player], trades.gold[of])
        amounts[np.arange(len(of)), 1 + trades.good[of]] = trades.units[of]
        amounts[is_grant, 1:] = held.granted_units[player[is_grant]]
        row, place = np.nonzero(amounts)
        number = 1 + np.arange(len(row)) - np.searchsorted(row, row)
        good = np.maximum(place - 1, 0).astype(np.int8)
        item = trades.item_place(player[row], good)
        return of[row], number, place == 0, item, amounts[row, place]

    def _ends(self, of: Ints, is_gold: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Return who gives and who takes in legs of these trades."""
        trades = self.trades
        # Goods go the other way than coins, but a grant's both from the mint.
        as_gold = is_gold | (trades.kind[of] == GRANT)
        giver = np.where(as_gold, trades.gold_from[of], trades.units_from[of])
        return giver, np.where(as_gold, trades.gold_to[of], trades.units_to[of])

    def _totals(self, of: Ints) -> dict[str, Any]:
        """Return what each side of these trades gave, by the columns of `trade`."""
        trades = self.trades
        legs_of, _, is_gold, item, quantity = self._legs(of)
        giver, _ = self._ends(legs_of, is_gold)
        is_own = giver == trades.player_1[legs_of]
        value = quantity * np.where(is_gold, 1, item_values(item))
        by_number = np.argsort(of)
        row = by_number[np.searchsorted(of, legs_of, sorter=by_number)]
        moved = trades.is_settled[legs_of]
        totals: dict[str, Any] = {}
        for side, of_side in (("player_1", is_own), ("partner", ~is_own)):
            for name, what, amount in (
                ("gold", is_gold, quantity),
                ("units", ~is_gold, quantity),
                ("value", True, value),
            ):
                added = np.zeros(len(of), np.int64)
                chosen = moved & of_side & what
                np.add.at(added, row[chosen], amount[chosen])
                totals[f"{side}_{name}"] = added
        goods, only = moved & ~is_gold, np.zeros(len(of), np.int64)
        only[row[goods]] = item_ids(item)[goods]
        kinds = np.bincount(row[goods], minlength=len(of))
        totals["only_item_id"] = _known(only, kinds == 1)
        return totals


def _table(schema: pa.Schema, columns: Columns) -> pa.Table:
    """Return the columns of `schema`; those that are not given are null."""
    arrays: list[Any] = []
    length = len(columns["seq"]())
    for field in schema:
        made = columns[field.name]() if field.name in columns else pa.nulls(length)
        made = made if isinstance(made, pa.Array) else pa.array(made)
        arrays.append(made if made.type == field.type else made.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _known(values: Ints, is_known: NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=~is_known)


def _words(
    words: Any,  # noqa: ANN401 - a sequence of words
    places: NDArray[Any],
    is_known: NDArray[np.bool_] | None = None,
) -> pa.Array:
    mask = None if is_known is None else ~is_known
    return pa.array(list(words)).take(pa.array(places.astype(np.int32), mask=mask))


def _statuses(trades: Trades, of: NDArray[Any]) -> pa.Array:
    return _words(("rejected", "settled"), trades.is_settled[of])


def _stacks(units: NDArray[np.int16], item: Ints, kind: pa.LargeListType) -> pa.Array:
    has = units > 0
    # A player's stacks stand by rising item id.
    order = np.argsort(item_ids(item), axis=1)
    has = np.take_along_axis(has, order, axis=1)
    ends = np.concatenate([[0], np.cumsum(has.sum(axis=1))])
    places = np.take_along_axis(item, order, axis=1)[has]
    columns = {
        "item_id": pa.array(item_ids(places)),
        "item_uid": pa.nulls(len(places), pa.string()),
        "quantity": pa.array(np.take_along_axis(units, order, axis=1)[has].astype(np.int64)),
        "unit_value": pa.array(item_values(places)),
    }
    struct = kind.value_type
    fields = [struct.field(place) for place in range(struct.num_fields)]
    inner = pa.StructArray.from_arrays(
        [columns[field.name].cast(field.type) for field in fields], fields=fields
    )
    return pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), inner, type=kind)


def _microseconds(trade: NDArray[Any]) -> Ints:
    jitter = _drawn(trade, _TRADE_ID) % np.uint64(_US_A_TRADE)
    return _BEGAN_US + trade.astype(np.int64) * _US_A_TRADE + jitter.astype(np.int64)


def _times(trade: NDArray[Any]) -> pa.Array:
    return pa.array(_microseconds(trade)).cast(pa.timestamp("us"))


def _uuids(trade: NDArray[Any], salt: int, number: NDArray[Any] | None = None) -> pa.Array:
    """Return UUIDs of version 7 (RFC 9562): the time of a trade, then what a number draws."""
    drawn_of = trade if number is None else number
    high = (_microseconds(trade).astype(np.uint64) // np.uint64(1_000)) << np.uint64(16)
    high |= np.uint64(0x7000) | (_drawn(drawn_of, 2 * salt + 8) & np.uint64(0xFFF))
    low = np.uint64(1 << 63) | (_drawn(drawn_of, 2 * salt + 9) >> np.uint64(2))
    raw = np.stack([high, low], axis=1).astype(">u8").view(np.uint8)
    text = np.full((len(trade), 36), ord("-"), np.uint8)
    text[:, _DIGITS] = _HEX[raw].reshape(len(trade), 32)
    ends = np.arange(len(trade) + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(len(trade), pa.py_buffer(ends), pa.py_buffer(text))


def _drawn(number: NDArray[Any], salt: int) -> NDArray[np.uint64]:
    """Return a number's own 64 random bits (splitmix64, Steele and others 2014)."""
    with np.errstate(over="ignore"):
        bits = (number.astype(np.uint64) << np.uint64(5)) + np.uint64(salt)
        bits = (bits + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return bits ^ (bits >> np.uint64(31))
