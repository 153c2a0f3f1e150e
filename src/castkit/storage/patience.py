"""How long to wait for a store, and waiting no longer than that.

Rule: every wait has an end of our own: a network that gives a byte now and then never times out by itself.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """The time was over before an answer came."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a store, in seconds; a transfer gets more time by its size."""

    connect: float = 10
    read: float = 60
    tries: int = 5
    whole: float = 120
    slowest: float = 64 * 1024  # bytes a second: a transfer slower than this is given up

    def deadline(self, size: int = 0) -> float:
        """The moment, on the monotonic clock, at which a call that moves this many bytes is not tried again."""
        return time.monotonic() + self.whole + size / self.slowest

    def waits(self) -> tuple[float, ...]:
        """The pauses before trying again, each twice the one before, by chance a little shorter."""
        return tuple(0.5 * 2**number * (0.5 + secrets.randbelow(500) / 1000) for number in range(self.tries - 1))

    def one_try(self, size: int = 0) -> float:
        """The seconds after which one try that moves this many bytes is given up for another."""
        return self.connect + self.read + size / self.slowest


PATIENT = Patience()


def within(seconds: float, action: Callable[[], T]) -> T:
    """What the action gives; TooSlow where it takes longer, and is then left to itself in a thread nobody waits for."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(action())
        except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
            answer.set_exception(error)

    threading.Thread(target=work, name="castkit-call", daemon=True).start()
    try:
        return answer.result(timeout=max(seconds, 0))
    except TimeoutError:
        if answer.done():  # in time after all, or with a time-out of its own
            return answer.result()
        raise TooSlow from None
