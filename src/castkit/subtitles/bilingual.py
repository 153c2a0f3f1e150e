"""Two languages in one track, for burning in and for players that show only one.

Rule: every cue of both goes into exactly one pair, whole; no guide sets this layout, so no limit is claimed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from castkit.model.cue import Cue
from castkit.model.language import is_chinese


def upper_first(one: str, other: str) -> tuple[str, str]:
    """Two languages as they stand on the screen: Chinese above, else in the order given."""
    return (other, one) if is_chinese(other) and not is_chinese(one) else (one, other)


def two_languages(upper: Sequence[Cue], lower: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues of `upper`, each with the texts of those cues of `lower` below it that overlap it most.

    Both in order of time. A lower cue that overlaps no upper one stays a cue of its own.
    """
    below: dict[int, list[Cue]] = {}
    alone: list[Cue] = []
    starts = [cue.start_ms for cue in upper]
    ends = list(accumulate((cue.end_ms for cue in upper), max))
    for cue in lower:
        near = range(bisect_right(ends, cue.start_ms), bisect_left(starts, cue.end_ms))
        best = max(near, key=lambda number: _overlap(upper[number], cue), default=None)
        if best is None or _overlap(upper[best], cue) <= 0:
            alone.append(cue)
        else:
            below.setdefault(best, []).append(cue)
    paired = [_paired(cue, below.get(number, [])) for number, cue in enumerate(upper)]
    return tuple(sorted([*paired, *alone], key=lambda cue: cue.start_ms))


def _overlap(one: Cue, other: Cue) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)


def _paired(upper: Cue, lower: Sequence[Cue]) -> Cue:
    return Cue(upper.start_ms, upper.end_ms, "\n".join([upper.text, *(cue.text for cue in lower)]), upper.speaker)
