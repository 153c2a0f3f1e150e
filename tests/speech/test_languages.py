from __future__ import annotations

import pytest

from castkit.speech.languages import beam_size, decided, most_spoken, prompt, whisper_code

EN, ZH, UNSURE = {"en": 0.95, "zh": 0.05}, {"en": 0.1, "zh": 0.9}, {"en": 0.4, "zh": 0.3, "ja": 0.3}


@pytest.mark.parametrize(
    ("found", "speech_s", "before", "languages"),
    [
        ([EN, ZH, EN], [20, 20, 20], None, "en zh en"),
        ([EN, UNSURE, ZH, UNSURE], [20, 20, 20, 20], None, "en en zh zh"),  # the earlier of two that are as near
        ([UNSURE, ZH], [20, 20], "en", "zh zh"),
        ([EN, ZH, EN], [20, 2, 20], None, "en en en"),  # two seconds decide nothing
        ([UNSURE, UNSURE], [20, 20], "zh", "zh zh"),
        ([UNSURE, UNSURE], [20, 20], None, "en en"),
        ([], [], None, ""),
    ],
)
def test_a_doubtful_window_follows_its_neighbours(found, speech_s, before, languages):
    assert decided(found, [1000 * seconds for seconds in speech_s], before) == tuple(languages.split())


def test_most_spoken_weighs_by_speech():
    assert most_spoken([EN, ZH], [1000, 9000]) == "zh"
    assert most_spoken([], []) == "en"


@pytest.mark.parametrize(
    ("tag", "code"), [("zh-Hans", "zh"), ("en-GB", "en"), ("nb", "no"), ("cmn", "zh"), ("yue-Hant", "yue")]
)
def test_codes(tag, code):
    assert whisper_code(tag) == code


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", " ILO, social insurance."),
        ("zh", "以下是普通话的句子。ILO、疾病津贴。"),
        ("fr", " ILO, social insurance."),
    ],
)
def test_a_prompt_has_the_hints_of_its_script(language, text):
    assert prompt(language, ("ILO", "social insurance", "疾病津贴")) == text


def test_no_hints_no_prompt():
    assert prompt("en", ()) == ""
    assert prompt("zh", ()) == "以下是普通话的句子。"


@pytest.mark.parametrize(("language", "usual", "beam"), [("zh", 1, 5), ("zh", 8, 8), ("en", 1, 1), ("en", 5, 5)])
def test_where_words_sound_alike_a_beam_is_worth_its_time(language, usual, beam):
    assert beam_size(language, usual) == beam
