"""Reconciling: Redis, the tables and the fold of all legs must tell the same story.

It needs no pause in trading. Every state is in the tables under its version, so what Redis held
at some moment is compared with the row of that very version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct

from src.audit.landed import OpenEngine, Progress, wait_until_landed
from src.audit.sql import check_sql, check_sql_until, rollup_check_sql
from src.audit.states import digest, states
from src.classes.player import Player
from src.economy.engine import Engine
from src.rollups import rollups

#: What is checked within the tables, and what each proves.
TABLE_CHECKS = {
    "seq_gaps": "every event is there once: no seq is missing or doubled",
    "version_gaps": "every state is there once: no version is missing or doubled",
    "legs_unlike_trades": "every leg belongs to its trade, and no leg is missing from within",
    "totals_unlike_legs": "what a trade says that each side gave is what its legs add up to",
    "unbalanced_assets": "each asset's legs sum to zero, and holdings are what legs moved",
    "states_unlike_legs": "every player's state is the sum of its legs",
    "materialized_unlike_rows": "materialized views say what the landed rows say",
}
#: What is checked of each rollup.
ROLLUP_CHECK = "rollups_unlike_rows"
ROLLUP_PROVES = "rollups say what the landed rows say"
#: What is checked between Redis and the tables.
REDIS_CHECK = "redis_unlike_tables"
REDIS_PROVES = "every player in Redis is, to the coin, the state that the tables have"

#: Players compared at a time: bounds memory, at about 2 kB each.
_PAGE = 50_000


class Difference(Struct, frozen=True):
    """Two things that should agree and do not: by which check, and the facts."""

    check: str
    facts: dict[str, Any]


class Reconciliation(Struct, frozen=True):
    """What was compared, and every difference; none when the books balance.

    `events` is the seq up to which all was compared.
    """

    events: int
    players: int
    checks: dict[str, str]
    differences: list[Difference]

    @property
    def is_clean(self) -> bool:
        """Whether everything agreed."""
        return not self.differences


class LiveStore(Protocol):
    """The players as they are now; see `src.player_store.store`."""

    def last_seq(self) -> int:
        """Return the number of the last event."""

    def all_players(self) -> Iterable[Player]:
        """Iterate over all players."""


class _Seen(Struct, frozen=True):
    """A player in Redis: enough to tell whether a row is the same, without keeping it all."""

    version: int
    digest: bytes


def reconcile(live: LiveStore, open_engine: OpenEngine, progress: Progress) -> Reconciliation:
    """Compare everything that was committed until now.

    Args:
        live: Redis.
        open_engine: opens the tables as they are then.
        progress: told while landing is waited for.

    Raises:
        LandingStandsStill: the tables do not get what Redis has.
        StoreUnreachable, EngineError: Redis or the tables cannot be read.
    """
    before = live.last_seq()
    seen = {p.player_id: _Seen(p.version, digest(p)) for p in live.all_players()}
    after = live.last_seq()
    wait_until_landed(open_engine, after, progress)
    with open_engine() as engine:
        differences = [
            Difference(check, facts)
            for check in TABLE_CHECKS
            for facts in engine.ask(check_sql_until(check, after)).records()
        ]
        differences += _rollup_differences(engine)
        differences += _redis_differences(engine, seen, before, after)
    checks = {**TABLE_CHECKS, ROLLUP_CHECK: ROLLUP_PROVES, REDIS_CHECK: REDIS_PROVES}
    return Reconciliation(after, len(seen), checks, differences)


def _rollup_differences(engine: Engine) -> Iterator[Difference]:
    """Compare the days that are over with what their rows say."""
    found = engine.ask(check_sql("sources_with_past_days")).records()
    with_past_days = {row["source_name"] for row in found}
    for rollup in rollups():
        # A comparison takes Presto seconds, be there anything to compare or not.
        if rollup.source not in with_past_days:
            continue
        for facts in engine.ask(rollup_check_sql(rollup)).records():
            yield Difference(ROLLUP_CHECK, {"rollup": rollup.name, **facts})


def _redis_differences(
    engine: Engine, seen: dict[int, _Seen], before: int, after: int
) -> Iterator[Difference]:
    """Compare what was seen in Redis with the tables.

    A player that changed while Redis was read was seen at its newest version at `before`, or at
    one of those written between `before` and `after`.
    """
    moved: dict[int, list[Player]] = {}
    for player in states(engine, "states_between", [before, after]):
        moved.setdefault(player.player_id, []).append(player)
    told: set[int] = set()
    last_id = max([*seen, *moved], default=0)
    for first in range(1, last_id + 1, _PAGE):
        for player in states(engine, "newest_states", [before, first, first + _PAGE]):
            told.add(player.player_id)
            rows = [player, *moved.get(player.player_id, ())]
            yield from _compared(player.player_id, seen.get(player.player_id), rows)
    for player_id in sorted((seen.keys() | moved.keys()) - told):
        yield from _compared(player_id, seen.get(player_id), moved.get(player_id, []))


def _compared(player_id: int, seen: _Seen | None, rows: Sequence[Player]) -> Iterator[Difference]:
    if any(seen == _Seen(row.version, digest(row)) for row in rows):
        return
    versions = [row.version for row in rows]
    if seen is None:
        fault, version = "not in Redis", None
    elif seen.version in versions:
        fault, version = "another state under the same version", seen.version
    else:
        fault, version = "a version that the tables do not have", seen.version
    facts = {
        "player_id": player_id,
        "fault": fault,
        "redis_version": version,
        "tables_version": max(versions, default=None),
    }
    yield Difference(REDIS_CHECK, facts)
