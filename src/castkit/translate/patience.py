"""How long a service is waited for, and how often it is asked.

Rule: every wait ends at the deadline, and while it lasts the caller is heard, who may raise to give up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_TICK_S = 0.5


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the time comes from, in seconds, and how it passes."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class OutOfTime(Exception):
    """The deadline has come, or would come before a wait is over."""


class Patience:
    """A deadline that starts now, and a pace of requests."""

    def __init__(
        self, deadline_s: float, requests_per_minute: int, *, clock: Clock, alive: Callable[[], None] = lambda: None
    ) -> None:
        self.alive = alive
        self._clock = clock
        self._until = clock.now() + deadline_s
        self._apart_s = 60 / requests_per_minute
        self._next = clock.now()

    @property
    def left_s(self) -> float:
        return self._until - self._clock.now()

    def turn(self) -> None:
        """Waits until the next request may be made; OutOfTime where none may be any more."""
        self.wait(max(0.0, self._next - self._clock.now()))
        self._next = self._clock.now() + self._apart_s

    def wait(self, seconds: float) -> None:
        """Waits; OutOfTime at once where the deadline comes first."""
        if seconds >= self.left_s:
            raise OutOfTime
        until = self._clock.now() + seconds
        while (left := until - self._clock.now()) > 0:
            self.alive()
            self._clock.sleep(min(left, _TICK_S))
        self.alive()
