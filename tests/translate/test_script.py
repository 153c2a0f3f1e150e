"""Chinese changes its script and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.model.cue import Cue
from castkit.model.transcript import Utterance, Word
from castkit.translate.script import can_convert, convert, convert_cues, convert_utterances

TEXTS = (
    ("社會保障的改革", "zh-Hans", "社会保障的改革"),
    ("社会保障的改革", "zh-Hant", "社會保障的改革"),
    ("头发发展", "zh-Hant", "頭髮發展"),
    ("为什么", "zh-TW", "為什麼"),
    ("为什么", "zh-HK", "為什麼"),
    ("社会保障", "zh", "社会保障"),
    ("GDP 8400", "zh-Hant", "GDP 8400"),
)


@pytest.mark.parametrize(("text", "target", "expected"), TEXTS)
def test_text_is_converted(text: str, target: str, expected: str) -> None:
    assert convert(text, target) == expected


def test_cues_keep_times_lines_and_speakers() -> None:
    cues = (Cue(0, 1000, "谢谢邀请，\n再见。", "host"),)
    assert convert_cues(cues, "zh-Hant") == (Cue(0, 1000, "謝謝邀請，\n再見。", "host"),)


def test_words_are_converted_in_the_context_of_their_utterance() -> None:
    words = tuple(Word(number * 100, number * 100 + 100, text, 0.9, "host") for number, text in enumerate("头发和发展"))
    (found,) = convert_utterances([Utterance(words, "host")], "zh-Hant")
    assert found.text == "頭髮和發展"
    assert [(one.start_ms, one.speaker) for one in found.words] == [(one.start_ms, one.speaker) for one in words]


@given(
    st.lists(st.text("頭髮發展社會 ,a后後臺台", min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from(["zh-Hans", "zh-Hant"]),
)
def test_no_word_is_lost(texts: list[str], target: str) -> None:
    words = tuple(Word(0, 100, text, 0.9) for text in texts)
    (found,) = convert_utterances([Utterance(words)], target)
    assert [len(one.text) for one in found.words] == [len(text) for text in texts]


@pytest.mark.parametrize(
    ("source", "target", "can"),
    [("zh-Hans", "zh-Hant", True), ("zh", "zh-TW", True), ("zh-Hans", "zh-Hans", False), ("en", "zh-Hans", False),
     ("ja", "zh", False)],
)  # fmt: skip
def test_only_chinese_converts(source: str, target: str, can: bool) -> None:
    assert can_convert(source, target) is can
