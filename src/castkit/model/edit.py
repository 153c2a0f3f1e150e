"""The edit list: which spans of the recordings are kept, and why the others are not.

Rule: pure arithmetic on milliseconds of the recordings' clock; what a person says to keep or cut comes before what is
found by listening.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from castkit.errors import CastkitError
from castkit.timecode import clock

Spans = tuple[tuple[int, int], ...]

SHORTEST_PAUSE_MS = 1000  # a shorter pause is never touched: it is how people speak
_LEAD_IN_MS = 300  # what trimming leaves before the first sound
_LEAD_OUT_MS = 500
_SHORTEST_PIECE_MS = 20  # the joins of a shorter one would overlap


@dataclass(frozen=True, slots=True)
class Removed:
    """A span that is not in the master; `reason` is "cut", "silence" or "pause"."""

    start_ms: int
    end_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person asked for: spans to cut, spans to keep (none: everything), trimmed ends, the longest pause.

    `longest_pause_ms` 0 leaves pauses alone. `margin_ms` is how much silence the sounds that were found have around
    them, before and after together.
    """

    cut: Spans = ()
    keep: Spans = ()
    trim: bool = False
    longest_pause_ms: int = 0
    margin_ms: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """The spans kept, in order, at least one; and what is removed, in order."""

    kept: Spans
    removed: tuple[Removed, ...]


def edit(whole: tuple[int, int], wishes: Wishes, sounds: Spans) -> Edit:
    """What is left of the recordings from `whole[0]` to `whole[1]`; `sounds` is where something is to be heard.

    Raises CastkitError where nothing would be left.
    """
    asked = subtracted(merged(wishes.keep) or (whole,), wishes.cut)
    kept = _playable(intersected((whole,), asked))
    if not kept:
        raise CastkitError(
            f"the edit list leaves nothing of the recordings, which end at {clock(whole[1])}",
            "correct cut and keep in episode.toml",
        )
    removed = [Removed(start, end, "cut") for start, end in subtracted((whole,), kept)]
    for reason, quiet in (("silence", _ends(kept, wishes, sounds)), ("pause", _pauses(wishes, sounds))):
        gone = intersected(kept, quiet)
        kept = _playable(subtracted(kept, gone))
        removed += [Removed(start, end, reason) for start, end in gone]
    return Edit(kept, tuple(sorted(removed, key=lambda one: one.start_ms)))


def _ends(kept: Spans, wishes: Wishes, sounds: Spans) -> Spans:
    """The silence before the first and after the last sound that is kept; none where nothing is heard at all."""
    heard = intersected(kept, sounds)
    if not wishes.trim or not heard:
        return ()
    first, last = heard[0][0] - _LEAD_IN_MS, heard[-1][1] + _LEAD_OUT_MS
    ends = ((kept[0][0], first), (last, kept[-1][1]))
    return tuple((start, end) for start, end in ends if start < end)


def _pauses(wishes: Wishes, sounds: Spans) -> Spans:
    """What is too much of the pauses between sounds, from their middle, so that both sides die away naturally."""
    longest = max(wishes.longest_pause_ms, SHORTEST_PAUSE_MS) if wishes.longest_pause_ms else 0
    if not longest:
        return ()
    left = longest - min(wishes.margin_ms, longest // 2)
    gaps = ((one[1], other[0]) for one, other in pairwise(merged(sounds)))
    return tuple((start + left // 2, end - left // 2) for start, end in gaps if end - start > left)


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """The spans in order, those that touch or overlap made one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def intersected(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> Spans:
    """What lies in both."""
    return subtracted(one, subtracted(_around(one, other), other))


def subtracted(spans: Sequence[tuple[int, int]], gone: Sequence[tuple[int, int]]) -> Spans:
    """What is left of the spans."""
    left: list[tuple[int, int]] = []
    removed = merged(gone)
    for start, end in merged(spans):
        at = start
        for cut_start, cut_end in removed:
            if cut_end <= at or cut_start >= end:
                continue
            left.append((at, cut_start))
            at = cut_end
        left.append((at, end))
    return merged(left)


def _around(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> Spans:
    both = [*one, *other]
    return ((min(start for start, _ in both), max(end for _, end in both)),) if both else ()


def _playable(spans: Spans) -> Spans:
    return tuple((start, end) for start, end in spans if end - start >= _SHORTEST_PIECE_MS)
