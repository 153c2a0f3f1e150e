"""Waiting for an answer, and no longer than that."""

from __future__ import annotations

import threading

import pytest

from castkit.storage.patience import Patience, TooSlow, within


def test_an_answer_or_an_error_comes_through() -> None:
    assert within(10, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(10, lambda: 1 // 0)


def test_a_time_out_of_its_own_is_no_slowness() -> None:
    def times_out() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        within(10, times_out)


def test_what_takes_too_long_is_left_to_itself() -> None:
    end = threading.Event()
    with pytest.raises(TooSlow):
        within(0.05, lambda: end.wait(30))
    with pytest.raises(TooSlow):
        within(-1, lambda: end.wait(30))
    end.set()


def test_pauses_grow_and_a_large_transfer_gets_more_time() -> None:
    patience = Patience(connect=1, read=2, tries=4, whole=10, slowest=1000)
    waits = patience.waits()
    assert len(waits) == 3
    assert all(0.25 * 2**number <= wait <= 0.5 * 2**number for number, wait in enumerate(waits))
    assert patience.one_try(5_000) == 8
    assert 14 < patience.deadline(5_000) - patience.deadline(0) + 10 < 16
