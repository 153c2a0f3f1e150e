"""What a person changed in the cues they were given.

Rule: what differs in text or time is the person's, however it is named here; the name only tells how it came about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from castkit.model.cue import Cue
from castkit.subtitles.merge.alignment import Group, aligned
from castkit.subtitles.merge.likeness import letters, likeness, told

_MOVED = 0.8  # the likeness from which on a deleted and an inserted cue are one that was moved
_MOVED_LETTERS = 4
_WEIGHED = 250_000  # pairs of deleted and inserted cues; of more, only equal texts are looked for


class Kind(StrEnum):
    SAME = "same"
    TEXT = "text"
    TIMES = "times"
    TEXT_AND_TIMES = "text and times"
    SPLIT = "split"
    MERGED = "merged"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """Base cues and the returned cues they became, by index in the sequences as given.

    `base` is empty for an inserted cue, `theirs` for a deleted one; a split has several of theirs, a merge of base.
    """

    kind: Kind
    base: tuple[int, ...]
    theirs: tuple[int, ...]

    @property
    def is_human(self) -> bool:
        return self.kind is not Kind.SAME


def changes(base: Sequence[Cue], theirs: Sequence[Cue], *, rounding_ms: int = 0) -> tuple[Change, ...]:
    """Every cue of both in exactly one change, in order of time; neither need be sorted.

    `rounding_ms`: what a format with coarse times moves a cue by on its own (ASS: 10), which is no edit.
    """
    rows, columns = _order(base), _order(theirs)
    groups = aligned([base[row] for row in rows], [theirs[column] for column in columns])
    named = [(tuple(rows[one] for one in ours), tuple(columns[one] for one in others)) for ours, others in groups]
    return tuple(
        Change(_kind([base[one] for one in ours], [theirs[one] for one in others], rounding_ms), ours, others)
        for ours, others in _with_moved(named, base, theirs)
    )


def _order(cues: Sequence[Cue]) -> list[int]:
    return sorted(range(len(cues)), key=lambda index: (cues[index].start_ms, cues[index].end_ms, index))


def _kind(base: Sequence[Cue], theirs: Sequence[Cue], rounding_ms: int) -> Kind:
    if not base:
        return Kind.INSERTED
    if not theirs:
        return Kind.DELETED
    if len(base) != len(theirs):
        return Kind.SPLIT if len(base) < len(theirs) else Kind.MERGED
    ours, other = base[0], theirs[0]
    is_other_speaker = other.speaker is not None and other.speaker != ours.speaker  # an SRT carries none
    is_reworded = told(ours.text) != told(other.text) or is_other_speaker
    is_retimed = max(abs(ours.start_ms - other.start_ms), abs(ours.end_ms - other.end_ms)) > rounding_ms
    if is_reworded:
        return Kind.TEXT_AND_TIMES if is_retimed else Kind.TEXT
    return Kind.TIMES if is_retimed else Kind.SAME


def _with_moved(groups: Sequence[Group], base: Sequence[Cue], theirs: Sequence[Cue]) -> Iterable[Group]:
    """A cue that was carried past others is deleted here and inserted there: it is one cue."""
    gone = [ours[0] for ours, others in groups if not others]
    come = [others[0] for ours, others in groups if not ours]
    pairs = _moved({one: letters(base[one].text) for one in gone}, {one: letters(theirs[one].text) for one in come})
    back = {row: column for column, row in pairs.items()}
    for ours, others in groups:
        if not others and ours[0] in back:
            continue
        yield ((pairs[others[0]],), others) if not ours and others[0] in pairs else (ours, others)


def _moved(gone: dict[int, str], come: dict[int, str]) -> dict[int, int]:
    """By returned cue: the base cue it was, the likest first."""
    is_few = len(gone) * len(come) <= _WEIGHED
    if not is_few:
        places = {text: row for row, text in gone.items()}
        candidates = [(0.0, row, column) for column, text in come.items() if (row := places.get(text)) is not None]
    else:
        candidates = [
            (-alike, row, column)
            for row, text in gone.items()
            for column, other in come.items()
            if min(len(text), len(other)) >= _MOVED_LETTERS and (alike := likeness(text, other)) >= _MOVED
        ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, row, column in sorted(candidates):
        if row not in taken and column not in found:
            found[column] = row
            taken.add(row)
    return found
