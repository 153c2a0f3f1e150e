"""Words and cues become whole sentences, and not a character is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.model.cue import Cue
from castkit.model.transcript import Utterance, Word
from castkit.translate.ends import clause_cuts, halves, sentence_ends
from castkit.translate.sentences import LONGEST, LONGEST_WIDE, sentences, sentences_of_cues


def said(text: str, start_ms: int = 0, speaker: str | None = None, *, each_ms: int = 300) -> Utterance:
    """The words of a text as a recogniser gives them, one after the other without a pause."""
    parts = [f" {word}" for word in text.split()] if text.isascii() else list(text)
    return Utterance(
        tuple(
            Word(start_ms + each_ms * number, start_ms + each_ms * (number + 1), part, 0.9, speaker)
            for number, part in enumerate(parts)
        ),
        speaker,
    )


PARTED = {
    "full stops": ("en", "We met. He left.", ["We met.", "He left."]),
    "titles": ("en", "Dr. Li met Mr. Wang. They spoke.", ["Dr. Li met Mr. Wang.", "They spoke."]),
    "abbreviation in the middle": ("en", "It has e.g. sick pay. It works.", ["It has e.g. sick pay.", "It works."]),
    "initials": ("en", "J. R. Smith of the U.S. Treasury spoke.", ["J. R. Smith of the U.S. Treasury spoke."]),
    "decimals": ("en", "It grew by 3.5 percent. Then 0.2.", ["It grew by 3.5 percent.", "Then 0.2."]),
    "number and year": ("en", "See No. 5 of 2020. No. We did not.", ["See No. 5 of 2020.", "No.", "We did not."]),
    "addresses": ("en", "Go to example.org. It is there.", ["Go to example.org.", "It is there."]),
    "quotes": ("en", '"Really?" he said. "Yes!" She left.', ['"Really?" he said.', '"Yes!"', "She left."]),
    "several marks": ("en", "What?! No... not that. Well…", ["What?!", "No... not that.", "Well…"]),
    "ordinals": ("de", "Am 3. Mai war es. Gut.", ["Am 3. Mai war es.", "Gut."]),
    "Chinese": ("zh-Hans", "谢谢您。好吗？好！再见", ["谢谢您。", "好吗？", "好！", "再见"]),
    "Chinese quotes": ("zh-Hans", "他说：“好。”我走了。", ["他说：“好。”", "我走了。"]),
    "Chinese, ASCII marks": ("zh-Hans", "好吗?有3.5亿人.再见", ["好吗?", "有3.5亿人.", "再见"]),
    "Arabic": ("ar", "كيف حالك؟ بخير.", ["كيف حالك؟", "بخير."]),
    "Hindi": ("hi", "नमस्ते। आप कैसे हैं?", ["नमस्ते।", "आप कैसे हैं?"]),
}


@pytest.mark.parametrize(("language", "text", "expected"), PARTED.values(), ids=PARTED)
def test_text_ends(language: str, text: str, expected: list[str]) -> None:
    assert [one.text for one in sentences_of_cues([Cue(0, 5000, text)], language)] == expected


def test_a_sentence_goes_on_over_utterances_and_through_others() -> None:
    heard = [said("and so we", 0, "a"), said("yes.", 500, "b"), said("went home. Good", 1000, "a")]
    found = sentences(heard, "en")
    assert [(one.text, one.speaker, one.start_ms, one.end_ms) for one in found] == [
        ("and so we went home.", "a", 0, 1600),
        ("yes.", "b", 500, 800),
        ("Good", "a", 1600, 1900),
    ]


@pytest.mark.parametrize(
    ("first", "pause_ms", "count"),
    [("we went home", 1100, 1), ("we went home", 1300, 2), ("we went home,", 1300, 1), ("we went home,", 2500, 2),
     ("we went home.", 0, 2)],
)  # fmt: skip
def test_a_long_pause_ends_a_sentence(first: str, pause_ms: int, count: int) -> None:
    assert len(sentences([said(first), said("Then he", 900 + pause_ms)], "en")) == count


def test_bare_text_is_parted_at_shorter_pauses() -> None:
    cues = [Cue(number * 3000, number * 3000 + 2300, "他们的工作时间比较灵活\n但是收入不太稳定") for number in range(6)]
    assert [one.text for one in sentences_of_cues(cues, "zh-Hans")] == ["他们的工作时间比较灵活但是收入不太稳定"] * 6


@pytest.mark.parametrize(("word", "most"), [("riders pay, ", LONGEST), ("骑手付款，", LONGEST_WIDE)])
def test_a_long_sentence_is_cut_at_clauses(word: str, most: int) -> None:
    text = (word * 200).strip()
    found = sentences([said(text, each_ms=50)], "en" if word.isascii() else "zh")
    assert len(found) > 3
    assert all(most / 3 <= len(one.text) <= most for one in found)
    assert all(one.text.endswith((",", "，")) for one in found)
    assert "".join("".join(one.text.split()) for one in found) == "".join(text.split())


def test_a_long_sentence_without_clauses_is_cut_between_words_at_the_longest_pause() -> None:
    heard = [said("word " * 50), said("word " * 50, 15_900)]
    assert [(one.start_ms, one.end_ms) for one in sentences(heard, "en")] == [(0, 15_000), (15_900, 30_900)]


def test_cues_become_sentences_with_their_times() -> None:
    cues = (
        Cue(1000, 3000, "Welcome to the show\nabout work."),
        Cue(3100, 5100, "I am your host. And"),
        Cue(5200, 6200, "this is one."),
    )
    assert [(one.text, one.start_ms, one.end_ms) for one in sentences_of_cues(cues, "en")] == [
        ("Welcome to the show about work.", 1000, 3000),
        ("I am your host.", 3100, 4678),
        ("And this is one.", 4784, 6200),
    ]


def test_lines_with_dashes_are_two_peoples() -> None:
    found = sentences_of_cues([Cue(0, 2000, "- and you\n- not me")], "en")
    assert [one.text for one in found] == ["- and you", "- not me"]


def test_words_of_chinese_lines_are_not_spaced_and_korean_ones_are() -> None:
    assert [one.text for one in sentences_of_cues([Cue(0, 9, "社会\n保障")], "zh")] == ["社会保障"]
    assert [one.text for one in sentences_of_cues([Cue(0, 9, "사회\n보장")], "ko")] == ["사회 보장"]


texts = st.text("ab AZ.。,，?！…\"”'0 5(社会\n-)", min_size=1, max_size=12)
words = st.builds(
    lambda text, start, length, speaker: Utterance((Word(start, start + length, text, 0.9, speaker),), speaker),
    texts, st.integers(0, 20_000), st.integers(0, 900), st.sampled_from([None, "a", "b"]),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(words, max_size=30), st.sampled_from(["en", "zh-Hans", "de"]))
def test_every_character_is_in_one_sentence(heard: list[Utterance], language: str) -> None:
    found = sentences(heard, language)
    for speaker in (None, "a", "b"):
        ordered = sorted(heard, key=lambda one: one.start_ms)
        spoken = "".join(word.text for one in ordered for word in one.words if word.speaker == speaker)
        mine = [one.text for one in found if one.speaker == speaker]
        assert Counter("".join("".join(mine).split())) == Counter("".join(spoken.split()))
    assert all(one.text.strip() == one.text != "" for one in found)
    assert all(one.start_ms < one.end_ms for one in found)
    assert [one.start_ms for one in found] == sorted(one.start_ms for one in found)


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=20))
def test_one_speakers_text_keeps_its_order(parts: list[str]) -> None:
    cues = [Cue(number * 1000, number * 1000 + 900, text) for number, text in enumerate(parts)]
    found = "".join(one.text for one in sentences_of_cues(cues, "en"))
    assert "".join(found.split()) == "".join("".join(parts).split())


@settings(deadline=None)
@given(st.text("ab ,，社。.1", min_size=1, max_size=80))
def test_halves_are_the_whole(text: str) -> None:
    parted = halves(text)
    if parted is not None:
        assert all(parted)
        assert "".join("".join(parted).split()) == "".join(text.split())


def test_numbers_are_not_cut() -> None:
    assert list(clause_cuts("1,000 and 2")) == []
    assert list(clause_cuts("so, 1,000，和")) == [3, 10]
    assert list(sentence_ends("1.5 or 2.", "en")) == [9]
