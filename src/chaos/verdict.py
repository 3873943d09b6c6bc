"""The verdict: what was acknowledged, against what Redis and the tables hold."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources

from src.audit.landed import OpenEngine, Progress
from src.audit.reconcile import LiveStore, Reconciliation, reconcile
from src.chaos.findings import Findings
from src.chaos.ledger import Ledger, ToldTrade
from src.economy.engine import Engine

#: The kind of the one trade that creating a player is; its id is told to nobody.
_STARTER = "starter_grant"


def judge(
    ledger: Ledger,
    first_seq: int,
    live: LiveStore,
    open_engine: OpenEngine,
    *,
    findings: Findings,
    progress: Progress,
) -> Reconciliation:
    """Compare a ledger with the tables, and these with Redis and themselves.

    Args:
        ledger: what was acknowledged; every request of the run must have been answered by now.
        first_seq: the last event before the run.
        live: Redis.
        open_engine: opens the tables as they are then.
        findings: gets whatever does not hold.
        progress: told while landing is waited for.

    Raises:
        LandingStandsStill: the tables do not get what Redis has.
        StoreUnreachable, EngineError: Redis or the tables cannot be read.
    """
    found = reconcile(live, open_engine, progress)
    with open_engine() as engine:
        check_trades(ledger, engine, first_seq, found.events, findings)
        check_states(ledger, engine, first_seq, found.events, findings)
    for difference in found.differences:
        findings.add("differs", f"reconcile, {difference.check}: {difference.facts}")
    return found


def check_trades(
    ledger: Ledger, engine: Engine, first_seq: int, last_seq: int, findings: Findings
) -> None:
    """Find acknowledged trades that the tables do not have exactly once, as they were told."""
    ours, missing = ledger.player_ids, dict(ledger.trades)
    starters = Counter[int]()
    for row in engine.ask(_sql("trades_since"), [first_seq, last_seq]).records():
        trade_id, times = row["trade_id"], row["times"]
        told = ledger.trades.get(trade_id)
        if told is None:
            if row["player_1_id"] not in ours:
                continue
            if row["kind"] == _STARTER:
                starters[row["player_1_id"]] += times
                continue
            findings.add(
                "duplicated",
                f"trade {trade_id} ({row['kind']}) was carried out and nobody was told of it",
            )
            continue
        missing.pop(trade_id, None)
        landed = ToldTrade(row["kind"], row["status"], row["reason"])
        if landed != told:
            findings.add("differs", f"trade {trade_id} landed as {landed}, told was {told}")
        if times > 1:
            findings.add("duplicated", f"trade {trade_id} landed {times} times")
    for trade_id, told in missing.items():
        findings.add(
            "lost", f"trade {trade_id} ({told.kind}) was told as {told.status} and did not land"
        )
    for player_id in sorted(ours):
        _once(findings, f"the starter inventory of player {player_id}", starters[player_id])


def check_states(
    ledger: Ledger, engine: Engine, first_seq: int, last_seq: int, findings: Findings
) -> None:
    """Find acknowledged player states that the tables do not have exactly once."""
    times: Counter[tuple[int, int]] = Counter()
    for row in engine.ask(_sql("states_since"), [first_seq, last_seq]).records():
        state, gold = (row["player_id"], row["version"]), row["gold"]
        if state[0] not in ledger.player_ids:
            continue
        times[state] += row["times"]
        told = ledger.states.get(state)
        if told is None:
            findings.add("duplicated", f"{_named(state)} was made and nobody was told of it")
        elif told != gold:
            findings.add("differs", f"{_named(state)} landed with {gold} gold, told was {told}")
    for state in ledger.states:
        _once(findings, _named(state), times[state])


def _once(findings: Findings, what: str, times: int) -> None:
    if times == 0:
        findings.add("lost", f"{what} did not land")
    elif times > 1:
        findings.add("duplicated", f"{what} landed {times} times")


def _named(state: tuple[int, int]) -> str:
    player_id, version = state
    return f"player {player_id}, version {version}"


@cache
def _sql(name: str) -> str:
    path = resources.files("src.chaos.checks").joinpath(f"{name}.sql")
    return path.read_text(encoding="utf-8").strip()
