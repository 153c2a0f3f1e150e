"""What sounds alike, by the ear of a speaker of Mandarin and by Metaphone's."""

from __future__ import annotations

import pytest

from castkit.wording.dictionary import base_form, chinese_words, is_word, stands_alone
from castkit.wording.sound import FUZZY, SAME, TONE, distance, is_near, syllables


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("缴", "搅", SAME), ("险", "线", TONE), ("障", "脏", FUZZY), ("吃", "词", FUZZY), ("试", "四", FUZZY),
        ("难", "兰", FUZZY), ("真", "征", FUZZY), ("津", "精", FUZZY), ("缴", "费", None), ("王", "黄", None),
    ],
)  # fmt: skip
def test_syllables(one: str, other: str, cost: int | None) -> None:
    (left,), (right,) = syllables(one), syllables(other)
    assert left is not None
    assert right is not None
    assert left.cost(right) == right.cost(left) == cost


def test_every_character_has_its_place() -> None:
    text = "银行AI8费，𠀀女 ok"
    found = syllables(text)
    assert len(found) == len(text)
    assert [one.pinyin if one else None for one in found[:6]] == ["yin", "hang", None, None, None, "fei"]


@pytest.mark.parametrize(
    ("heard", "wanted", "language", "is_anchored", "expected"),
    [
        ("phund", "fund", "en", True, True),
        ("phund", "fund", "en", False, False),
        ("contribushun", "contribution", "en", False, True),
        ("microinsurance", "insurance", "en", True, False),
        ("house", "insurance", "en", True, False),
        ("krankengelds", "krankengeld", "de", True, False),
        ("kranckengeld", "krankengeld", "de", False, True),
    ],
)
def test_words(heard: str, wanted: str, language: str, is_anchored: bool, expected: bool) -> None:
    assert is_near(heard, wanted, language=language, is_anchored=is_anchored) is expected


def test_letters() -> None:
    assert distance("benefit", "benfeit") == 1


def test_dictionaries() -> None:
    assert is_word("Benefits", "en") is True
    assert is_word("benifit", "en") is False
    assert is_word("ประกัน", "th") is None
    assert is_word("hjelp", "no") is True
    assert base_form("Benefits", "en") == "benefit"
    assert base_form("Foo", "xx") == "foo"
    assert chinese_words("养老报险吧") == ((0, 2), (2, 3), (3, 4), (4, 5))
    assert stands_alone("是", in_short_term=False)
    assert stands_alone("十", in_short_term=False)
    assert stands_alone("事", in_short_term=True)
    assert not stands_alone("搅", in_short_term=True)
