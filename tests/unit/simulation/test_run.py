"""A whole run over HTTP: reproducible, patient, and suspicious."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, cycle, repeat
from typing import Any

import pytest
from msgspec.structs import replace

from simulation.economy import Economy
from simulation.plan import Plan
from simulation.run import Simulation
from simulation.summary import Summary
from simulation.transport import Transport, Unreachable
from simulation.wire import UnreadableAnswer
from simulation.world import World
from src.classes.player import Player
from src.classes.trade import Trade
from tests.support.quiet import Quiet
from tests.support.tiny_game import Answer, TinyGame, serving


def play(game: TinyGame, plan: Plan | Economy, workers: int, patience_s: float = 60.0) -> Summary:
    with serving(game) as url:
        transport = Transport(url, "token", connections=workers, patience_s=patience_s, sleep=skip)
        try:
            return Simulation(
                transport, plan, run_id="run", workers=workers, progress=Quiet()
            ).play()
        finally:
            transport.close()


def skip(_seconds: float) -> None:
    """Wait for nothing."""


def faults(*each: str | None) -> Iterator[str | None]:
    return iter(each)


def last_states(game: TinyGame) -> list[tuple[object, ...]]:
    """Return what players own in the end, whatever ids they got."""
    return sorted(
        (p.username, p.player_class, p.version, p.gold, p.guild or "", *p.inventory.items.items())
        for p in game.players.values()
    )


def test_a_seed_ends_the_same_whatever_the_number_of_workers(world: World) -> None:
    plan = Plan(5, 30, 900, world)
    ends, outcomes = [], []
    for workers in (1, 6):
        game = TinyGame(faults())
        summary = play(game, plan, workers)
        assert summary.differences == []
        ends.append(last_states(game))
        outcomes.append(summary.outcomes)
    assert ends[0] == ends[1]
    assert outcomes[0] == outcomes[1]


def test_a_run_is_summed_up(world: World) -> None:
    summary = play(TinyGame(faults()), Plan(5, 30, 900, world), 4)
    assert (summary.seed, summary.players, summary.trades, summary.workers) == (5, 30, 900, 4)
    assert summary.settled + summary.rejected == 900
    assert summary.rejected == sum(each.count for each in summary.outcomes if each.reason)
    assert (summary.retries, summary.replayed, summary.players_read_back) == (0, 0, 30)
    # Each player is created and read back; batches make the trades fewer requests.
    assert 60 < summary.requests < 960
    assert 0 < summary.latency_ms_p50 <= summary.latency_ms_p99


def test_lost_answers_change_nothing(world: World) -> None:
    plan = Plan(5, 30, 600, world)
    calm, troubled = (
        TinyGame(faults()),
        TinyGame(cycle([None, None, "lose_answer", None, "busy", "unavailable"])),
    )
    play(calm, plan, 3)
    summary = play(troubled, plan, 3)
    assert summary.differences == []
    assert summary.retries > 100
    assert summary.replayed > 50
    assert last_states(troubled) == last_states(calm)


def test_a_coin_that_vanishes_is_found(world: World) -> None:
    game = TinyGame(chain(repeat(None, 100), ["steal_coin"], repeat(None)))
    summary = play(game, Plan(5, 30, 300, world), 2)
    assert summary.difference_count >= 1
    assert any("player 1:" in each and "gold" in each for each in summary.differences)


def test_a_run_gives_up_on_a_server_that_never_recovers(world: World) -> None:
    game = TinyGame(chain(repeat(None, 50), repeat("unavailable")))
    with pytest.raises(Unreachable):
        play(game, Plan(5, 30, 300, world), 4, patience_s=0.0)


def test_an_answer_that_nobody_promised_ends_the_run(world: World) -> None:
    class OtherGame(TinyGame):
        def answer(
            self, method: str, path: str, key: str | None, text: str
        ) -> tuple[int, dict[str, object], dict[str, str]] | None:
            if path.endswith("/purchases"):
                return 422, {"reason": "invalid"}, {}
            return super().answer(method, path, key, text)

    with pytest.raises(UnreadableAnswer, match="status 422"):
        play(OtherGame(faults()), Plan(5, 30, 300, world), 4)


class DoublingGame(TinyGame):
    """Forgets to take what is given for nothing: the fault that duplication attempts look for."""

    def _swap(self, body: Mapping[str, Any]) -> Trade:
        trade = super()._swap(body)
        if not body["player_2"]["items"] and not body["player_2"]["gold"]:
            self.forgotten = self.players[body["player_1"]["player_id"]]
        return trade

    def _decided(self, status: int, trade: Trade) -> Answer:
        answer = super()._decided(status, trade)
        if self.forgotten is not None and trade.kind == "player_trade":
            player_id = self.forgotten.player_id
            version = self.players[player_id].version
            self.players[player_id] = replace(self.forgotten, version=version)
        self.forgotten = None
        return answer

    forgotten: Player | None = None


def test_duplication_is_attempted_and_fails(world: World) -> None:
    summary = play(TinyGame(faults()), Economy(5, 60, 900, world, cheats=True), 4)
    assert summary.differences == []
    lost = [each for each in summary.outcomes if each.reason == "missing_items"]
    assert sum(each.count for each in lost) > 20


def test_duplication_that_works_is_found(world: World) -> None:
    summary = play(DoublingGame(faults()), Economy(5, 60, 1_500, world, cheats=True), 4)
    assert any("settled 4 times" in difference for difference in summary.differences) or any(
        "settled 2 times" in difference for difference in summary.differences
    )


def test_an_economy_ends_the_same_whatever_the_number_of_workers(world: World) -> None:
    plan = Economy(5, 60, 500, world, cheats=True)
    ends = []
    for workers in (1, 6):
        game = TinyGame(cycle([None, None, None, "lose_answer", "busy"]))
        assert play(game, plan, workers).differences == []
        ends.append(last_states(game))
    # Who won a race between two mules shows in their versions, and nowhere else.
    assert [each[:2] + each[3:] for each in ends[0]] == [each[:2] + each[3:] for each in ends[1]]
