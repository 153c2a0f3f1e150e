"""The model's clock, and resources that are shared: cores, a link, the coordinator's Python.

Rule: what is asked for more than it has makes all who use it slower by the same factor; nobody is turned away.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

Then = Callable[[], None]


class Shared:
    """A resource that all share evenly. It lives in a time of its own, which runs slower the more is asked of it."""

    def __init__(self, clock: Clock, capacity: float) -> None:
        self._clock, self.capacity = clock, capacity
        self._asked = self.served = self._own = self._seen = 0.0
        self._ending: list[tuple[float, int, float, Then]] = []
        self._count = self.version = 0

    @property
    def _rate(self) -> float:
        return min(1.0, self.capacity / self._asked) if self._asked else 1.0

    def use(self, seconds: float, share: float, then: Then) -> None:
        """Takes `share` of the capacity for so many seconds, longer where others take too much; then `then`."""
        self._pass()
        self._count += 1
        self._asked += share
        heapq.heappush(self._ending, (self._own + seconds, self._count, share, then))
        self._plan()

    def end(self) -> None:
        """The first one is through."""
        self._pass()
        own, _, share, then = heapq.heappop(self._ending)
        self._own = max(self._own, own)
        self._asked = self._asked - share if self._ending else 0.0
        self._plan()
        then()

    def _pass(self) -> None:
        passed = self._clock.now - self._seen
        self.served += min(self._asked, self.capacity) * passed
        self._own += passed * self._rate
        self._seen = self._clock.now

    def _plan(self) -> None:
        self.version += 1
        if self._ending:
            self._clock.at(self._seen + max(self._ending[0][0] - self._own, 0.0) / self._rate, self)


class Clock:
    """What happens next."""

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, int, Shared | Then]] = []
        self._count = 0

    def at(self, when: float, what: Shared | Then) -> None:
        self._count += 1
        version = what.version if isinstance(what, Shared) else 0
        heapq.heappush(self._coming, (when, self._count, version, what))

    def run(self) -> None:
        while self._coming:
            when, _, version, what = heapq.heappop(self._coming)
            if not isinstance(what, Shared):
                self.now = when
                what()
            elif version == what.version:  # else it was planned anew since
                self.now = when
                what.end()
