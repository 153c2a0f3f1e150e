"""The source lines of a subtitle file in two languages, recognised and taken out.

Rule: lines go only where they are the source's beyond doubt; nothing that may be a translator's word is taken out, and
where it cannot be told, a person is asked.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, product

from castkit.model.cue import Cue
from castkit.subtitles.incoming.received import Findings, Incoming

SURE = 0.85  # how like the source's letters must be; a few touched characters of a line leave nine tenths
_DOUBT = 0.6
_LONGEST_RUN = 3  # source cues that a translator may have joined into one
_MOST_PARTS = 3  # cues that a translator may have made of one
_MOST_LINES = 8  # of each: more are no cue that was handed out


@dataclass(frozen=True, slots=True)
class _Split:
    """The lines of a cue as source and the rest, and how like the source the first are, 0 to 1."""

    likeness: float
    rest: tuple[str, ...]
    is_above: bool


def holds_source(cues: Sequence[Cue], source: Sequence[Cue]) -> bool:
    """Whether at least half of the cues hold lines of the source beside lines of their own."""
    track = _Track(source)
    found = [_best(cue, _near(cue, track)) for cue in cues]
    return sum(one is not None and one.likeness >= SURE and bool(one.rest) for one in found) * 2 >= max(len(found), 1)


def without_source(incoming: Incoming, source: Sequence[Cue], name: str, *, was_beside: bool = True) -> Incoming:
    """The file without the lines of `source`, the cues that were handed out with it, in order of time.

    Changed, moved, split and joined cues and either order of the languages are understood; a cue with the source's
    lines alone becomes an empty one. `was_beside`: the source stood in the file when it was handed out, so that where
    it is missing now that is told. Raises CastkitError with the line where it cannot be told what is source.
    """
    findings, track = Findings(name), _Track(source)
    splits = [_best(cue, _near(cue, track)) for cue in incoming.cues]
    usual = sum((1 if one.is_above else -1) for one in splits if one and one.likeness >= SURE and one.rest) >= 0
    parted = _parted(incoming.cues, splits, track)
    cues, places, empty = [], [], list(incoming.empty)
    for number, (cue, place, found) in enumerate(zip(incoming.cues, incoming.places, splits, strict=True)):
        split = parted.get(number) or _ordered(cue, found, track, is_above=usual)
        if split is None or split.likeness < _DOUBT:
            beside = incoming.cues[max(0, number - 1) : number + 2]
            if was_beside and _is_missing(cue, beside, track):
                findings.note("no line of the source is found in the cue; kept whole", place)
            cues.append(cue)
            places.append(place)
        elif split.likeness < SURE or (split.likeness < 1 and _is_doubtful(split, cue, track)):
            reason = f"cannot tell the source's lines from the translation: {cue.text!r}"
            findings.fault(place, reason, "take the source's lines out of this cue, or restore them as handed out")
        elif split.rest:
            cues.append(replace(cue, text="\n".join(split.rest)))
            places.append(place)
        else:
            findings.note("the cue holds the source's words alone; not translated", place)
            empty.append(replace(cue, text=""))
    findings.raise_faults()
    notes = (*incoming.notes, *findings.notes)
    return replace(incoming, cues=tuple(cues), places=tuple(places), empty=tuple(empty), notes=notes)


def _parted(cues: Sequence[Cue], splits: Sequence[_Split | None], track: _Track) -> dict[int, _Split]:
    """By index: the cues over which the source's lines were parted when a cue was split, to the letter.

    Alone each holds a mere part of them, which may be a name that both languages share; joined they are known text.
    """
    unsure = [
        len(cue.lines) <= _MOST_LINES and (one is None or one.likeness < SURE)
        for cue, one in zip(cues, splits, strict=True)
    ]
    found: dict[int, _Split] = {}
    for first in range(len(cues)):
        for last in range(first + 1, min(first + _MOST_PARTS, len(cues))):
            run = range(first, last + 1)
            if not all(unsure[one] and one not in found for one in run):
                break
            found |= dict(zip(run, _parts([cues[one] for one in run], track), strict=False))
    return found


def _parts(cues: Sequence[Cue], track: _Track) -> Sequence[_Split]:
    """The lines of the source and the rest of each cue, where joined they are a source's; else nothing."""
    near = {letters for cue in cues for letters in _near(cue, track)}
    for counts in product(*(range(1, len(cue.lines)) for cue in cues)):
        pairs = list(zip(cues, counts, strict=True))
        above = "".join(_letters("".join(cue.lines[:count])) for cue, count in pairs)
        below = "".join(_letters("".join(cue.lines[-count:])) for cue, count in pairs)
        if above in near:
            return [_Split(1.0, cue.lines[count:], is_above=True) for cue, count in pairs]
        if below in near:
            return [_Split(1.0, cue.lines[:-count], is_above=False) for cue, count in pairs]
    return ()


