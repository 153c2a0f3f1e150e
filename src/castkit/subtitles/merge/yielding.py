"""The machine's cues around a person's: as they are, moved, without words that are said already, or left out.

Rule: nobody's time and text yields but the machine's, and what may be lost or said twice by it is flagged.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from castkit.model.cue import Cue
from castkit.subtitles.merge.result import SHORTEST_MS, MergedCue, Way, Whose, Yielded
from castkit.subtitles.merge.room import Span, Spans, placed
from castkit.subtitles.merge.spoken import words
from castkit.subtitles.merge.taken_words import without

_READABLE_MS = 833  # 5/6 s, Netflix's shortest event
_REACH_MS = 1500  # how far from its own time a machine's cue may be shown
_WHOLE = 0.9  # of a cue that a person's words cover: nothing of it is left to say
_HALF = 0.5
_TRACE = 0.1  # no more than the jitter of a new recognition
_AGREEING = 0.35  # between the share of a cue's time that is taken, and of its words


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a person decided on the machine's words (ms on the new clock), and the words they were given there."""

    start_ms: int
    end_ms: int
    text: str


class Yielding:
    """What the machine's cues must leave alone: the time of people's cues, and the words they decided on."""

    def __init__(self, shown: Iterable[Span], claims: Sequence[Claim]) -> None:
        self.shown = Spans(shown)
        self.claims = sorted(claims, key=lambda one: (one.start_ms, one.end_ms))
        self._starts = [one.start_ms for one in self.claims]
        self._ends = list(accumulate((one.end_ms for one in self.claims), max))
        self.decided = Spans((one.start_ms, one.end_ms) for one in claims)
        self.both = Spans([*self.shown.joined, *self.decided.joined])

    def around(self, cues: Sequence[Cue]) -> tuple[list[MergedCue], list[Yielded]]:
        """What is shown of the machine's cues, and all that made room, flagged or not."""
        order = sorted(range(len(cues)), key=lambda index: (cues[index].start_ms, cues[index].end_ms))
        made, yielded = [], []
        until = 0
        for number, index in enumerate(order):
            cue = cues[index]
            after = cues[order[number + 1]].start_ms if number + 1 < len(order) else cue.end_ms + _REACH_MS
            within = (min(cue.start_ms, max(until, cue.start_ms - _REACH_MS)), max(cue.end_ms, after))
            shown, way = self._yield(cue, (max(0, within[0]), min(within[1], cue.end_ms + _REACH_MS)))
            if shown:
                made.append(MergedCue(shown, Whose.MACHINE, new=index))
                until = max(until, shown.end_ms)
            if way:
                yielded.append(Yielded(cue, index, way, shown))
        return made, yielded

    def _yield(self, cue: Cue, within: Span) -> tuple[Cue | None, Way | None]:
        """What is shown of a cue, and how it made room; None where it did not have to."""
        span = (cue.start_ms, cue.end_ms)
        taken = self.decided.covered_ms(*span) / max(1, cue.duration_ms)
        if not taken and not self.shown.touching(*span):
            return cue, None
        rest = self._rest(cue, taken)
        if not rest:
            return None, Way.REPLACED
        if rest == cue.text and taken >= _HALF:
            return None, Way.PERHAPS_LOST
        at = placed(span, within, self.shown if rest == cue.text else self.both, min(cue.duration_ms, _READABLE_MS))
        if at is None or at[1] - at[0] < min(SHORTEST_MS, cue.duration_ms):
            return None, Way.NO_ROOM
        shown = replace(cue, start_ms=at[0], end_ms=at[1], text=rest)
        return shown, _way(cue, shown, taken)

    def _rest(self, cue: Cue, taken: float) -> str:
        """The text without the words decided on, where as much of its time is taken as of its words."""
        if not _TRACE < taken < _WHOLE:
            return cue.text if taken < _WHOLE else ""
        near = [one for one in self._near(cue) if one.text]
        inside = [one.text for one in near if one.start_ms >= cue.start_ms and one.end_ms <= cue.end_ms]
        before = [one.text for one in near if one.start_ms < cue.start_ms]
        after = [one.text for one in near if one.start_ms >= cue.start_ms and one.end_ms > cue.end_ms]
        rest = without(cue.text, before, inside, after)
        share = 1 - len("".join(words(rest))) / max(1, len("".join(words(cue.text))))
        return rest if abs(share - taken) <= _AGREEING else cue.text

    def _near(self, cue: Cue) -> Sequence[Claim]:
        return self.claims[bisect_right(self._ends, cue.start_ms) : bisect_left(self._starts, cue.end_ms)]


def _way(cue: Cue, shown: Cue, taken: float) -> Way | None:
    if shown.text != cue.text:
        return Way.WORDS_TAKEN
    if taken > _TRACE:
        return Way.PERHAPS_TWICE
    return None if shown == cue else Way.MOVED
