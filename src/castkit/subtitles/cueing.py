"""Cues from the words of a transcript, within a language's limits.

Rule: every word is in exactly one cue, and a limit that speech itself breaks is listed, never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from castkit.model.cue import Cue, CueException
from castkit.model.transcript import Utterance
from castkit.subtitles.atoms import Atom, Turn, turns
from castkit.subtitles.breaks import PLAIN, break_cost, ends_sentence
from castkit.subtitles.profile import Breach, Profile, breaches
from castkit.subtitles.timing import Spoken, out_time, place

# A longer silence always ends a cue.
LONGEST_PAUSE_MS = 2500

# What a cue costs, in units of break_cost; weighed by reading the demonstration show's cues.
_CUE = 4.0
_SECOND_LINE = 1.0
_UNEVEN_LINES = 4.0  # for a whole line of difference
_END_OF_CUE = 2.0  # a bad break between cues, against one between lines
_END_OF_SPEECH = 400  # ms of pause after which a break reads as meant
_PAUSE_INSIDE = 0.012  # a ms beyond _END_OF_SPEECH
_SENTENCE_TORN = 6.0  # a sentence ends in the cue, and the next one is left unfinished
_SCRAP = 16.0  # … after no more than a word or two
_SCRAP_WIDTH = 0.25  # of a line
_TOO_FAST = 8.0
_FASTER = 80.0  # twice as fast as can be read
_TOO_SHORT = 60.0
_TOO_LONG = 2000.0
_TOO_WIDE = 5000.0
_BRIEF_MS = 1300
_BRIEF = 3.0


@dataclass(frozen=True, slots=True)
class _Layout:
    """How atoms `first` to `end` (exclusive) stand on lines: broken before `line_break`, or on one line (0)."""

    line_break: int
    cost: float


class _Segmenter:
    """The cheapest way to cut one turn into cues, by dynamic programming over its atoms."""

    def __init__(self, turn: Turn, profile: Profile, next_ms: int | None) -> None:
        self.turn, self.profile = turn, profile
        self.atoms: tuple[Atom, ...] = turn.atoms
        self.starts = [*(atom.start_ms for atom in self.atoms), next_ms]
        self.widths = [0.0, *accumulate(profile.width(atom.text) for atom in self.atoms)]
        self.leads = [profile.width(atom.text) - profile.width(atom.text.lstrip()) for atom in self.atoms]
        self.breaks = _break_costs([atom.text for atom in self.atoms], profile.language)
        self.pauses = [0, *(b.start_ms - a.end_ms for a, b in zip(self.atoms, self.atoms[1:], strict=False)), 0]
        self.sentences = [False, *(ends_sentence(atom.text) for atom in self.atoms)]

    def cues(self) -> list[Spoken]:
        """The turn as texts with the time they are spoken."""
        count = len(self.atoms)
        best = [0.0, *([float("inf")] * count)]
        origin: list[tuple[int, int]] = [(0, 0)] * (count + 1)
        for end in range(1, count + 1):
            for first in range(end - 1, -1, -1):
                layout = self._layout(first, end)
                if layout is None:
                    break
                cost = best[first] + layout.cost + self._cost(first, end)
                if cost < best[end]:
                    best[end], origin[end] = cost, (first, layout.line_break)
        found: list[Spoken] = []
        end = count
        while end:
            first, line_break = origin[end]
            found.append(self._spoken(first, line_break, end))
            end = first
        return found[::-1]

    def _width(self, first: int, end: int) -> float:
        return self.widths[end] - self.widths[first] - self.leads[first]

    def _layout(self, first: int, end: int) -> _Layout | None:
        """The best lines for these atoms, or None where they do not fit; one atom always does, at a price."""
        limit, width = self.profile.line_width, self._width(first, end)
        if width <= limit:
            return _Layout(0, 0.0)
        if end - first == 1:
            return _Layout(0, _TOO_WIDE)
        if width > limit * self.profile.lines + 1:
            return None
        options = [
            _Layout(middle, self._line_cost(middle, upper, lower))
            for middle in range(first + 1, end)
            if (upper := self._width(first, middle)) <= limit and (lower := self._width(middle, end)) <= limit
        ]
        # A wider piece may still fit once a shorter one opens it, but then the same atoms fit without that one too.
        return min(options, key=lambda option: option.cost, default=_Layout(0, _TOO_WIDE * 2))

    def _line_cost(self, middle: int, upper: float, lower: float) -> float:
        return _SECOND_LINE + self._break(middle) + _UNEVEN_LINES * abs(upper - lower) / self.profile.line_width

    def _break(self, place_: int) -> float:
        """The harm of a break before this atom; a pause there makes it sound meant."""
        return min(self.breaks[place_], PLAIN / 3) if self.pauses[place_] >= _END_OF_SPEECH else self.breaks[place_]

    def _cost(self, first: int, end: int) -> float:
        spoken = self._spoken(first, 0, end)
        shown = out_time(spoken, spoken.start_ms, self.starts[end], self.profile) - spoken.start_ms
        cost = _CUE + _END_OF_CUE * self._break(end)
        cost += sum(max(0, pause - _END_OF_SPEECH) * _PAUSE_INSIDE for pause in self.pauses[first + 1 : end])
        cost += self._torn(first, end)
        if (needed := self.profile.reading_ms(spoken.width)) > shown:
            cost += _TOO_FAST + _FASTER * min(3.0, needed / max(shown, 1) - 1)
        if shown < self.profile.shortest_ms:
            cost += _TOO_SHORT
        elif shown < _BRIEF_MS:
            cost += _BRIEF
        if spoken.end_ms - spoken.start_ms > self.profile.longest_ms:
            cost += _TOO_LONG
        return cost

    def _torn(self, first: int, end: int) -> float:
        """The harm of a sentence that ends within the cue: worst where only a scrap of another stands beside it."""
        inside = [place_ for place_ in range(first + 1, end) if self.sentences[place_]]
        if not inside:
            return 0.0
        scrap = self.profile.line_width * _SCRAP_WIDTH
        cost = 0.0
        if not self.sentences[end]:
            cost += _SENTENCE_TORN + (_SCRAP if self._width(inside[-1], end) < scrap else 0.0)
        if first and not self.sentences[first]:
            cost += _SENTENCE_TORN + (_SCRAP if self._width(first, inside[0]) < scrap else 0.0)
        return cost

    def _spoken(self, first: int, line_break: int, end: int) -> Spoken:
        cut = line_break or end
        lines = ["".join(atom.text for atom in part).strip() for part in (self.atoms[first:cut], self.atoms[cut:end])]
        text = "\n".join(line for line in lines if line)
        start, last = self.atoms[first].start_ms, self.atoms[end - 1].end_ms
        return Spoken(text, start, last, self._width(first, end), self.turn.speaker)


def _break_costs(texts: Sequence[str], language: str) -> list[float]:
    """The harm of a break before each text, and none at both ends."""
    trios = zip(["", *texts], texts, texts[1:], strict=False)
    return [0.0, *(break_cost(left, right, language, earlier=earlier) for earlier, left, right in trios), 0.0]


def make_cues(
    utterances: Iterable[Utterance], profile: Profile, duration_ms: int
) -> tuple[tuple[Cue, ...], tuple[CueException, ...]]:
    """The utterances as cues in order of time, and the limits that could not be held, each with its reason.

    Times are programme milliseconds; `duration_ms` is the programme's length. Words of different speakers never share
    a cue. Every cue lasts from 5/6 s to 7 s and none overlaps another, whatever the words' times.
    """
    spoken: list[Spoken] = []
    all_turns = list(turns(utterances, profile, LONGEST_PAUSE_MS))
    for number, turn in enumerate(all_turns):
        later = (other.atoms[0].start_ms for other in all_turns[number + 1 :])
        next_ms = next((start for start in later if start >= turn.atoms[-1].start_ms), None)
        spoken += _Segmenter(turn, profile, next_ms).cues()
    spoken.sort(key=lambda one: one.start_ms)
    times = place(spoken, profile, duration_ms)
    cues = tuple(Cue(start, end, one.text, one.speaker) for one, (start, end) in zip(spoken, times, strict=True))
    return cues, tuple(_exceptions(cues, spoken, profile))


def _exceptions(cues: Sequence[Cue], spoken: Sequence[Spoken], profile: Profile) -> Iterable[CueException]:
    broken = {(breach.index, breach.rule): breach for breach in breaches(cues, profile)}
    for index, (cue, one) in enumerate(zip(cues, spoken, strict=True), start=1):
        late = cue.start_ms - one.start_ms
        if late > profile.gap_ms + profile.hold_ms:
            broken[index, "late"] = Breach(index, cue, "late", f"{late} ms after its first word")
    for (index, rule), breach in sorted(broken.items()):
        yield CueException(index, breach.cue.start_ms, rule, breach.found, _reason(rule, index, spoken))


def _reason(rule: str, index: int, spoken: Sequence[Spoken]) -> str:
    one = spoken[index - 1]
    if rule == "line-length":
        return "a single word is longer than a line"
    if rule == "late":
        return "the cue before it needed the time to be read"
    if index < len(spoken) and spoken[index].start_ms < one.end_ms:
        return "two people speak at once"
    return "spoken faster than it can be read, and no pause follows"
