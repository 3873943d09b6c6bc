"""Calls of the commit script: commits made into its keys and arguments, its replies into ours.

What lies where in them is said at the head of `scripts/commit.lua`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from src.player_store.codec import write_state
from src.player_store.keys import Keys
from src.services.ports import (
    Commit,
    CommitReply,
    Committed,
    Conflict,
    OutboxFull,
    Replayed,
    StoreUnreachable,
    Unchecked,
)

#: Events of one call: more commits in one share its price, and keep other clients waiting.
_CALL_EVENTS = 96

#: The keys and the arguments of a call.
Call = tuple[list[str], list[Any]]


def calls_of(commits: Iterable[Commit]) -> Iterator[list[Commit]]:
    """Iterate over the commits of each call, all of them in order, each call when it is full."""
    call, events = list[Commit](), 0
    for commit in commits:
        events += commit.events
        if events > _CALL_EVENTS and call:
            yield call
            call, events = [], commit.events
        call.append(commit)
    if call:
        yield call


class Arguments:
    """Writes the keys and arguments of calls in one realm."""

    def __init__(
        self, keys: Keys, *, outbox_entries_max: int, outbox_bytes_max: int, recent_trades_kept: int
    ) -> None:
        """Write for the realm of `keys`; the bounds are those of `RedisPlayerStore`."""
        self._keys = keys
        self._bounds = (outbox_entries_max, outbox_bytes_max, recent_trades_kept)

    def of(self, commits: Sequence[Commit], epoch: str) -> Call:
        """Return the call that makes these commits, decided on a reading of `epoch`."""
        keys = self._keys
        compared = [keys.seq, keys.outbox, keys.outbox_bytes, keys.checked_run_id]
        written: list[str] = []
        args: list[Any] = [epoch, *self._bounds, len(commits)]
        for commit in commits:
            changes, recent, memberships = commit.changes, commit.recent, commit.memberships
            if answer := commit.answer:
                compared.append(keys.idempotency(answer.scope, answer.key))
                args += (commit.events, commit.lines, answer.ttl_s, answer.value)
            else:
                args += (commit.events, commit.lines, 0, b"")
            args += (len(changes), len(recent), len(memberships))
            for change in changes:
                compared.append(keys.player(change.player.player_id))
                args += (change.expected_version, write_state(change.player))
            for trade in recent:
                written += [keys.recent_trades(player_id) for player_id in trade.player_ids]
                # Lua counts from 1 and includes the last.
                args += (trade.start + 1, trade.stop, len(trade.player_ids))
            for membership in memberships:
                written.append(keys.guild_members(membership.guild))
                args += ("add" if membership.joined else "remove", membership.player_id)
        return compared + written, args


def reply_of(reply: list[Any]) -> CommitReply:
    """Return what the script's reply to a commit says.

    Raises:
        StoreUnreachable: it is none of the replies that the script gives.
    """
    match reply:
        case [b"committed", last_seq]:
            return Committed(int(last_seq))
        case [b"replayed", value]:
            return Replayed(value)
        case [b"conflict"]:
            return Conflict()
        case [b"full"]:
            return OutboxFull()
        case [b"unchecked"]:
            return Unchecked()
        case _:
            raise StoreUnreachable(f"the commit script answered {reply!r}")
