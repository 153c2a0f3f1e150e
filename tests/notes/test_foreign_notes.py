"""Another host's HTML becomes harmless notes, and harmless words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.notes.foreign import foreign_notes, has_markup, words_of

NOTES = (
    ("<p>Hi <b>x</b> <i>y</i></p>", "<p>Hi <strong>x</strong> <em>y</em></p>"),
    ("<h1>A</h1><h2>B</h2>", "<h3>A</h3><h3>B</h3>"),
    ("<p>x<script>alert(1)</script><style>p{}</style></p>", "<p>x</p>"),
    ('<a href="javascript:alert(1)" onclick="x()">y</a>', "<a>y</a>"),
    ('<a href="https://a.example/?x=1&y=2" target="_blank">z</a>', '<a href="https://a.example/?x=1&amp;y=2">z</a>'),
    ('<img src=x onerror="alert(1)"><iframe src="https://a.example"></iframe>', ""),
    ("<p>\x00\x0bq</p>", "<p>q</p>"),
)


@pytest.mark.parametrize(("html", "expected"), NOTES)
def test_notes_are_cleaned_as_our_own(html: str, expected: str) -> None:
    assert foreign_notes(html) == expected


WORDS = (
    ("<p>a</p><p>b &amp; c</p>", "a\n\nb & c"),
    ("one<br/>two", "one\n\ntwo"),
    ("R&D, a < b\nline", "R&D, a < b\nline"),
    ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
    ("<script>x</script>", ""),
)


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words_without_markup(text: str, expected: str) -> None:
    assert words_of(text) == expected


def test_what_has_markup() -> None:
    assert has_markup("a <br> b")
    assert not has_markup("a < b > c <3 & <- ")


@given(st.text(alphabet="<>/abp ripthef='\":&;#x0\n", max_size=80))
def test_nothing_that_acts_comes_through(html: str) -> None:
    found = foreign_notes(html).lower()
    assert "<script" not in found
    assert "javascript:" not in found
    assert words_of(html) == words_of(html).strip()
