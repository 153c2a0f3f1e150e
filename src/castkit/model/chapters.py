"""Chapters as they lie in the finished programme.

Rule: every mark lies inside the programme as rendered, not as planned, and they follow each other without gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from castkit.errors import CastkitError
from castkit.model.episode import Chapter
from castkit.model.programme import Programme
from castkit.model.text import one_line
from castkit.timecode import clock


@dataclass(frozen=True, slots=True)
class Mark:
    """One chapter on the master's clock, its title in one language and on one line."""

    start_ms: int
    end_ms: int
    title: str


def on_masters_clock(chapters: Sequence[Chapter], programme: Programme) -> tuple[tuple[int, Chapter], ...]:
    """The chapters in order of time, each with its start in ms on the master's clock."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    return tuple((programme.chapter_start(chapter.start), chapter) for chapter in ordered)


def marks(
    chapters: Sequence[Chapter], programme: Programme, *, duration_ms: int, languages: Sequence[str]
) -> tuple[Mark, ...]:
    """The chapters in order of time, each ending where the next begins and the last where the programme ends.

    `duration_ms` is the rendered programme's; a title is in the first of `languages` that has one. Raises CastkitError
    naming the chapter that starts at or after the end, or the two that start together.
    """
    placed = on_masters_clock(chapters, programme)
    titles = [one_line(chapter.title.in_(languages[0], languages[1:])) for _, chapter in placed]
    starts = [start for start, _ in placed]
    for title, (start, chapter) in zip(titles, placed, strict=True):
        if start >= duration_ms:
            raise CastkitError(
                f"chapter “{title}” starts at {clock(chapter.start)}, after the end of the recording at "
                f"{clock(max(0, duration_ms - programme.lead_ms))}",
                "correct its start in episode.toml, or remove it",
            )
    for (title, start), (other, other_start) in pairwise(zip(titles, starts, strict=True)):
        if start == other_start:
            raise CastkitError(
                f"chapters “{title}” and “{other}” start at the same time", "correct one of them in episode.toml"
            )
    ends = [*starts, duration_ms][1:]
    return tuple(Mark(start, end, title) for start, end, title in zip(starts, ends, titles, strict=True))
