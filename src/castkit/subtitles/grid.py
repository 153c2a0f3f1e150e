"""The source's cues as the grid that a translation is laid on, and which sentence is spoken over which of them.

Rule: a sentence and a cue belong together where a good part of either is spoken in the other, by the same speaker.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from castkit.model.cue import Cue
from castkit.model.sentence import Sentence
from castkit.subtitles.profile import Profile

_GOOD_PART = 0.3


@dataclass(frozen=True, slots=True)
class Slot:
    """A cue's time; `limit_ms` is when another at the latest must have gone, `spoken_ms` about its last word's end."""

    start_ms: int
    end_ms: int
    limit_ms: int
    spoken_ms: int
    speaker: str | None = None


class Grid:
    """The slots of a track: the source's cues, and one for each sentence that no cue is shown with, where it fits."""

    def __init__(
        self, source: Sequence[Cue], sentences: Sequence[Sentence], profile: Profile, duration_ms: int
    ) -> None:
        cues = _ordered(source)
        for sentence in _alone(cues, sentences):
            if own := _own_time(sentence, cues, profile, duration_ms):
                cues = _ordered([*cues, own])
        self.slots: list[Slot] = []
        for number, cue in enumerate(cues):
            limit = cues[number + 1].start_ms - profile.gap_ms if number + 1 < len(cues) else duration_ms
            spoken = max(cue.start_ms, cue.end_ms - profile.linger_ms)
            self.slots.append(Slot(cue.start_ms, cue.end_ms, max(limit, cue.end_ms), spoken, cue.speaker))
        self._starts = [slot.start_ms for slot in self.slots]
        self._ends = list(accumulate((slot.end_ms for slot in self.slots), max))

    def of(self, sentence: Sentence) -> list[int]:
        """The numbers of a sentence's slots: those that it shares a good part with, or the one nearest to it."""
        near = range(bisect_right(self._ends, sentence.start_ms), bisect_left(self._starts, sentence.end_ms))
        shared = {number: _overlap(sentence, self.slots[number]) for number in near}
        shared = {number: over for number, over in shared.items() if over > 0}
        shared = {number: over for number, over in shared.items() if self._is_one_voice(sentence, number)} or shared
        good = [
            number for number, over in shared.items() if over >= _GOOD_PART * _shorter(sentence, self.slots[number])
        ]
        if good or shared:
            return good or [max(shared, key=lambda number: shared[number])]
        after = bisect_left(self._starts, sentence.start_ms)
        sides = [number for number in (after - 1, after) if 0 <= number < len(self.slots)]
        return [min(sides, key=lambda number: -_overlap(sentence, self.slots[number]))]

    def _is_one_voice(self, sentence: Sentence, number: int) -> bool:
        return not sentence.speaker or self.slots[number].speaker in (None, sentence.speaker)


def _ordered(cues: Iterable[Cue]) -> list[Cue]:
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def _alone(cues: Sequence[Cue], sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences that no cue is shown with."""
    starts, ends = [cue.start_ms for cue in cues], list(accumulate((cue.end_ms for cue in cues), max))
    return [
        one
        for one in sentences
        if bisect_right(ends, one.start_ms) >= bisect_left(starts, max(one.end_ms, one.start_ms + 1))
    ]


def _own_time(sentence: Sentence, cues: Sequence[Cue], profile: Profile, duration_ms: int) -> Cue | None:
    """A sentence's own time between the cues around it, or None where even the shortest cue has no room there."""
    since = max((cue.end_ms + profile.gap_ms for cue in cues if cue.start_ms <= sentence.start_ms), default=0)
    until = min(
        (cue.start_ms - profile.gap_ms for cue in cues if cue.start_ms > sentence.start_ms), default=duration_ms
    )
    until = min(until, duration_ms) if cues else max(duration_ms, since + profile.shortest_ms)
    needed = max(profile.shortest_ms, profile.reading_ms(profile.width(sentence.text)))
    start = max(since, min(sentence.start_ms, until - needed))
    end = min(until, max(sentence.end_ms, start + profile.shortest_ms))
    return Cue(start, end, sentence.text, sentence.speaker) if end - start >= profile.shortest_ms or not cues else None


def groups(sentences: Sequence[Sentence], grid: Grid) -> Iterator[tuple[list[Sentence], list[Slot]]]:
    """Sentences with the slots that they are spoken over, in groups that have no slot in common; in order of time."""
    chosen = [grid.of(one) for one in sentences]
    leader = list(range(len(grid.slots)))

    def root(number: int) -> int:
        while leader[number] != number:
            number = leader[number]
        return number

    for own in chosen:
        for number in own[1:]:
            one, other = sorted((root(own[0]), root(number)))
            leader[other] = one
    members: dict[int, list[Sentence]] = {}
    for sentence, own in zip(sentences, chosen, strict=True):
        members.setdefault(root(own[0]), []).append(sentence)
    slots: dict[int, list[Slot]] = {}
    for number, slot in enumerate(grid.slots):
        slots.setdefault(root(number), []).append(slot)
    for number in sorted(members):
        yield members[number], slots[number]


def _overlap(one: Sentence, other: Cue | Slot) -> int:
    return min(max(one.end_ms, one.start_ms + 1), other.end_ms) - max(one.start_ms, other.start_ms)


def _shorter(one: Sentence, other: Slot) -> int:
    return min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
