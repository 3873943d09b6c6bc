"""The economy over the real API: its books balance, its labels are true, nothing is doubled."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import msgspec
import pytest

from simulation.economy import Economy
from simulation.labels import Labels, Truth, write_truth
from simulation.run import RACERS, Simulation
from simulation.summary import Summary
from simulation.transport import Transport
from simulation.world import load_world
from tests.support.books import Books, EventDict
from tests.support.quiet import Quiet
from tests.support.served import ServedRealm, served_realm

WORKERS = 6
PLAYERS, TRADES = 100, 1_800


class Lived(NamedTuple):
    """An economy that was played: what the client says of it, and what the realm wrote."""

    plan: Economy
    summary: Summary
    truth: Truth
    books: Books
    trades: dict[str, EventDict]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("economy")
    plan = Economy(11, PLAYERS, TRADES, load_world(), cheats=True)
    labels = Labels(plan.cast)
    with served_realm(folder) as served:
        summary, ids = played(served, plan, labels)
        write_truth(labels.truth("run", plan.seed, ids), folder / "run" / "labels.json")
        events = served.realm.events()
        books = served.realm.audit()
    truth = msgspec.json.decode((folder / "run" / "labels.json").read_bytes(), type=Truth)
    trades = {e["trade_id"]: e for e in events if e["event_type"] == "trade"}
    return Lived(plan, summary, truth, books, trades)


def played(served: ServedRealm, plan: Economy, labels: Labels) -> tuple[Summary, list[int]]:
    """Play a plan as its own client would."""
    transport = Transport(served.url, served.token, connections=WORKERS + RACERS)
    run = Simulation(
        transport, plan, run_id="run", workers=WORKERS, progress=Quiet(), labels=labels
    )
    try:
        return run.play(), list(run.ids)
    finally:
        transport.close()


def test_the_server_decided_all_as_planned(lived: Lived) -> None:
    assert lived.summary.differences == []
    assert lived.summary.settled + lived.summary.rejected == TRADES
    assert len(lived.trades) == TRADES + PLAYERS  # each began with a starter grant


def test_nothing_was_minted(lived: Lived) -> None:
    # The audit of the fixture held every state against every leg; here are the sums.
    assert not any(lived.books.totals().values())
    minted = {
        leg["from_account"]
        for trade in lived.trades.values()
        if trade["status"] == "settled"
        for leg in trade["legs"]
        if leg["from_account"].startswith("house:")
    }
    assert minted <= {"house:mint", "house:shop", "house:battle"}


def test_every_player_is_labelled_once(lived: Lived) -> None:
    assert sorted(each.player_id for each in lived.truth.players) == list(range(1, PLAYERS + 1))
    roles = Counter(each.role for each in lived.truth.players)
    assert roles == Counter(member.role for member in lived.plan.cast.members)
    in_rings = {each.player_id for each in lived.truth.players if each.ring}
    assert in_rings == {member for ring in lived.truth.rings for member in ring.members}


def test_the_labels_name_the_trades_as_the_log_has_them(lived: Lived) -> None:
    labelled = [(ring, trade) for ring in lived.truth.rings for trade in ring.trades]
    assert len({trade.trade_id for _, trade in labelled}) == len(labelled) > 100
    for ring, trade in labelled:
        event = lived.trades[trade.trade_id]
        assert (event["status"], event["reason"]) == (trade.status, trade.reason)
        sides = {event["player_1_id"], event["player_2_id"]} - {None}
        assert sides <= set(ring.members)


def test_a_trade_between_members_of_a_ring_is_honest_only_if_it_is_not_labelled(
    lived: Lived,
) -> None:
    labelled = {trade.trade_id for ring in lived.truth.rings for trade in ring.trades}
    mules = {each.player_id for each in lived.truth.players if each.role == "mule"}
    assert mules
    # Mules live for nothing else, so all that they did beside being granted is labelled.
    for trade_id, event in lived.trades.items():
        if mules & {event["player_1_id"], event["player_2_id"]}:
            assert (trade_id in labelled) == (event["kind"] != "starter_grant")


def test_a_race_never_doubles_a_stack(lived: Lived) -> None:
    ring = next(ring for ring in lived.truth.rings if ring.kind == "duplication")
    parts = Counter((trade.part, trade.status) for trade in ring.trades)
    assert parts["copy", "settled"] * 3 == parts["copy", "rejected"] > 0
    assert parts["fork", "settled"] * 3 == parts["fork", "rejected"] > 0
    assert parts["gather", "settled"] == parts["gather", "rejected"] == parts["fork", "settled"]
    assert parts["sale", "settled"] * 3 == parts["sale", "rejected"] > 0
    assert parts["replay", "settled"] > 0
    # What was bought to be doubled left the members as often as it came: none has a unit of it.
    stakes = {
        leg["item_id"]
        for trade in ring.trades
        if trade.part == "stake"
        for leg in lived.trades[trade.trade_id]["legs"]
        if leg["asset"] == "item"
    }
    for member in ring.members:
        assert not stakes & lived.books.items(member).keys()
