"""Whether what is said under a cue is still what was said there when it was written.

Rule: words are compared, not cues, so that another grid of the same words makes nothing stale.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from castkit.model.cue import Cue
from castkit.subtitles.merge.likeness import same_words
from castkit.subtitles.merge.result import Clock, Stale
from castkit.subtitles.merge.spoken import Spoken

_ASTRAY_MS = 3000  # equal words farther from where the clock puts them are not the same words
_JITTER_MS = 500  # what a new recognition may move a word by


class Sources:
    """The source's words on the old clock and on the new one, and which of them are the same."""

    def __init__(self, old: Sequence[Cue], new: Sequence[Cue], clock: Clock) -> None:
        self.is_known = bool(old)
        self.old, self.new = Spoken(old), Spoken(new)
        self.same = _same(self.old, self.new, clock)  # pairs of indexes, rising in both
        self.by_old = dict(self.same)
        self.known = set(self.by_old.values())

    def stale(self, before: tuple[int, int], now: tuple[int, int]) -> Stale | None:
        """What changed under a span of the old clock that is now a span (ms) of the new one; None: nothing did."""
        if not self.is_known:
            return None
        first, end = self.old.within(*before)
        low, high = self._between(first, end)
        near = self.new.within(now[0] - _ASTRAY_MS, now[1] + _ASTRAY_MS)
        low, high = max(low, near[0]), min(high, near[1])
        fresh = [index for index in range(low, high) if index not in self.known]
        is_whole = all(index in self.by_old for index in range(first, end))
        if is_whole and not any(self._is_under(index, now, first, end) for index in fresh):
            return None
        start_ms, end_ms = now[0] - _JITTER_MS, now[1] + _JITTER_MS
        shown = [index for index in fresh if start_ms <= self.new.words[index].at_ms < end_ms]
        shown += [self.by_old[index] for index in range(first, end) if index in self.by_old]
        return Stale(self.old.text(first, end), self.new.text(min(shown), max(shown) + 1) if shown else "")

    def _between(self, first: int, end: int) -> tuple[int, int]:
        """The new words between the last that stands before a run of old ones and the first that stands after it."""
        left = bisect_left(self.same, (first, -1)) - 1
        right = bisect_left(self.same, (end, -1))
        low = self.same[left][1] + 1 if left >= 0 else 0
        return low, self.same[right][1] if right < len(self.same) else len(self.new.words)

    def _is_under(self, index: int, now: tuple[int, int], first: int, end: int) -> bool:
        """Whether a word that was not there before was put among a cue's own, or lies in its time."""
        own = [self.by_old[one] for one in (first, end - 1) if first < end and one in self.by_old]
        if len(own) == 2 and own[0] < index < own[1]:
            return True
        return now[0] <= self.new.words[index].at_ms < now[1]


def _same(old: Spoken, new: Spoken, clock: Clock) -> list[tuple[int, int]]:
    pairs = same_words([word.text for word in old.words], [word.text for word in new.words])
    return [(one, other) for one, other in pairs if _is_near(old.words[one].at_ms, new.words[other].at_ms, clock)]


def _is_near(old_ms: float, new_ms: float, clock: Clock) -> bool:
    at = clock(int(old_ms), int(old_ms) + 1)
    return at is not None and abs(at[0] - new_ms) <= _ASTRAY_MS
