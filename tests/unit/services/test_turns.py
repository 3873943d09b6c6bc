"""Turns are had in the order of asking, so many at a time."""

from __future__ import annotations

import threading
import time

import pytest

from src.services.turns import Turns

_NOTICED_S_MAX = 10.0


def test_who_waits_longest_is_next_even_when_others_are_quicker() -> None:
    turns, order, asking = Turns(1), list[int](), threading.Semaphore(0)

    def wait_for_it(number: int) -> None:
        asking.release()
        with turns:
            order.append(number)

    threads = [threading.Thread(target=wait_for_it, args=(number,)) for number in range(8)]
    with turns:
        for count, thread in enumerate(threads, 1):
            thread.start()
            asking.acquire()
            expect_waiting(turns, count)
    # Who holds a turn and asks for another comes after those that wait.
    with turns:
        order.append(-1)
    for thread in threads:
        thread.join()
    assert order == [*range(8), -1]


def test_no_more_than_so_many_have_a_turn() -> None:
    turns, inside, most, lock = Turns(3), 0, 0, threading.Lock()
    # Nobody goes on before three are in, so that chance does not decide whether they meet.
    three = threading.Barrier(3, timeout=60)

    def take() -> None:
        nonlocal inside, most
        with turns:
            with lock:
                inside += 1
                most = max(most, inside)
            three.wait()
            with lock:
                inside -= 1

    threads = [threading.Thread(target=take) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 3)


def test_a_turn_is_handed_over_when_its_holder_fails() -> None:
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        assert turns.waiting == 0


def expect_waiting(turns: Turns, count: int) -> None:
    """Wait until so many wait."""
    deadline = time.monotonic() + _NOTICED_S_MAX
    while turns.waiting < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)
