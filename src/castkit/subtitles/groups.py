"""Cues of two languages side by side, in the smallest groups that say the same.

Rule: a group ends where neither language has a cue running and a sentence of the source is over, so that a translator
may move words within a sentence and no comparison takes them for lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from castkit.model.cue import Cue
from castkit.subtitles.breaks import ends_sentence

TOLERANCE_MS = 300  # a cue that runs on into the next group by so little belongs to its own
LONG_PAUSE_MS = 2500  # after one, what was said is over, sentence or not
FEW_ENDS = 0.1  # of a track's cues; with fewer full stops it has none, as some styles of subtitles want it


@dataclass(frozen=True, slots=True)
class Group:
    """Indices (from 0) of the source's cues and of the translation's; either may be empty."""

    source: tuple[int, ...]
    target: tuple[int, ...]


def groups(source: Sequence[Cue], target: Sequence[Cue]) -> tuple[Group, ...]:
    """All cues of both tracks, each in exactly one group; both in order of time, on one clock (ms)."""
    return tuple(_groups(source, target))


def _groups(source: Sequence[Cue], target: Sequence[Cue]) -> Iterator[Group]:
    has_ends = sum(ends_sentence(cue.text) for cue in source) > FEW_ENDS * len(source)
    cues = sorted(
        [(cue.start_ms, 0, number) for number, cue in enumerate(source)]
        + [(cue.start_ms, 1, number) for number, cue in enumerate(target)]
    )
    held: tuple[list[int], list[int]] = ([], [])
    until = 0
    for start_ms, side, number in cues:
        is_over = start_ms >= until - TOLERANCE_MS
        last = source[held[0][-1]].text if held[0] else ""
        ends = not has_ends or ends_sentence(last) or start_ms - until >= LONG_PAUSE_MS
        if (held[0] or held[1]) and is_over and ends:
            yield Group(tuple(held[0]), tuple(held[1]))
            held, until = ([], []), 0
        held[side].append(number)
        until = max(until, (source, target)[side][number].end_ms)
    if held[0] or held[1]:
        yield Group(tuple(held[0]), tuple(held[1]))