def _is_missing(cue: Cue, beside: Sequence[Cue], track: _Track) -> bool:
    """Whether the source's words that belong here, most of their time being this cue's, stand in no cue beside it."""
    said = " ".join(_letters(one.text) for one in beside)
    near = range(bisect_left(track.ends, cue.start_ms), bisect_left(track.starts, cue.end_ms))
    own = [
        number
        for number in near
        if 2 * (min(cue.end_ms, track.cues[number].end_ms) - max(cue.start_ms, track.cues[number].start_ms))
        > track.cues[number].duration_ms
    ]
    return any(track.letters[number] not in said for number in own)


def _is_doubtful(split: _Split, cue: Cue, track: _Track) -> bool:
    """Whether nothing would be left of the cue, or its other end is as like the source (Chinese in both scripts)."""
    others = (one.likeness for one in _splits(cue, _near(cue, track)) if one.is_above != split.is_above and one.rest)
    return not split.rest or max(others, default=0.0) > split.likeness - 0.1


class _Track:
    """Source cues in order of time, with what is needed to find those near a time."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self.cues = sorted(cues, key=lambda cue: cue.start_ms)
        self.starts = [cue.start_ms for cue in self.cues]
        self.ends = list(accumulate((cue.end_ms for cue in self.cues), max))
        self.letters = [_letters(cue.text) for cue in self.cues]


def _near(cue: Cue, track: _Track) -> list[str]:
    """The letters of the source cues spoken with this cue or next to it, each alone and in runs."""
    first = max(0, bisect_left(track.ends, cue.start_ms) - 1)
    last = min(len(track.cues), bisect_left(track.starts, cue.end_ms) + 1)
    runs = (
        "".join(track.letters[a:b]) for a in range(first, last) for b in range(a + 1, min(a + _LONGEST_RUN, last) + 1)
    )
    return [run for run in dict.fromkeys(runs) if run]


def _best(cue: Cue, near: Sequence[str]) -> _Split | None:
    return _best_of(_splits(cue, near), near)


def _best_of(splits: Iterator[_Split], near: Sequence[str]) -> _Split | None:
    """The split most like the source; of several the one whose rest is no source, then that which takes most lines."""
    return max(splits, key=lambda one: (one.likeness, _is_own(one, near), -len(one.rest)), default=None)


def _is_own(split: _Split, near: Sequence[str]) -> bool:
    return bool(split.rest) and _letters("".join(split.rest)) not in near


def _ordered(cue: Cue, found: _Split | None, track: _Track, *, is_above: bool) -> _Split | None:
    """The split to take where two are as good: names and numbers are often the same in both languages."""
    if found is None or found.likeness < SURE:
        return found
    near = _near(cue, track)
    equal = [one for one in _splits(cue, near) if one.likeness >= found.likeness]
    return _best_of((one for one in equal if one.is_above == is_above and one.rest), near) or found


def _splits(cue: Cue, near: Sequence[str]) -> Iterator[_Split]:
    lines = cue.lines
    for count in range(1, len(lines) + 1):
        above, below = _letters("".join(lines[:count])), _letters("".join(lines[-count:]))
        for source in near:
            yield _Split(_likeness(above, source), lines[count:], is_above=True)
            yield _Split(_likeness(below, source), lines[: len(lines) - count], is_above=False)


def _likeness(text: str, source: str) -> float:
    """How like the source's letters a text's are, 1 for the same; a mere part of them is in doubt, as a name may be."""
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415

    likeness = ratio(text, source) / 100
    is_part = len(text) >= 12 and text in source
    return max(_DOUBT, likeness) if is_part else likeness


def _letters(text: str) -> str:
    """Letters and digits alone, without case and width: what re-wrapping and retyping leave as it is."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
