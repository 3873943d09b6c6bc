"""A request is sent until it is answered, with one key, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulation.transport import Transport, Unreachable
from simulation.wire import creation, look_up
from tests.support.tiny_game import TinyGame, serving

FARMER = creation("Nansa Reed", "farmer")


class Time:
    """A clock that only waiting moves, and what was waited for."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.waits_s: list[float] = []

    def clock(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.waits_s.append(seconds)
        self.now_s += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def nowhere() -> str:
    """An address at which nothing listens any more."""
    with serving(TinyGame(iter(()))) as url:
        return url


def connected(url: str, time: Time, patience_s: float = 60.0) -> Transport:
    return Transport(url, "token", patience_s=patience_s, clock=time.clock, sleep=time.sleep)


def endless(fault: str) -> Iterator[str]:
    while True:
        yield fault


def test_an_answer_is_given_at_once(time: Time) -> None:
    with serving(TinyGame(iter(()))) as url:
        transport = connected(url, time)
        reply = transport.send(FARMER, "key")
        transport.close()
    assert (reply.status, reply.retries, reply.replayed) == (201, 0, False)
    assert time.waits_s == []


def test_a_lost_answer_is_asked_for_again_and_the_change_made_once(time: Time) -> None:
    game = TinyGame(iter(["lose_answer"]))
    with serving(game) as url:
        transport = connected(url, time)
        reply = transport.send(FARMER, "key")
        transport.close()
    assert (reply.status, reply.retries, reply.replayed) == (201, 1, True)
    assert len(game.players) == 1


def test_busy_is_tried_again_with_longer_waits(time: Time) -> None:
    with serving(TinyGame(iter(["busy"] * 4))) as url:
        transport = connected(url, time)
        reply = transport.send(FARMER, "key")
        transport.close()
    assert (reply.status, reply.retries) == (201, 4)
    assert [round(wait, 3) for wait in time.waits_s] == pytest.approx(
        [0.0375, 0.075, 0.15, 0.3], rel=0.34
    )


def test_the_server_says_how_long_to_wait(time: Time) -> None:
    with serving(TinyGame(iter(["unavailable"] * 2))) as url:
        transport = connected(url, time)
        assert transport.send(FARMER, "key").status == 201
        transport.close()
    assert time.waits_s == [7.0, 7.0]


def test_patience_ends(time: Time) -> None:
    game = TinyGame(endless("unavailable"))
    with serving(game) as url:
        transport = connected(url, time, patience_s=30.0)
        with pytest.raises(Unreachable, match="status 503"):
            transport.send(FARMER, "key")
        transport.close()
    assert time.waits_s == [7.0] * 4
    assert game.requests == 5


def test_a_refusal_is_an_answer(time: Time) -> None:
    with serving(TinyGame(iter(()))) as url:
        transport = connected(url, time)
        transport.send(FARMER, "key")
        reply = transport.send(look_up(1))
        transport.close()
    assert reply.status == 200


def test_nobody_there_is_told_at_once_when_checked(nowhere: str, time: Time) -> None:
    transport = connected(nowhere, time)
    with pytest.raises(Unreachable):
        transport.check()
    assert time.waits_s == []


def test_a_lost_server_is_waited_for_until_patience_ends(nowhere: str, time: Time) -> None:
    transport = connected(nowhere, time, patience_s=20.0)
    with pytest.raises(Unreachable, match="POST /v1/players"):
        transport.send(FARMER, "key")
    assert 15.0 < sum(time.waits_s) <= 20.0
    assert max(time.waits_s) <= 5.0
