"""The queue before the group commit: everyone who waits is answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from src.api.hot.commit_queue import CarryOut, CommitQueue
from src.classes.errors import Reason, RuleError
from src.classes.trade import Kind, Refusal, Trade
from src.services.answers import Asked, Told
from src.services.draft import Command
from src.services.errors import Busy, KeyReused
from src.services.group_commit import Again, End, Request
from src.services.outcomes import Outcome

ATTEMPTS_MAX = 3


def request(name: str, *player_ids: int) -> Request:
    trade = Trade(trade_id=name, kind=Kind.PLAYER_TRADE, player_1_id=1)
    refusal = Refusal(trade, RuleError(Reason.EMPTY_TRADE))
    return Request(Command(player_ids or (1,), lambda _players: refusal), Asked(name))


def told(request: Request) -> Told:
    return Told(Outcome(trade_id=str(request.asked.request_id), status="settled"))


async def all_told(requests: Sequence[Request]) -> list[End]:
    return [told(each) for each in requests]


def ask(carry_out: CarryOut, *names: str) -> list[Told | BaseException]:
    """Ask for requests at the same time, and return how each ended."""

    async def asked() -> list[Told | BaseException]:
        queue = CommitQueue(carry_out, ATTEMPTS_MAX)
        waiting = [queue.answer_to(request(name)) for name in names]
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(asked())


def names(ended: Sequence[Told | BaseException]) -> list[str]:
    return [each.outcome.trade_id for each in ended if isinstance(each, Told)]


def test_each_is_told_what_became_of_its_own() -> None:
    assert names(ask(all_told, "a", "b", "c")) == ["a", "b", "c"]


def test_what_waits_at_the_same_time_shares_rounds_in_order() -> None:
    rounds: list[list[str | None]] = []

    async def carry_out(requests: Sequence[Request]) -> list[End]:
        rounds.append([each.asked.request_id for each in requests])
        return await all_told(requests)

    many = [str(number) for number in range(100)]
    assert names(ask(carry_out, *many)) == many
    assert len(rounds) < len(many)
    assert [name for each in rounds for name in each] == many


def test_the_loser_of_a_race_comes_first_in_the_next_round_and_gives_up_at_last() -> None:
    rounds: list[list[str | None]] = []

    async def carry_out(requests: Sequence[Request]) -> list[End]:
        rounds.append([each.asked.request_id for each in requests])
        return [Again.LOST if each.asked.request_id == "slow" else told(each) for each in requests]

    ended = ask(carry_out, "quick", "slow")
    assert names(ended) == ["quick"]
    assert isinstance(ended[1], Busy)
    tries = [each for each in rounds if "slow" in each]
    assert len(tries) == ATTEMPTS_MAX
    assert all(each[0] == "slow" for each in tries[1:])


def test_an_error_is_told_to_the_one_that_it_is_about() -> None:
    async def carry_out(requests: Sequence[Request]) -> list[End]:
        return [
            KeyReused("another") if each.asked.request_id == "bad" else told(each)
            for each in requests
        ]

    ended = ask(carry_out, "good", "bad")
    assert names(ended) == ["good"]
    assert isinstance(ended[1], KeyReused)


def test_a_round_that_fails_is_told_to_all_of_it_and_the_next_is_served() -> None:
    failures: Iterator[CarryOut] = iter([broken, all_told])

    async def carry_out(requests: Sequence[Request]) -> list[End]:
        return await next(failures)(requests)

    async def asked() -> Told:
        queue = CommitQueue(carry_out, ATTEMPTS_MAX)
        with pytest.raises(ZeroDivisionError):
            await queue.answer_to(request("first"))
        return await queue.answer_to(request("second"))

    assert names([asyncio.run(asked())]) == ["second"]


def test_who_waits_for_others_is_not_given_up() -> None:
    waits = iter([Again.WAITS] * (ATTEMPTS_MAX + 2))

    async def carry_out(requests: Sequence[Request]) -> list[End]:
        return [next(waits, None) or told(each) for each in requests]

    assert names(ask(carry_out, "patient")) == ["patient"]


async def broken(_requests: Sequence[Request]) -> list[End]:
    raise ZeroDivisionError


def test_a_request_whose_client_has_gone_is_still_carried_out() -> None:
    done: list[str | None] = []

    async def carry_out(requests: Sequence[Request]) -> list[End]:
        done.extend(each.asked.request_id for each in requests)
        return await all_told(requests)

    async def asked() -> Told:
        queue = CommitQueue(carry_out, ATTEMPTS_MAX)
        gone = asyncio.ensure_future(queue.answer_to(request("gone")))
        await asyncio.sleep(0)
        gone.cancel()
        found = await queue.answer_to(request("here"))
        with pytest.raises(asyncio.CancelledError):
            await gone
        return found

    assert names([asyncio.run(asked())]) == ["here"]
    assert done == ["gone", "here"]


class Slow:
    """Carries out rounds that end when they are told to."""

    def __init__(self) -> None:
        self.rounds: list[list[str | None]] = []
        self.ends: list[asyncio.Event] = []

    async def __call__(self, requests: Sequence[Request]) -> list[End]:
        self.rounds.append([each.asked.request_id for each in requests])
        self.ends.append(asyncio.Event())
        await self.ends[-1].wait()
        return await all_told(requests)


async def quiet() -> None:
    """Let the loop do all that it can do now."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_second_round_begins_when_enough_wait_whose_players_nobody_works_on() -> None:
    async def asked() -> tuple[list[list[str | None]], list[Told]]:
        slow = Slow()
        queue = CommitQueue(slow, ATTEMPTS_MAX)
        waiting = [asyncio.ensure_future(queue.answer_to(request("first", 1, 2)))]
        await quiet()
        # Of the same players, and after one of them: both wait, however many others there are.
        asked_for = [request("same", 2, 3), request("after", 3, 4)]
        asked_for += [request(f"other {n}", n, 100 + n) for n in range(10, 17)]
        waiting += [asyncio.ensure_future(queue.answer_to(each)) for each in asked_for]
        await quiet()
        assert slow.rounds == [["first"]]
        waiting.append(asyncio.ensure_future(queue.answer_to(request("other 17", 17, 117))))
        await quiet()
        assert slow.rounds[1:] == [[f"other {n}" for n in range(10, 18)]]
        many = [request(f"third {n}", n, 100 + n) for n in range(20, 40)]
        waiting += [asyncio.ensure_future(queue.answer_to(each)) for each in many]
        await quiet()
        assert len(slow.rounds) == 2
        slow.ends[0].set()
        await quiet()
        slow.ends[1].set()
        slow.ends[2].set()
        return slow.rounds, await asyncio.gather(*waiting)

    rounds, ended = asyncio.run(asked())
    assert len(ended) == 31
    assert rounds[2] == ["same", "after", *(f"third {n}" for n in range(20, 40))]


def test_a_round_with_too_few_answers_is_told_to_those_that_have_none() -> None:
    async def carry_out(requests: Sequence[Request]) -> list[End]:
        return (await all_told(requests))[:-1]

    first, *others = ask(carry_out, "a", "b")
    assert names([first]) == ["a"]
    assert [type(each) for each in others] == [ValueError]


def test_who_waits_for_a_round_that_was_cancelled_waits_no_longer() -> None:
    async def carry_out(_requests: Sequence[Request]) -> list[End]:
        raise asyncio.CancelledError

    (ended,) = ask(carry_out, "a")
    assert isinstance(ended, asyncio.CancelledError)
