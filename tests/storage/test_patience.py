"""Waiting for an answer, and no longer than that."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait

import pytest

from castkit.storage.patience import Patience, TooSlow, within


def test_an_answer_or_an_error_comes_through() -> None:
    assert within(60, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)


def test_a_time_out_of_its_own_is_no_slowness() -> None:
    def times_out() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        within(60, times_out)


def test_what_takes_too_long_is_left_to_itself() -> None:
    end = threading.Event()
    with pytest.raises(TooSlow):
        within(0.05, end.wait)
    with pytest.raises(TooSlow):
        within(-1, end.wait)
    end.set()


@pytest.mark.parametrize("its_own", [False, True])
def test_what_comes_as_the_time_ends_comes_through(monkeypatch: pytest.MonkeyPatch, its_own: bool) -> None:
    """An answer, or the action's own time-out, right after the wait for it was given up."""
    result = Future.result

    def late(answer: Future[int], timeout: float | None = None) -> int:
        if timeout is not None:
            wait([answer])
            raise TimeoutError
        return result(answer)

    def act() -> int:
        if its_own:
            raise TimeoutError("its own")
        return 7

    monkeypatch.setattr(Future, "result", late)
    if its_own:
        with pytest.raises(TimeoutError, match="its own"):
            within(60, act)
    else:
        assert within(60, act) == 7


def test_pauses_grow_and_a_large_transfer_gets_more_time() -> None:
    patience = Patience(connect=1, read=2, tries=4, whole=10, slowest=1000)
    waits = patience.waits()
    assert len(waits) == 3
    assert all(0.25 * 2**number <= wait <= 0.5 * 2**number for number, wait in enumerate(waits))
    assert patience.one_try(5_000) == 8
    before = time.monotonic()
    deadline = patience.deadline(5_000)
    assert before + 15 <= deadline <= time.monotonic() + 15
