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
    """The chapters in order of time, each with its start in ms on the master's clock.

    A chapter of which the edit leaves nothing is left out.
    """
    ordered = sorted(chapters, key=lambda chapter: chapter.start)
    ends = [*(chapter.start for chapter in ordered), None][1:]
    left = [chapter for chapter, end in zip(ordered, ends, strict=True) if _is_left(chapter, end, programme)]
    starts = [programme.chapter_start(chapter.start) for chapter in left]
    if left and ordered[0].start == 0:
        starts[0] = 0  # the first, or what is now the first: Apple asks for a chapter at the beginning
    return tuple(zip(starts, left, strict=True))


def _is_left(chapter: Chapter, end_ms: int | None, programme: Programme) -> bool:
    """Whether some of a chapter is in the master; one that starts past the end is kept, to be refused by name."""
    recorded_ms = programme.recorded_ms
    end_ms = recorded_ms if end_ms is None else end_ms
    return chapter.start >= min(end_ms, recorded_ms) or programme.timeline.keeps(chapter.start, end_ms)


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
                f"{clock(programme.recorded_ms)}",
                "correct its start in episode.toml, or remove it",
            )
    for (title, start), (other, other_start) in pairwise(zip(titles, starts, strict=True)):
        if start == other_start:
            raise CastkitError(
                f"chapters “{title}” and “{other}” start at the same time", "correct one of them in episode.toml"
            )
    ends = [*starts, duration_ms][1:]
    return tuple(Mark(start, end, title) for start, end, title in zip(starts, ends, titles, strict=True))
