"""Two versions of cues side by side: which words are only in one of them.

Rule: a word is marked whole, of a script without spaces each letter; joined, the parts are the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from castkit.model.cue import Cue
from castkit.subtitles.merge.changes import Change, Kind, changes
from castkit.subtitles.merge.spoken import WORD


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text; `is_own` where the other version lacks it."""

    text: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What one change made of the cues handed out; `indexes` are theirs in the file (from 1), of both versions."""

    kind: Kind
    before: tuple[Cue, ...]
    after: tuple[Cue, ...]
    indexes: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def parts(self) -> tuple[tuple[tuple[Part, ...], ...], tuple[tuple[Part, ...], ...]]:
        """The texts of both versions, cue by cue, in parts."""
        return _parts([cue.text for cue in self.before], [cue.text for cue in self.after])


def rows(before: Sequence[Cue], after: Sequence[Cue]) -> tuple[Row, ...]:
    """Every change between two versions that a person made, in order of time; cues left alone are left out."""
    return tuple(_row(one, before, after) for one in changes(before, after) if one.is_human)


def _row(change: Change, before: Sequence[Cue], after: Sequence[Cue]) -> Row:
    old, new = tuple(before[one] for one in change.base), tuple(after[one] for one in change.theirs)
    return Row(change.kind, old, new, (tuple(one + 1 for one in change.base), tuple(one + 1 for one in change.theirs)))


def _parts(
    before: Sequence[str], after: Sequence[str]
) -> tuple[tuple[tuple[Part, ...], ...], tuple[tuple[Part, ...], ...]]:
    old, new = ([list(_pieces(text)) for text in texts] for texts in (before, after))
    flat = [[piece for pieces in side for piece in pieces] for side in (old, new)]
    own = [[True] * len(side) for side in flat]
    keys = [[_key(one) for one in side] for side in flat]
    for match in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks():
        for number, start in enumerate((match.a, match.b)):
            own[number][start : start + match.size] = [False] * match.size
    return _joined(old, own[0]), _joined(new, own[1])


def _pieces(text: str) -> Iterator[str]:
    """Words, and what stands between them, sign by sign."""
    at = 0
    for found in WORD.finditer(text):
        yield from text[at : found.start()]
        yield found[0]
        at = found.end()
    yield from text[at:]


def _key(piece: str) -> str:
    return " " if piece.isspace() else piece  # another line break is no other word


def _joined(texts: Sequence[Sequence[str]], own: Sequence[bool]) -> tuple[tuple[Part, ...], ...]:
    marks = iter(own)
    found = []
    for pieces in texts:
        marked = [(piece, next(marks)) for piece in pieces]
        groups = groupby(marked, key=lambda one: one[1])
        found.append(tuple(Part("".join(piece for piece, _ in group), is_own) for is_own, group in groups))
    return tuple(found)
