"""Which sentences of two texts on one clock say the same, by when they are said.

Rule: the order of neither text changes, and every sentence is in exactly one group.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from castkit.model.sentence import Sentence

REACH_MS = 30_000  # sentences further apart are not compared: Whisper hears 30 s at a time
LONE = 3_000  # what it costs to leave a sentence alone, in ms of difference
EACH_MORE = 200  # what every sentence beyond a pair's two costs, so that pairs are preferred
CROSSING = 1_500  # what it costs more to take several for several, which only sentences that cross call for

_SHAPES = tuple((a, b) for a in range(1, 4) for b in range(1, 4))


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences of the one text and of the other that belong together; either may be empty, but not both."""

    ones: tuple[Sentence, ...]
    others: tuple[Sentence, ...]

    @property
    def overlap(self) -> float:
        """The share of the time of both that they have in common, 0 to 1."""
        if not self.ones or not self.others:
            return 0.0
        (start, end), (start_other, end_other) = _span(self.ones), _span(self.others)
        together = max(end, end_other) - min(start, start_other)
        return max(min(end, end_other) - max(start, start_other), 0) / max(together, 1)


def aligned(ones: Sequence[Sentence], others: Sequence[Sentence]) -> tuple[Group, ...]:
    """The groups of up to three to three whose starts and ends differ least in all; both texts in order of time."""
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for one in range(len(ones) + 1):
        for other in _reach(ones, others, one):
            if (one, other) in best:
                _extend(best, (one, other), ones, others)
    return tuple(_groups(best, ones, others))


def _reach(ones: Sequence[Sentence], others: Sequence[Sentence], one: int) -> range:
    """How many of the others may have been said before `ones[one]`: by those within reach of it or the one before.

    The one before counts so that there is a way through stretches where only the others say anything.
    """
    first = bisect_left(others, ones[one - 1].start_ms - REACH_MS, key=_start) if one else 0
    last = bisect_left(others, ones[one].start_ms + REACH_MS, key=_start) if one < len(ones) else len(others)
    return range(first, max(first, last) + 1)


def _start(sentence: Sentence) -> int:
    return sentence.start_ms


def _extend(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]],
    at: tuple[int, int],
    ones: Sequence[Sentence],
    others: Sequence[Sentence],
) -> None:
    """Notes what each possible next group would cost in all, where that is the least so far."""
    cost, (one, other) = best[at][0], at
    steps = [(1, 0, LONE), (0, 1, LONE)]
    for a, b in _SHAPES:
        if one + a <= len(ones) and other + b <= len(others):
            steps.append((a, b, _difference(ones[one : one + a], others[other : other + b])))
    for a, b, more in steps:
        to = (one + a, other + b)
        if to[0] <= len(ones) and to[1] <= len(others) and (to not in best or cost + more < best[to][0]):
            best[to] = (cost + more, at)


def _difference(ones: Sequence[Sentence], others: Sequence[Sentence]) -> int:
    """What taking these for the same costs: the ms by which starts and ends differ, and more for larger groups."""
    (start, end), (start_other, end_other) = _span(ones), _span(others)
    cost = abs(start - start_other) + abs(end - end_other) + EACH_MORE * (len(ones) + len(others) - 2)
    if len(ones) > 1 and len(others) > 1:
        cost += CROSSING + abs(_spoken(ones) - _spoken(others))
    return cost


def _spoken(sentences: Sequence[Sentence]) -> int:
    return sum(one.end_ms - one.start_ms for one in sentences)


def _span(sentences: Sequence[Sentence]) -> tuple[int, int]:
    return min(one.start_ms for one in sentences), max(one.end_ms for one in sentences)


def _groups(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]], ones: Sequence[Sentence], others: Sequence[Sentence]
) -> Iterator[Group]:
    at, path = (len(ones), len(others)), []
    while at != (0, 0):
        before = best[at][1]
        path.append((before, at))
        at = before
    for (one, other), (one_end, other_end) in reversed(path):
        yield Group(tuple(ones[one:one_end]), tuple(others[other:other_end]))
