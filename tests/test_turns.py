"""Turns are taken in the order of asking."""

from __future__ import annotations

import threading

import pytest

from rag.turns import Turns

WAIT_S = 5


def test_first_come_first_served() -> None:
    """With one place, threads that came one after the other go in in that order."""
    turns, went, ready = Turns(1), [], threading.Event()

    def go(number: int) -> None:
        ready.set()
        with turns:
            went.append(number)

    with turns:
        threads = []
        for number in range(5):
            ready.clear()
            threads.append(threading.Thread(target=go, args=(number,)))
            threads[-1].start()
            assert ready.wait(WAIT_S)
            _until_waiting(turns, number + 1)
        assert went == []
    for thread in threads:
        thread.join(WAIT_S)
    assert went == [0, 1, 2, 3, 4]


def test_as_many_as_allowed_are_inside() -> None:
    """Two places let two in together: a barrier of two inside is passed."""
    turns, barrier = Turns(2), threading.Barrier(2)

    def go() -> None:
        with turns:
            barrier.wait(WAIT_S)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert not any(thread.is_alive() for thread in threads)
    assert not barrier.broken


def test_a_failure_gives_its_place_back() -> None:
    """Whoever fails inside leaves the place to the next."""
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        pass


def _until_waiting(turns: Turns, count: int) -> None:
    pause = threading.Event()
    for _ in range(WAIT_S * 1000):
        if len(turns._waiting) == count:
            return
        pause.wait(0.001)
    raise AssertionError(f"{count} threads should be waiting")
