"""Texts counted as platforms count them, and cut so that they fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.kits.counting import UNITS, length, only_allowed, shortened

TEXTS = st.text(st.sampled_from("ab c，。！养老保险 é́👩‍🌾🏽.?!\n"), max_size=80)


@pytest.mark.parametrize(
    ("text", "characters", "utf16", "in_bytes"),
    [("abc", 3, 3, 3), ("养老", 2, 2, 6), ("é", 1, 1, 2), ("👩", 1, 2, 4), ("", 0, 0, 0)],
)
def test_each_unit_counts_in_its_way(text: str, characters: int, utf16: int, in_bytes: int) -> None:
    assert [length(text, unit) for unit in ("characters", "utf16", "bytes")] == [characters, utf16, in_bytes]


@given(TEXTS, st.integers(0, 100), st.sampled_from(sorted(UNITS)))
def test_what_is_shortened_fits_and_what_fits_stays(text: str, most: int, unit: str) -> None:
    found = shortened(text, most, unit)
    assert length(found, unit) <= most
    if length(text, unit) <= most:
        assert found == text
    elif found:
        assert found.endswith("…")
        assert text.startswith(found[:-1].rstrip())


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from(sorted(UNITS)))
def test_at_the_limit_and_one_above(text: str, unit: str) -> None:
    exact = length(text, unit)
    assert shortened(text, exact, unit) == text
    if exact:
        assert length(shortened(text, exact - 1, unit), unit) <= exact - 1


def test_it_is_cut_at_the_end_of_a_sentence_or_of_a_word() -> None:
    assert shortened("谁来买单？三个省的试点说明了什么。还有", 15, "characters") == "谁来买单？三个省的试点说明了…"
    assert shortened("三个省的试点说明了什么。还有很多", 15, "characters") == "三个省的试点说明了什么。…"
    assert shortened("Who pays for it, and when", 18, "characters") == "Who pays for it…"
    assert shortened("👩‍🌾👩‍🌾", 4, "characters") == "👩‍🌾…"
    assert shortened("👩‍🌾👩‍🌾", 3, "characters") == "…"


@given(st.text(max_size=40))
def test_a_short_title_has_only_what_its_form_takes(text: str) -> None:
    found = only_allowed(text, "《》:")
    assert all(char.isalnum() or char in "《》: " for char in found)
    assert found == found.strip()
