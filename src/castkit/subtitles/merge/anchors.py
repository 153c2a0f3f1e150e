"""Cues that are beyond doubt the same in two lists, so that only what lies between them need be weighed.

Rule: an anchor is equal in text; where the times differ too, its text must occur once on either side.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from castkit.model.cue import Cue
from castkit.subtitles.merge.likeness import letters, told

_LARGE = 40 * 40  # pairs between two anchors from which on equal texts alone are looked for
_LETTERS = 6
_FEW = 3  # equal texts from which on they tell how a file was shifted
_SHARE = 0.2  # of the shorter side: fewer equal texts may as well have been moved about


def anchors(base: Sequence[Cue], theirs: Sequence[Cue]) -> list[tuple[int, int]]:
    """Pairs of indexes, rising in both; both lists must be in order of time."""
    fixed = _untouched(base, theirs)
    found = list(fixed)
    for (row, column), (row_end, column_end) in pairwise([(-1, -1), *fixed, (len(base), len(theirs))]):
        if (row_end - row) * (column_end - column) > _LARGE:
            ours, others = base[row + 1 : row_end], theirs[column + 1 : column_end]
            found += [(row + 1 + one, column + 1 + other) for one, other in _of_one_text(ours, others)]
    return sorted(found)


def _untouched(base: Sequence[Cue], theirs: Sequence[Cue]) -> list[tuple[int, int]]:
    places: dict[tuple[int, int, str], list[int]] = {}
    for column in reversed(range(len(theirs))):
        cue = theirs[column]
        places.setdefault((cue.start_ms, cue.end_ms, told(cue.text)), []).append(column)
    pairs = []
    for row, cue in enumerate(base):
        columns = places.get((cue.start_ms, cue.end_ms, told(cue.text)))
        if columns:
            pairs.append((row, columns.pop()))
    return _rising(pairs)


def shifts(base: Sequence[Cue], theirs: Sequence[Cue]) -> list[int]:
    """By base cue: how much later (ms) those around it whose text is the same were returned; 0 where few are.

    Whole files are shifted by hand, and run ahead bit by bit where a program took 25 pictures a second for 24.
    """
    pairs = _pairs_of_one_text(base, theirs)
    if len(pairs) < _FEW:
        return [0] * len(base)
    rows = [row for row, _ in pairs]
    by_ms = [theirs[column].start_ms - base[row].start_ms for row, column in pairs]
    return [_between(rows, by_ms, row) for row in range(len(base))]


def _between(rows: Sequence[int], values: Sequence[int], row: int) -> int:
    at = bisect_left(rows, row)
    if at in (0, len(rows)):
        return values[0 if at == 0 else -1]
    share = (row - rows[at - 1]) / (rows[at] - rows[at - 1])
    return round(values[at - 1] + share * (values[at] - values[at - 1]))


def _of_one_text(base: Sequence[Cue], theirs: Sequence[Cue]) -> list[tuple[int, int]]:
    found = _pairs_of_one_text(base, theirs)
    return found if len(found) >= _SHARE * min(len(base), len(theirs)) else []


def _pairs_of_one_text(base: Sequence[Cue], theirs: Sequence[Cue]) -> list[tuple[int, int]]:
    ours, others = ([letters(cue.text) for cue in cues] for cues in (base, theirs))
    ours_count, others_count = Counter(ours), Counter(others)
    places = {text: column for column, text in enumerate(others)}
    return _rising(
        [
            (row, places[text])
            for row, text in enumerate(ours)
            if len(text) >= _LETTERS and ours_count[text] == others_count[text] == 1
        ]
    )


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of the pairs, in order of the first, that rise in the second too."""
    ends: list[int] = []  # by length: the smallest second that such a run ends with
    last: list[int] = []  # the pair there
    before: list[int] = []
    for number, (_, column) in enumerate(pairs):
        at = bisect_left(ends, column)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1], last[at : at + 1] = [column], [number]
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
