"""Chapters on the master's clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.model.chapters import Mark, marks
from castkit.model.episode import Chapter
from castkit.model.programme import Programme
from castkit.model.text import LocalText
from castkit.model.timeline import joined


def chapter(start: str, **titles: str) -> Chapter:
    return Chapter(start=start, title=LocalText(titles))


def programme(lead_ms: int = 2000) -> Programme:
    return Programme((), joined([(0, 60_000 - lead_ms)], lead_ms), (), 60_000)


def test_marks_are_moved_by_the_intro_and_end_where_the_next_begins() -> None:
    chapters = [chapter("00:00", en="A"), chapter("00:10", en="B"), chapter("00:20.5", en="C")]
    assert marks(chapters, programme(), duration_ms=60_000, languages=("en",)) == (
        Mark(0, 12_000, "A"),
        Mark(12_000, 22_500, "B"),
        Mark(22_500, 60_000, "C"),
    )


def test_no_chapters_are_no_marks() -> None:
    assert marks([], programme(), duration_ms=60_000, languages=("en",)) == ()


def test_a_title_falls_back_to_another_language_and_lies_on_one_line() -> None:
    chapters = [chapter("00:00", en="two\nlines")]
    assert marks(chapters, programme(), duration_ms=1000, languages=("zh-Hans", "en"))[0].title == "two lines"


@pytest.mark.parametrize(("start", "duration_ms"), [("00:58", 60_000), ("00:10", 12_000), ("10:00", 60_000)])
def test_a_chapter_at_or_beyond_the_end_is_named_with_its_own_time(start: str, duration_ms: int) -> None:
    chapters = [chapter("00:00", en="A"), chapter(start, en="Late")]
    with pytest.raises(CastkitError, match=f"“Late” starts at 00:{start}, after the end") as caught:
        marks(chapters, programme(), duration_ms=duration_ms, languages=("en",))
    assert "episode.toml" in caught.value.hint


def test_two_chapters_at_one_time_are_named() -> None:
    chapters = [chapter("00:00", en="A"), chapter("00:05", en="B"), chapter("00:05", en="C")]
    with pytest.raises(CastkitError, match="“B” and “C”"):
        marks(chapters, programme(), duration_ms=60_000, languages=("en",))


@given(st.sets(st.integers(0, 50_000), min_size=1, max_size=20), st.integers(0, 9_000))
def test_marks_cover_the_rest_of_the_programme_without_gap_or_overlap(starts: set[int], lead_ms: int) -> None:
    chapters = [Chapter(start=start, title=LocalText(f"{start}")) for start in starts]
    found = marks(chapters, programme(lead_ms), duration_ms=60_000, languages=("en",))
    assert [mark.title for mark in found] == [str(start) for start in sorted(starts)]
    assert [mark.end_ms for mark in found] == [*(mark.start_ms for mark in found[1:]), 60_000]
    assert all(mark.start_ms < mark.end_ms for mark in found)
