"""Free time on a clock on which people's cues stand.

Rule: a span that is taken is never given away, not a millisecond of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]


class Spans:
    """Spans (ms) laid over one another, as those that do not touch, in order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.joined: list[Span] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if self.joined and start <= self.joined[-1][1]:
                self.joined[-1] = (self.joined[-1][0], max(end, self.joined[-1][1]))
            else:
                self.joined.append((start, end))
        self._starts = [start for start, _ in self.joined]
        self._ends = [end for _, end in self.joined]

    def touching(self, start_ms: int, end_ms: int) -> Sequence[Span]:
        """Those that overlap a span."""
        return self.joined[bisect_right(self._ends, start_ms) : bisect_left(self._starts, end_ms)]

    def covered_ms(self, start_ms: int, end_ms: int) -> int:
        """How much of a span they cover."""
        return sum(min(end, end_ms) - max(start, start_ms) for start, end in self.touching(start_ms, end_ms))

    def free(self, start_ms: int, end_ms: int) -> Iterator[Span]:
        """What they leave of a span, in order."""
        at = start_ms
        for start, end in self.touching(start_ms, end_ms):
            if at < start:
                yield at, start
            at = max(at, end)
        if at < end_ms:
            yield at, end_ms


def placed(span: Span, within: Span, taken: Spans, least_ms: int) -> Span | None:
    """The most of a span that is free, grown to `least_ms` where there is room in `within`; None where there is none.

    What stands nearest to the span is taken, and of two equal places the earlier.
    """
    start, end = span
    free = list(taken.free(*within))
    if not free:
        return None
    low, high = max(free, key=lambda one: (_shared(one, span), -_apart(one, span), -one[0]))
    left, right = min(max(start, low), high), max(min(end, high), low)
    if right - left >= least_ms or (left, right) == span:
        return left, right
    right = min(high, left + least_ms)
    return max(low, right - least_ms), right


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _apart(one: Span, other: Span) -> int:
    return max(0, one[0] - other[1], other[0] - one[1])
