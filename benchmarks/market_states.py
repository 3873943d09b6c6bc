"""What every player of a market owned after each of its trades, as running sums of what moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.market import GOODS, JOIN, NOBODY, Amounts, Ints, Places, Trades

_PLAYERS_AT_ONCE = 5_000
_GOLD_LEAST = 1_000
_CAPACITY_STEP = 500


@dataclass(frozen=True)
class Holdings:
    """The states in the order in which they came, and what each player began with.

    Attributes:
        trade, player: which trade led to each state, and whose it is.
        version: of the state, from 1.
        gold: coins held; `units`: of each good of the player's corner.
        guild: a place of the guild, -1 for none.
        first: for each trade, the place of the first state that it led to; one more at the end.
        granted_gold, granted_units, capacity: by player.
    """

    trade: Places
    player: Places
    version: Amounts
    gold: Amounts
    units: NDArray[np.int16]
    guild: NDArray[np.int8]
    first: Ints
    granted_gold: Amounts
    granted_units: NDArray[np.int16]
    capacity: Amounts


def add_up(trades: Trades) -> Holdings:
    """Return the states that settled trades lead to."""
    touches = np.where(trades.is_settled, 1 + (trades.player_2 != NOBODY), 0)
    first = np.concatenate([[0], np.cumsum(touches)])
    trade = np.repeat(np.arange(len(trades), dtype=np.int32), touches)
    is_second = np.arange(len(trade)) > first[trade]
    player = np.where(is_second, trades.player_2[trade], trades.player_1[trade])
    count = len(trade)
    made = Holdings(
        trade=trade,
        player=player,
        version=np.empty(count, np.int32),
        gold=np.empty(count, np.int32),
        units=np.empty((count, GOODS), np.int16),
        guild=np.empty(count, np.int8),
        first=first,
        granted_gold=np.empty(trades.players, np.int32),
        granted_units=np.empty((trades.players, GOODS), np.int16),
        capacity=np.empty(trades.players, np.int32),
    )
    by_player = np.argsort(player, kind="stable").astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(player, minlength=trades.players))])
    for begin in range(0, trades.players, _PLAYERS_AT_ONCE):
        end = min(begin + _PLAYERS_AT_ONCE, trades.players)
        block = by_player[starts[begin] : starts[end]]
        _add_up_players(trades, made, block, starts[begin:end] - starts[begin], begin)
    return made


def _add_up_players(
    trades: Trades, made: Holdings, block: Places, starts: Ints, first_player: int
) -> None:
    """Fill in the states of players that follow each other; `starts` is where each one's begin."""
    trade, player = made.trade[block], made.player[block]
    owner = player - first_player
    place = np.arange(len(block))
    coins = _moved(trades.gold, trades.gold_from, trades.gold_to, trade, player)
    goods = np.zeros((len(block), GOODS), np.int32)
    goods[place, trades.good[trade]] = _moved(
        trades.units, trades.units_from, trades.units_to, trade, player
    )
    gold = _sums(coins[:, None], starts, owner)[:, 0]
    units = _sums(goods, starts, owner)
    gold_granted = np.maximum(_GOLD_LEAST, -np.minimum.reduceat(gold, starts))
    # Some begin with none of a good, if they never give one before they get one.
    at_least = (np.arange(len(starts))[:, None] + first_player + np.arange(GOODS)) % 4
    units_granted = np.maximum(at_least, -np.minimum.reduceat(units, starts))
    units += units_granted[owner]
    players = slice(first_player, first_player + len(starts))
    made.gold[block] = gold + gold_granted[owner]
    made.units[block] = units
    made.version[block] = place - starts[owner] + 1
    made.guild[block] = _guilds(trades, trade, starts, owner)
    made.granted_gold[players] = gold_granted
    made.granted_units[players] = units_granted
    most = np.maximum.reduceat(units.sum(axis=1), starts)
    made.capacity[players] = (most // _CAPACITY_STEP + 1) * _CAPACITY_STEP


def _moved(amount: Amounts, giver: Places, taker: Places, trade: Places, player: Places) -> Amounts:
    """Return what each trade gave to a player, less what it took."""
    is_taker, is_giver = taker[trade] == player, giver[trade] == player
    moved: Amounts = amount[trade] * (is_taker.astype(np.int32) - is_giver)
    return moved


def _sums(moved: NDArray[np.int32], starts: Ints, owner: Places) -> NDArray[np.int64]:
    """Return the running sum of each column, begun anew with each player."""
    total = np.cumsum(moved, axis=0, dtype=np.int64)
    before = np.where((starts > 0)[:, None], total[starts - 1], 0)
    return total - before[owner]


def _guilds(trades: Trades, trade: Places, starts: Ints, owner: Places) -> NDArray[np.int8]:
    """Return the guild that each state is in: that of the last join unless it was left."""
    place = np.arange(len(trade))
    says = trades.guild[trade] >= 0
    last = np.maximum.accumulate(np.where(says, place, -1))
    last = np.where(last >= starts[owner], last, -1)
    is_in = (last >= 0) & (trades.kind[trade[last]] == JOIN)
    return np.where(is_in, trades.guild[trade[last]], -1)
