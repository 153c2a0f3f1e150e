"""Whole translated sentences laid on cues that come and go with the source's.

Rule: every word of the translation is in exactly one cue, in order; the source's times are left only where the text
cannot be read on them, and what even then breaks a limit is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from castkit.model.cue import Cue, CueException
from castkit.model.sentence import Sentence
from castkit.subtitles.grid import Grid, Slot, groups
from castkit.subtitles.lines import Layout, Lines
from castkit.subtitles.profile import Profile, breaches
from castkit.subtitles.translated import Translated, joined

# What a cue costs, in units of break_cost; weighed by reading both directions of the demonstration's first episode.
_END_OF_CUE = 2.0  # a bad break between cues, against one between lines
_UNSHARED = 7.0  # a cue that does not come and go with one of the source's
_SKIPPED = 40.0  # a cue of the source under which nothing stands
_PAUSE_INSIDE = 0.012  # a ms of silence beyond _PAUSE between two cues of the source that are joined
_PAUSE = 400
_DRIFT = 3.0  # a second between what is said and what is read
_DRIFT_GROWS = 1.5  # … by its square
_DRIFT_UNSEEN_MS = 300
_TOO_FAST = 8.0
_FASTER = 80.0  # twice as fast as can be read
_TOO_SHORT = 200.0
_TWO_SPEAKERS = 500.0
_POOR = 2 * _UNSHARED  # lines so badly broken that two cues may be better
_FARTHEST_MS = 8000  # what is said so much later than a cue goes never stands on it
_MOST_JOINED = 3
_MOST_PARTS = 4
_BEAM = 60


@dataclass(frozen=True, slots=True)
class _Part:
    """A cue to be: pieces `first` to before `end`."""

    start_ms: int
    end_ms: int
    first: int
    end: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class _Way:
    """The cheapest cues for the slots and the pieces so far."""

    cost: float
    before: _Way | None = None
    parts: tuple[_Part, ...] = ()


class _Layer:
    """One run of sentences on the slots that they are spoken over, by dynamic programming over both."""

    def __init__(self, text: Translated, slots: Sequence[Slot], profile: Profile) -> None:
        self.text, self.slots, self.profile = text, slots, profile
        self.lines = Lines(text.pieces, profile, text.breaks)
        self._layouts: dict[tuple[int, int], Layout | None] = {}

    def parts(self) -> Iterator[_Part]:
        """The cues, in order; too many lines stand in one only where there is no other way."""
        best = self._best(crowded=False) or self._best(crowded=True)
        found: list[_Part] = []
        while best is not None:
            found += reversed(best.parts)
            best = best.before
        return reversed(found)

    def _best(self, *, crowded: bool) -> _Way | None:
        count = len(self.text.pieces)
        ways: list[dict[int, _Way]] = [{} for _ in range(len(self.slots) + 1)]
        ways[0][0] = _Way(0.0)
        for number in range(len(self.slots)):
            kept = sorted(ways[number].items(), key=lambda item: (item[1].cost, item[0]))[:_BEAM]
            for first, way in kept:
                self._offer(ways[number + 1], first, _Way(way.cost + _SKIPPED, way))
                for last in range(number + 1, min(len(self.slots), number + _MOST_JOINED) + 1):
                    for end, cost, parts in self._options(number, last, first, crowded=crowded):
                        self._offer(ways[last], end, _Way(way.cost + cost, way, parts))
        return ways[-1].get(count)

    @staticmethod
    def _offer(ways: dict[int, _Way], end: int, way: _Way) -> None:
        if end not in ways or way.cost < ways[end].cost:
            ways[end] = way

    def _options(
        self, number: int, last: int, first: int, *, crowded: bool
    ) -> Iterator[tuple[int, float, tuple[_Part, ...]]]:
        """What may stand on these slots from this piece on: up to which piece, at what cost, and how."""
        count = len(self.text.pieces)
        for end in range(first + 1, count + 1):
            if not crowded and self.text.starts[end - 1] > self.slots[last - 1].end_ms + _FARTHEST_MS:
                return
            layout = self._layout(first, end)
            ending = self._ending(last, end)
            if layout is not None:
                cost, part = self._whole(number, last, _Part(0, 0, first, end, layout))
                yield end, cost + ending, (part,)
            found = self._split(number, last, first, end) if self._wants_parts(number, last, layout) else None
            if found is not None:
                yield end, found[0] + ending, found[1]
            elif layout is None and not crowded:
                return
            elif layout is None and end == count:
                cost, part = self._whole(number, last, _Part(0, 0, first, end, self.lines.wrapped(first, end)))
                yield end, cost + ending, (part,)

    def _layout(self, first: int, end: int) -> Layout | None:
        if (first, end) not in self._layouts:
            self._layouts[first, end] = self.lines.layout(first, end)
        return self._layouts[first, end]

    def _wants_parts(self, number: int, last: int, layout: Layout | None) -> bool:
        """Whether it is worth asking for several cues here: the text does not fit one, or it would stand too long."""
        span = self.slots[last - 1].end_ms - self.slots[number].start_ms
        is_poor = layout is None or layout.cost > _POOR or span > self.profile.longest_ms
        return last - number <= 2 and (is_poor or self.text.has_speakers)

    def _ending(self, last: int, end: int) -> float:
        """The harm of going on with piece `end` on slot `last`: a bad break, or words far from their sound."""
        if end == len(self.text.pieces):
            return 0.0
        if last == len(self.slots):
            return float("inf")
        since, until = self.slots[last - 1].spoken_ms, self.slots[last].start_ms
        said, again = self.text.ends[end - 1], self.text.starts[end]
        away = max(0, since - again, said - until) - _DRIFT_UNSEEN_MS
        seconds = max(0, away) / 1000
        return _END_OF_CUE * self.text.breaks[end] + _DRIFT * seconds + _DRIFT_GROWS * seconds**2

    def _whole(self, number: int, last: int, part: _Part) -> tuple[float, _Part]:
        """One cue on these slots, with the source's times or, where that is better, until later (or not so long)."""
        slots = self.slots[number:last]
        start, end = slots[0].start_ms, slots[-1].end_ms
        pauses = sum(max(0, two.start_ms - one.end_ms - _PAUSE) for one, two in pairwise(slots))
        cost = part.layout.cost + _UNSHARED * (last - number - 1) + _PAUSE_INSIDE * pauses
        cost += _TWO_SPEAKERS if self.text.is_mixed(part.first, part.end) else 0.0
        width = self.lines.width(part.first, part.end)
        needed = max(self.profile.shortest_ms, self.profile.reading_ms(width))
        later = min(start + self.profile.longest_ms, max(end, min(start + needed, slots[-1].limit_ms)))
        same = self._haste(width, min(end - start, self.profile.longest_ms))
        moved = self._haste(width, later - start) + _UNSHARED
        if end - start <= self.profile.longest_ms and same <= moved:
            return cost + same, _Part(start, end, part.first, part.end, part.layout)
        return cost + moved, _Part(start, later, part.first, part.end, part.layout)

    def _haste(self, width: float, shown_ms: int) -> float:
        cost = _TOO_SHORT if shown_ms < self.profile.shortest_ms else 0.0
        needed = self.profile.reading_ms(width)
        return cost + (_TOO_FAST + _FASTER * min(3.0, needed / max(shown_ms, 1) - 1) if needed > shown_ms else 0.0)

    def _split(self, number: int, last: int, first: int, end: int) -> tuple[float, tuple[_Part, ...]] | None:
        """The slots' time shared by several cues in proportion to their texts, or None where there is too little."""
        start, out = self.slots[number].start_ms, self.slots[last - 1].end_ms
        width = self.lines.width(first, end)
        out = max(out, min(start + self.profile.reading_ms(width), self.slots[last - 1].limit_ms))
        found = self._cut(first, end, (out - start) // self.profile.shortest_ms)
        if found is None:
            return None
        cost, cuts = found
        times = self._shares(start, out, [self.lines.width(*cut) for cut in cuts])
        if times is None:
            return None
        parts = []
        for (one, other), (since, until) in zip(cuts, times, strict=True):
            cost += _UNSHARED + self._haste(self.lines.width(one, other), until - since)
            parts.append(_Part(since, until, one, other, self._layout(one, other) or self.lines.wrapped(one, other)))
        return cost, tuple(parts)

    def _cut(self, first: int, end: int, most: int) -> tuple[float, tuple[tuple[int, int], ...]] | None:
        """The best places to part the pieces into two cues or more, each of which fits."""
        best: tuple[float, tuple[tuple[int, int], ...]] | None = None
        for middle in range(first + 1, end) if most >= 2 else ():
            layout = self._layout(first, middle)
            if layout is None:
                break
            rest = self._rest(middle, end, min(most, _MOST_PARTS) - 1)
            if rest is None:
                continue
            cost = layout.cost + rest[0] + _END_OF_CUE * self.text.breaks[middle]
            cost += _TWO_SPEAKERS if self.text.is_mixed(first, middle) else 0.0
            if best is None or cost < best[0]:
                best = cost, ((first, middle), *rest[1])
        return best

    def _rest(self, first: int, end: int, most: int) -> tuple[float, tuple[tuple[int, int], ...]] | None:
        layout = self._layout(first, end)
        if layout is None:
            return self._cut(first, end, most)
        return layout.cost + (_TWO_SPEAKERS if self.text.is_mixed(first, end) else 0.0), ((first, end),)

    def _shares(self, start: int, out: int, widths: Sequence[float]) -> list[tuple[int, int]] | None:
        gap, shortest, longest = self.profile.gap_ms, self.profile.shortest_ms, self.profile.longest_ms
        room = out - start - gap * (len(widths) - 1) - shortest * len(widths)
        if room < 0:
            return None
        times: list[tuple[int, int]] = []
        for width in widths:
            length = min(longest, shortest + round(room * width / sum(widths)))
            times.append((start, min(start + length, out)))
            start = times[-1][1] + gap
        return times


def laid_out(
    sentences: Sequence[Sentence], source: Sequence[Cue], profile: Profile, duration_ms: int
) -> tuple[tuple[Cue, ...], tuple[CueException, ...]]:
    """The translated sentences on the source's cues, and the limits that could not be held, each with its reason.

    A sentence's times are those of the sentence it translates; `profile` is the translation's. A cue shares both times
    with one of the source's unless its text cannot be read so: then it stays longer, or cues are joined or parted.
    What two speakers say stands in one cue only where the source's cue is too short to be parted. A sentence that no
    cue of the source is shown with stands at its own time. Times in ms; `duration_ms` is the programme's length.
    """
    worded = sorted((one for one in sentences if one.text.strip()), key=lambda one: (one.start_ms, one.end_ms))
    found: list[Cue] = []
    for members, slots in groups(worded, Grid(source, worded, profile, duration_ms)):
        text = joined(members, profile)
        layer = _Layer(text, slots, profile)
        for part in layer.parts():
            shown = profile.written(layer.lines.text(part.first, part.layout.breaks, part.end))
            found.append(Cue(part.start_ms, part.end_ms, shown, text.speakers[part.first]))
    cues = tuple(sorted(found, key=lambda cue: (cue.start_ms, cue.end_ms)))
    return cues, tuple(_exceptions(cues, profile))


_REASONS = {
    "line-length": "a single word is longer than a line",
    "lines": "the translation is too long for the time of what it translates",
    "reading-speed": "the translation takes longer to read than it is said, and no pause follows",
    "shortest": "the source's cue is as short, and no pause follows",
    "overlap": "the source's cues overlap",
}


def _exceptions(cues: Sequence[Cue], profile: Profile) -> Iterable[CueException]:
    for breach in breaches(cues, profile):
        reason = _REASONS.get(breach.rule, "the source's cue is so")
        yield CueException(breach.index, breach.cue.start_ms, breach.rule, breach.found, reason)
