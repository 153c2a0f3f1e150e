"""Language tags: their usual form, and what Whisper knows."""

from __future__ import annotations

import langcodes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.language import (
    NAMES,
    USUAL,
    WHISPER_LANGUAGES,
    best_match,
    canonical,
    cue_language,
    is_spoken,
    iso639_2,
)


@pytest.mark.parametrize(
    ("tag", "usual"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("zh-hans", "zh-Hans"),
        ("zh_CN", "zh-CN"),
        ("pt-br", "pt-BR"),
        ("iw", "he"),
        ("en-uk", "en-GB"),
        ("zh", "zh"),
        ("english", None),
        ("xx", None),
        ("", None),
        ("und", None),
        ("mul", None),
        ("zxx", None),
        ("qaa", None),
        ("x-private", None),
        ("en us", None),
        ("en-", None),
    ],
)
def test_canonical(tag: str, usual: str | None) -> None:
    assert canonical(tag) == usual


@pytest.mark.parametrize("tag", sorted(USUAL))
def test_tags_that_are_taken_as_they_are_need_no_change(tag: str) -> None:
    assert langcodes.tag_is_valid(tag)
    assert langcodes.standardize_tag(tag) == tag


@pytest.mark.parametrize("tag", sorted(USUAL))
def test_three_letters_are_those_of_the_table_of_all_languages(tag: str) -> None:
    assert iso639_2(tag) == langcodes.Language.get(tag).to_alpha3()


@given(st.text(max_size=12) | st.from_regex(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", fullmatch=True))
def test_canonical_is_stable_and_never_stumbles(tag: str) -> None:
    usual = canonical(tag)
    assert usual is None or canonical(usual) == usual


@pytest.mark.parametrize("tag", ["zh", "zh-Hans", "en-GB", "jw", "yue", "haw"])
def test_spoken(tag: str) -> None:
    assert is_spoken(tag)


@pytest.mark.parametrize("tag", ["tlh", "zh_CN", "ZH", "", "auto", "zh-hans"])
def test_not_spoken(tag: str) -> None:
    assert not is_spoken(tag)


def test_tables() -> None:
    assert len(WHISPER_LANGUAGES) == 100  # openai-whisper 20250625
    assert set(NAMES.values()) <= WHISPER_LANGUAGES


def test_matching() -> None:
    assert best_match("zh", ["en", "zh-Hans"]) == "zh-Hans"
    assert best_match("fr", ["en"]) is None
    assert cue_language("fr", ["en", "zh-Hans"]) == "fr"
    assert cue_language("zh", ["en", "zh-Hans"]) == "zh-Hans"
