"""Cutting and escaping: limits held, ends of sentences found, no letter parted from its accents."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.feed import texts

TEXT = st.text(st.characters(codec="utf-8"), max_size=400)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("One. Two. Three.", 100, "One. Two. Three."),
        ("One two. Three four. Five six.", 22, "One two. Three four."),
        ("One two. Three four. Five six.", 20, "One two. Three four."),
        ("She said “stop!” And then she left", 20, "She said “stop!”"),
        ("版本一。版本二。版本三。", 28, "版本一。版本二。"),
        ("A sentence without any end at all", 20, "A sentence…"),
        ("Version 1.25 is out and about now", 20, "Version 1.25 is…"),
        ("字" * 20, 20, "字字字字字…"),
        ("cafe\u0301 cafe\u0301", 9, "cafe\u0301…"),
        ("cafe\u0301 cafe\u0301", 8, "caf…"),
        ("ab👩‍👩‍👧‍👦", 12, "ab…"),
        ("abc", 2, ""),
    ],
)
def test_shorten(text: str, limit: int, cut: str) -> None:
    assert texts.shorten(text, limit) == cut


@given(TEXT, st.integers(3, 300))
def test_shorten_holds_its_limit_and_invents_nothing(text: str, limit: int) -> None:
    cut = texts.shorten(text, limit)
    assert len(cut.encode()) <= limit
    assert text.startswith((cut, cut.removesuffix("…")))


@given(st.text(st.sampled_from("a&<>;#xlt1 /!\n"), max_size=120))
def test_channel_description_reads_the_same_as_text_and_as_html(text: str) -> None:
    made = texts.channel_description(text)
    assert unescape(made).split() == " ".join(text.split()).split()
    assert "<a" not in made
    assert "</" not in made


def test_plain_ampersands_stay_plain() -> None:
    assert texts.channel_description("R&D at AT&T: 1 < 2") == "R&D at AT&T: 1 < 2"


@given(TEXT, TEXT)
def test_item_description_fits_and_keeps_its_note(text: str, note: str) -> None:
    made = texts.item_description(text * 40, "<ul><li>00:00:00 x</li></ul>", note)
    assert len(made.encode()) <= texts.DESCRIPTION_BYTES
    assert made.endswith(texts.item_description("", "", note))


def test_chapters_go_before_the_text_is_cut() -> None:
    chapters = texts.chapter_list((("00:00:00", "a"), ("00:01:00", "b & c"), ("00:02:00", "d")))
    assert chapters == "<ul><li>00:00:00 a</li><li>00:01:00 b &amp; c</li><li>00:02:00 d</li></ul>"
    assert chapters in texts.item_description("Short.", chapters, "note")
    long = texts.item_description("Sentence. " * 400, chapters, "note")
    assert chapters not in long
    assert long.endswith("Sentence.</p><p>note</p>")


def test_two_chapters_are_no_list() -> None:
    assert texts.chapter_list((("00:00:00", "a"), ("00:01:00", "b"))) == ""
