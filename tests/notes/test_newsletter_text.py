"""Plain text in lines: as wide as they look, nothing lost, no address broken."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.notes.newsletter_text import columns, wrapped

WORDS = st.text(st.sampled_from("ab é“”（），。、；养老保险-—:/ \t"), max_size=300)


def test_english_breaks_at_blanks_and_chinese_between_characters() -> None:
    assert wrapped("one two three four", 9) == "one two\nthree\nfour"
    assert wrapped("养老保险与社会", 6) == "养老保\n险与社\n会"
    assert wrapped("养老 pension 保险", 8) == "养老\npension\n保险"


def test_marks_stay_with_what_they_belong_to() -> None:
    assert wrapped("养老保险，社会", 8) == "养老保\n险，社会"
    assert wrapped("养老“保险”社会", 5) == "养老\n“保\n险”社\n会"


def test_addresses_are_never_broken() -> None:
    address = "https://example.org/" + "a-b.c/" * 20
    assert wrapped(f"See {address} now", 20) == f"See\n{address}\nnow"


def test_what_follows_of_a_line_is_indented_like_it() -> None:
    assert wrapped("- one two three\n  https://example.org/x", 9) == "- one two\n  three\n  https://example.org/x"


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("养老", 4), ("e\u0301", 1), ("a\u200bb", 2), ("", 0)])
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@given(WORDS, st.integers(10, 80))
def test_no_word_is_lost_and_no_line_is_wider_than_it_must_be(text: str, width: int) -> None:
    lines = wrapped(text, width).split("\n")
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    for line in lines:
        assert line == line.rstrip()
        if columns(line) > width:
            assert " " not in line.strip().removeprefix("- ").strip(), "a blank that it could have been broken at"
