"""Cues from the words of a transcript, within a language's limits.

Rule: every word is in exactly one cue, and a limit that speech itself breaks is listed, never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from castkit.model.cue import Cue, CueException
from castkit.model.transcript import Utterance
from castkit.subtitles.atoms import Turn, turns
from castkit.subtitles.breaks import PLAIN, ends_sentence
from castkit.subtitles.lines import Lines, break_costs
from castkit.subtitles.profile import Breach, Profile, breaches
from castkit.subtitles.timing import Spoken, place, times

# A longer silence always ends a cue.
LONGEST_PAUSE_MS = 2500

# What a cue costs, in units of break_cost; weighed by reading the demonstration show's cues.
_CUE = 4.0
_END_OF_CUE = 2.0  # a bad break between cues, against one between lines
_END_OF_SPEECH = 400  # ms of pause after which a break reads as meant
_PAUSE_EXCUSES = 0.02  # a ms of it
_MEANT = PLAIN / 3
_PAUSE_INSIDE = 0.012  # a ms beyond _END_OF_SPEECH
_SENTENCE_TORN = 6.0  # a sentence ends in the cue, and the next one is left unfinished
_SCRAP = 16.0  # … after no more than a word or two
_SCRAP_WIDTH = 0.25  # of a line
_TOO_FAST = 8.0
_FASTER = 80.0  # twice as fast as can be read
_LATE = 60.0
_LATER = 0.02  # a ms
_TOO_LONG = 2000.0
_BRIEF_MS = 1300
_BRIEF = 3.0


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cue before it has times."""

    spoken: Spoken
    text: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class _Step:
    """A cue of the pieces from `first` to before `end`, and what it costs whenever it comes."""

    first: int
    end: int
    spoken: Spoken
    breaks: tuple[int, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Way:
    """The cheapest cues up to some piece that leave the screen free at `free_ms`; `step` is the last of them."""

    cost: float
    free_ms: int
    before: _Way | None = None
    step: _Step | None = None


class _Segmenter:
    """The cheapest way to cut one turn into cues, by dynamic programming over its pieces.

    What a cue costs depends on when it can come, and so on when the one before it goes: for every place the ways kept
    are those of which no other is both cheaper and earlier done. So text and times are chosen together.
    """

    def __init__(self, turn: Turn, profile: Profile, next_ms: int | None, duration_ms: int) -> None:
        self.turn, self.profile, self.duration_ms = turn, profile, duration_ms
        atoms = turn.atoms
        texts = [atom.text for atom in atoms]
        self.starts = [*(atom.start_ms for atom in atoms), next_ms]
        self.pauses = [0, *(b.start_ms - a.end_ms for a, b in pairwise(atoms)), 0]
        self.sentences = [False, *(ends_sentence(text) for text in texts)]
        self.lines = Lines(texts, profile, self._breaks(break_costs(texts, profile.language)))

    def cues(self, free_ms: int) -> tuple[list[_Shown], int]:
        """The turn as cues, none before `free_ms`, and when the screen is free again."""
        count = len(self.turn.atoms)
        ways: list[list[_Way]] = [[] for _ in range(count + 1)]
        ways[0] = [_Way(0.0, free_ms)]
        for end in range(1, count + 1):
            found: list[_Way] = []
            for first in range(end - 1, -1, -1):
                layout = self.lines.layout(first, end)
                if layout is None:
                    break
                cost = layout.cost + self._cost(first, end)
                step = _Step(first, end, self._spoken(first, end), layout.breaks, cost)
                found += [self._way(way, step) for way in ways[first]]
            ways[end] = self._kept(found, end)
        best = min(ways[count], key=lambda way: way.cost)
        return self._shown(best), best.free_ms

    def _breaks(self, costs: Sequence[float]) -> list[float]:
        """The harm of a break before each piece; the longer the pause there, the more it sounds meant."""
        return [
            min(cost, max(_MEANT, cost - pause * _PAUSE_EXCUSES)) if pause >= _END_OF_SPEECH else cost
            for cost, pause in zip(costs, self.pauses, strict=True)
        ]

    def _way(self, way: _Way, step: _Step) -> _Way:
        spoken, next_ms = step.spoken, self.starts[step.end]
        start, out = times(spoken, self.profile, free_ms=way.free_ms, next_ms=next_ms, duration_ms=self.duration_ms)
        cost = way.cost + step.cost + self._late(start - spoken.start_ms) + self._haste(spoken.width, out - start)
        return _Way(cost, out + self.profile.gap_ms, way, step)

    def _kept(self, found: list[_Way], end: int) -> list[_Way]:
        """The ways of which no other is both cheaper and done earlier; earlier than the next words is no gain."""
        next_ms = self.starts[end]
        early = self.duration_ms if next_ms is None else next_ms - self.profile.lead_ms
        kept: list[_Way] = []
        for way in sorted(found, key=lambda way: (way.cost, way.free_ms)):
            if not kept or max(way.free_ms, early) < max(kept[-1].free_ms, early):
                kept.append(way)
        if end == len(self.turn.atoms) and next_ms is not None:
            return [replace(way, cost=way.cost + self._late(way.free_ms - next_ms)) for way in kept]
        return kept

    def _late(self, late_ms: int) -> float:
        """The harm of a cue that comes after its first word; by the gap between two cues it may."""
        if late_ms <= 0:
            return 0.0
        is_noticed = late_ms > self.profile.gap_ms + self.profile.hold_ms
        return _LATER * late_ms + (_LATE if is_noticed else 0.0)

    def _haste(self, width: float, shown_ms: int) -> float:
        """The harm of a cue that goes before it can be read, or of one that only flashes."""
        needed = self.profile.reading_ms(width)
        if needed > shown_ms:
            return _TOO_FAST + _FASTER * min(3.0, needed / shown_ms - 1)
        return _BRIEF if shown_ms < _BRIEF_MS else 0.0

    def _cost(self, first: int, end: int) -> float:
        """The harm that is the same whenever the cue comes."""
        cost = _CUE + _END_OF_CUE * self.lines.breaks[end]
        cost += sum(max(0, pause - _END_OF_SPEECH) * _PAUSE_INSIDE for pause in self.pauses[first + 1 : end])
        cost += self._torn(first, end)
        atoms = self.turn.atoms
        return cost + (_TOO_LONG if atoms[end - 1].end_ms - atoms[first].start_ms > self.profile.longest_ms else 0.0)

    def _torn(self, first: int, end: int) -> float:
        """The harm of a sentence that ends within the cue: worst where only a scrap of another stands beside it."""
        inside = [place_ for place_ in range(first + 1, end) if self.sentences[place_]]
        if not inside:
            return 0.0
        scrap = self.profile.line_width * _SCRAP_WIDTH
        cost = 0.0
        if not self.sentences[end]:
            cost += _SENTENCE_TORN + (_SCRAP if self.lines.width(inside[-1], end) < scrap else 0.0)
        if first and not self.sentences[first]:
            cost += _SENTENCE_TORN + (_SCRAP if self.lines.width(first, inside[0]) < scrap else 0.0)
        return cost

    def _spoken(self, first: int, end: int) -> Spoken:
        atoms = self.turn.atoms
        return Spoken(atoms[first].start_ms, atoms[end - 1].end_ms, self.lines.width(first, end))

    def _shown(self, way: _Way | None) -> list[_Shown]:
        found: list[_Shown] = []
        while way is not None and way.step is not None:
            step = way.step
            text = self.lines.text(step.first, step.breaks, step.end)
            found.append(_Shown(step.spoken, text, self.turn.speaker))
            way = way.before
        return found[::-1]


def make_cues(
    utterances: Iterable[Utterance], profile: Profile, duration_ms: int
) -> tuple[tuple[Cue, ...], tuple[CueException, ...]]:
    """The utterances as cues in order of time, and the limits that could not be held, each with its reason.

    Times are programme milliseconds; `duration_ms` is the programme's length. Words of different speakers never share
    a cue. Every cue lasts from the profile's shortest to its longest and none overlaps another, whatever the words'
    times.
    """
    shown = sorted(_all_shown(list(turns(utterances, profile, LONGEST_PAUSE_MS)), profile, duration_ms), key=_start)
    placed = place([one.spoken for one in shown], profile, duration_ms)
    cues = tuple(
        Cue(start, end, profile.written(one.text), one.speaker) for one, (start, end) in zip(shown, placed, strict=True)
    )
    return cues, tuple(_exceptions(cues, shown, profile))


def _start(one: _Shown) -> int:
    return one.spoken.start_ms


def _all_shown(all_turns: Sequence[Turn], profile: Profile, duration_ms: int) -> Iterable[_Shown]:
    """The cues of every turn; where two speak at once, each turn is cut as if the other were silent."""
    free, last_ms = 0, 0
    for number, turn in enumerate(all_turns):
        later = (other.atoms[0].start_ms for other in all_turns[number + 1 :])
        next_ms = next((start for start in later if start >= turn.atoms[-1].start_ms), None)
        segmenter = _Segmenter(turn, profile, next_ms, duration_ms)
        shown, free = segmenter.cues(free if turn.atoms[0].start_ms >= last_ms else 0)
        last_ms = turn.atoms[-1].start_ms
        yield from shown


def _exceptions(cues: Sequence[Cue], shown: Sequence[_Shown], profile: Profile) -> Iterable[CueException]:
    broken = {(breach.index, breach.rule): breach for breach in breaches(cues, profile)}
    for index, (cue, one) in enumerate(zip(cues, shown, strict=True), start=1):
        late = cue.start_ms - one.spoken.start_ms
        if late > profile.gap_ms + profile.hold_ms:
            broken[index, "late"] = Breach(index, cue, "late", f"{late} ms after its first word")
    for (index, rule), breach in sorted(broken.items()):
        yield CueException(index, breach.cue.start_ms, rule, breach.found, _reason(rule, index, shown))


def _reason(rule: str, index: int, shown: Sequence[_Shown]) -> str:
    if rule == "line-length":
        return "a single word is longer than a line"
    if rule == "late":
        return "the cue before it needed the time to be read"
    if index < len(shown) and shown[index].spoken.start_ms < shown[index - 1].spoken.end_ms:
        return "two people speak at once"
    return "spoken faster than it can be read, and no pause follows"
