"""The load: whoever is not answered asks again and is told, and what does not hold is found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, cycle, repeat
from threading import Thread
from typing import Any

import pytest
from msgspec.structs import replace

from simulation.plan import Plan
from simulation.transport import Unreachable
from simulation.world import World
from src.chaos.findings import Findings
from src.chaos.load import Abandoned, Load
from tests.support.tiny_game import Answer, TinyGame, serving

Fault = str | None


def skip(_seconds: float) -> None:
    """Wait for nothing."""


def load_on(url: str, plan: Plan, findings: Findings, **more: Any) -> Load:
    given = {"run_id": "run", "workers": 3, "patience_s": 60.0, "sleep": skip, **more}
    return Load(url, "token", plan, findings=findings, **given)


def played(game: TinyGame, plan: Plan) -> tuple[Load, Findings]:
    findings = Findings()
    with serving(game) as url, closing(load_on(url, plan, findings)) as load:
        load.create_players()
        load.play()
        load.stop()
        load.settle_doubts()
        load.read_back()
    return load, findings


def faults(*each: Fault) -> Iterator[Fault]:
    # Players are created before anything goes wrong.
    return chain(repeat(None, 20), cycle(each))


def test_a_calm_run_is_all_acknowledged(world: World) -> None:
    load, findings = played(TinyGame(iter(())), Plan(5, 20, 300, world))
    assert findings.told == []
    assert load.tally.acknowledged == len(load.ledger.trades) == 300
    assert (load.tally.retries, load.tally.in_doubt, load.tally.replayed) == (0, 0, 0)
    assert len(load.ledger.player_ids) == 20


def test_unanswered_requests_are_settled_by_their_key(world: World) -> None:
    game = TinyGame(faults(None, "lose_answer", "unavailable", None, "busy"))
    load, findings = played(game, Plan(5, 20, 300, world))
    assert findings.told == []
    assert load.tally.acknowledged == len(load.ledger.trades) == 300
    assert load.tally.in_doubt > load.tally.were_made > 0
    assert load.tally.replayed > 0
    held = {(p.player_id, p.version): p.gold for p in game.players.values()}
    assert {state: load.ledger.states[state] for state in held} == held


class ForgetsKeys(TinyGame):
    """Carries a request out each time that it comes."""

    def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
        answered = super().answer(method, path, key, text)
        self.seen.clear()
        return answered


def test_a_request_that_is_carried_out_twice_is_found(world: World) -> None:
    _, findings = played(ForgetsKeys(faults(None, "lose_answer")), Plan(5, 20, 120, world))
    assert findings.count("duplicated") > 0
    assert any("made again" in told for told in findings.told)


class TearsTrades(TinyGame):
    """Settles what it does not answer on one of two players only."""

    def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
        before = dict(self.players)
        answered = super().answer(method, path, key, text)
        changed = [p for p, player in self.players.items() if player != before.get(p)]
        if answered is None and path == "/v1/trades" and len(changed) == 2:
            self.players[changed[0]] = before[changed[0]]
        return answered


def test_a_trade_that_is_half_made_is_found(world: World) -> None:
    # No request is answered when it first comes: which of them an impatient client sent, and when,
    # is the threads' affair.
    _, findings = played(TearsTrades(faults("lose_answer")), Plan(5, 20, 120, world))
    # Nothing else is told as lost before the tables are looked at.
    assert findings.count("lost") > 0


class ForgetsOneTrade(TinyGame):
    """Puts a player back to what it was before an acknowledged trade, once."""

    forgot = False

    def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
        before = dict(self.players)
        answered = super().answer(method, path, key, text)
        if self.requests > 60 and path == "/v1/trades" and not self.forgot:
            self.forgot = True
            self.players.update(before)
        return answered


def test_an_acknowledged_trade_that_is_forgotten_is_found(world: World) -> None:
    _, findings = played(ForgetsOneTrade(iter(())), Plan(5, 20, 120, world))
    assert findings.count("differs") > 0


class MintsACoin(TinyGame):
    """Gives a player a coin under a version that was told with another sum."""

    def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
        if self.requests == 100:
            self.players[1] = replace(self.players[1], gold=self.players[1].gold + 1)
        return super().answer(method, path, key, text)


def test_a_minted_coin_is_found(world: World) -> None:
    _, findings = played(MintsACoin(iter(())), Plan(5, 20, 120, world))
    assert any("player 1" in told and "gold" in told for told in findings.told)


def test_a_patient_client_that_is_never_answered_ends_the_run(world: World) -> None:
    game, findings = TinyGame(chain(repeat(None, 20), repeat("unavailable"))), Findings()
    with (
        serving(game) as url,
        closing(load_on(url, Plan(5, 20, 100, world), findings, patience_s=0.0)) as load,
    ):
        load.create_players()
        load.start()
        with pytest.raises(Unreachable):
            wait_until(load.check)
        with pytest.raises(Unreachable):
            load.stop()


def test_what_is_in_doubt_when_the_load_stops_is_settled_after_it(world: World) -> None:
    class Stops(TinyGame):
        """Carries all out, but from some moment on answers only who asks again."""

        silent = False

        def __init__(self) -> None:
            super().__init__(iter(()))
            self._asked = set[str]()

        def answer(self, method: str, path: str, key: str | None, text: str) -> Answer | None:
            answered = super().answer(method, path, key, text)
            if not self.silent or key is None or key in self._asked:
                return answered
            self._asked.add(key)
            return None

    game, findings = Stops(), Findings()
    with serving(game) as url:
        load = load_on(url, Plan(5, 20, 5_000, world), findings, sleep=None)
        with closing(load):
            load.create_players()
            load.start()
            wait_until(lambda: load.tally.acknowledged > 40)
            game.silent = True
            wait_until(lambda: load.tally.in_doubt > 0)
            stopping = Thread(target=load.stop)
            stopping.start()
            game.silent = False
            stopping.join()
            load.settle_doubts()
            load.read_back()
    assert findings.told == []
    assert load.tally.acknowledged == len(load.ledger.trades)


def wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.01)


def test_closing_a_load_ends_its_waiting_clients(world: World) -> None:
    game, findings = TinyGame(chain(repeat(None, 20), repeat("unavailable"))), Findings()
    with serving(game) as url:
        # More lanes than workers: some have not begun.
        load = load_on(url, Plan(5, 20, 1_000, world), findings, workers=1, sleep=None)
        load.create_players()
        load.start()
        wait_until(lambda: game.requests > 22)
        load.close()
        with pytest.raises(Abandoned):
            load.check()
