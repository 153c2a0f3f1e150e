"""Chapter times without a model: from pauses, turns and words that change."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.notes.draft import Line, chapters_wanted, shortest_chapter_ms
from castkit.notes.draft_pauses import chapters_by_pauses
from notes import drafts_made

FARMING = "The harvest of wheat and barley was poor because the fields were dry."
SAILING = "A small boat with one mast needs wind, ropes and somebody who knows the harbour."


def said(*texts: str, pauses: dict[int, int] | None = None, speakers: str = "") -> list[Line]:
    """Sentences of 9 s, 1 s apart; longer pauses (ms) and speakers by number."""
    found, at_ms = [], 0
    for number, text in enumerate(texts):
        at_ms += (pauses or {}).get(number, 1000)
        found.append(Line(at_ms, at_ms + 9000, text, speakers[number : number + 1]))
        at_ms += 9000
    return found


def starts(lines: list[Line]) -> list[int]:
    return [one.start_ms for one in chapters_by_pauses(lines)]


def test_a_chapter_begins_where_the_subject_changes() -> None:
    lines = said(*[FARMING] * 12, *[SAILING] * 12)
    assert starts(lines) == [0, lines[12].start_ms]


def test_a_chapter_begins_after_a_pause() -> None:
    lines = said(*[FARMING] * 24, pauses={9: 2500})
    assert starts(lines) == [0, lines[9].start_ms]


def test_a_chapter_begins_where_somebody_takes_over() -> None:
    lines = said(*[FARMING] * 24, speakers="a" * 14 + "b" * 10)
    assert starts(lines) == [0, lines[14].start_ms]


def test_chinese_words_change_too() -> None:
    lines = said(*["今年的小麦收成不好，因为田里很干。"] * 12, *["一艘小船需要风和懂得港口的人。"] * 12)
    assert starts(lines) == [0, lines[12].start_ms]


@pytest.mark.parametrize("lines", [[], said("One."), said("One.", "Two.", "Three.")])
def test_what_is_short_has_no_chapters(lines: list[Line]) -> None:
    assert starts(lines) == []


@pytest.mark.parametrize(("slug", "language"), [("episode-01", "en"), ("episode-02", "zh-Hans")])
def test_of_real_talk_chapters_begin_with_sentences(slug: str, language: str) -> None:
    lines = drafts_made.lines(slug, language)
    found = chapters_by_pauses(lines)
    assert 2 <= len(found) <= chapters_wanted(lines[-1].end_ms)
    assert found[0].start_ms == 0
    real = {line.start_ms: line.text for line in lines}
    assert all(real[one.start_ms].startswith(one.said.removesuffix("…")) for one in found[1:])
    assert not any(one.titles for one in found)  # nothing is made up
    assert found == chapters_by_pauses(lines)


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 60_000), st.sampled_from("ab")), max_size=60))
def test_chapters_are_in_order_and_apart(turns: list[tuple[int, int, str]]) -> None:
    lines, at_ms = [], 0
    for pause, length, speaker in turns:
        lines.append(Line(at_ms + pause, at_ms + pause + length, f"Words of {speaker} about {length}", speaker))
        at_ms += pause + length
    found = [one.start_ms for one in chapters_by_pauses(lines)]
    assert set(found) <= {0, *(line.start_ms for line in lines)}
    assert len(found) != 1
    if found:
        apart = shortest_chapter_ms(at_ms)
        assert found[0] == 0
        assert all(other - one >= apart for one, other in pairwise([*found, at_ms]))
        assert len(found) <= chapters_wanted(at_ms)
