"""Cues of the demonstration, as heard and as truly said, by a judge that knows nothing of castkit's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from judge import Figures, Shown, bad_breaks, gold, judged, shown
from said import SLUGS, heard, true_utterances
from translations import accepted, accepted_sentences, heard_sentences, paired

from castkit.model.cue import Cue
from castkit.model.transcript import Utterance
from castkit.subtitles.cueing import make_cues
from castkit.subtitles.profile import profile_for
from castkit.subtitles.shared_times import laid_out
from castkit.wording.spacing import tidied

EN, ZH = profile_for("en"), profile_for("zh-Hans")


def cued(utterances: Sequence[Utterance], slug: str, words: str) -> Figures:
    one = heard(slug)
    cues, _ = make_cues(utterances, profile_for(one.language), one.duration_ms)
    return judged(shown(cues), one.language, gold(f"{slug}.{words}") if one.language == "zh" else ())


def spoken(slug: str) -> tuple[Utterance, ...]:
    one = heard(slug)
    return tidied(one.utterances, "zh-Hans")[0] if one.language == "zh" else one.utterances


def assert_good(figures: Figures) -> None:
    """The promise of the project, word for word."""
    assert (figures.too_long, figures.too_brief, figures.overlaps) == (0, 0, 0)
    assert (figures.wide_lines, figures.third_lines) == (0, 0)
    assert figures.too_fast <= 0.02 * figures.cues
    assert figures.inside_words == 0
    assert figures.forbidden <= 0.03 * figures.breaks


@pytest.mark.parametrize("slug", SLUGS)
def test_cues_of_what_was_heard(slug: str) -> None:
    figures = cued(spoken(slug), slug, "heard")
    assert figures.cues >= 15
    assert_good(figures)


@pytest.mark.parametrize("slug", SLUGS)
def test_cues_of_what_was_truly_said(slug: str) -> None:
    figures = cued(true_utterances(slug), slug, "true")
    assert figures.cues >= 15
    assert_good(figures)


@pytest.mark.parametrize("slug", SLUGS)
def test_cues_of_people_who_speak_a_quarter_faster(slug: str) -> None:
    faster = [
        replace(
            one,
            words=tuple(
                replace(word, start_ms=word.start_ms * 4 // 5, end_ms=word.end_ms * 4 // 5) for word in one.words
            ),
        )
        for one in true_utterances(slug)
    ]
    assert_good(cued(faster, slug, "true"))


def shared(cues: Sequence[Cue], source: Sequence[Cue]) -> float:
    """The part of the cues that come and go with one of the source's."""
    times = {(cue.start_ms, cue.end_ms) for cue in source}
    return sum((cue.start_ms, cue.end_ms) in times for cue in cues) / len(cues)


def test_a_translation_into_chinese_on_the_english_times() -> None:
    english, _ = make_cues(heard("episode-01").utterances, EN, heard("episode-01").duration_ms)
    sentences = paired(heard_sentences("episode-01"), accepted_sentences())
    cues, exceptions = laid_out(sentences, english, ZH, heard("episode-01").duration_ms)
    assert shared(cues, english) >= 0.9
    assert_good(judged(shown(cues), "zh", gold("episode-01.accepted")))
    assert not exceptions


def test_the_english_on_the_times_of_the_accepted_chinese() -> None:
    sentences = heard_sentences("episode-01")
    cues, exceptions = laid_out(sentences, accepted(), EN, heard("episode-01").duration_ms)
    assert shared(cues, accepted()) >= 0.9
    assert_good(judged(shown(cues), "en"))
    assert not exceptions
    assert " ".join(EN.flowing(cue.text) for cue in cues) == " ".join(one.text for one in sentences)
    for cue in cues:
        own = max(sentences, key=lambda one: min(one.end_ms, cue.end_ms) - max(one.start_ms, cue.start_ms))
        assert cue.speaker == own.speaker


JUDGED = (
    ("en", "We have seen the|report.", "article"),
    ("en", "They did|not pay.", "negation"),
    ("en", "They were|paid by the fund.", "auxiliary"),
    ("en", "It was built by Anna|Lindholm.", "name"),
    ("en", "It rose by sixty|percent.", "number"),
    ("en", "It is paid by|the fund.", "preposition"),
    ("en", "what the fund pays|out.", "particle"),
    ("en", "a large|country", "adjective"),
    ("en", "When it rains,|we stay at home.", ""),
    ("en", "We stay at home|when it rains.", ""),
    ("zh", "我们 研究 了 三 个 省 的 试|点 。", "inside"),
    ("zh", "效果 很 好|。", "punctuation"),
    ("zh", "成本 会|增加", "held"),
    ("zh", "平台 劳动者|的 保险", "held"),
    ("zh", "成本 会 增加 ，|但是 不 多", ""),
)


@pytest.mark.parametrize(("language", "text", "why"), JUDGED)
def test_the_judge_sees_what_is_wrong(language: str, text: str, why: str) -> None:
    words = text.replace("|", "" if why == "inside" else " ").split() if language == "zh" else []
    found = bad_breaks(text.split("|"), language, words)
    assert [one[2] for one in found] == ([why] if why else [])


def test_the_judge_counts() -> None:
    cues = [Shown(0, 800, ("one",)), Shown(700, 8000, ("x" * 43,)), Shown(9000, 10_000, ("a b", "c", "d" * 22))]
    figures = judged(cues, "en")
    assert (figures.too_brief, figures.too_long, figures.overlaps) == (1, 1, 1)
    assert (figures.wide_lines, figures.third_lines, figures.too_fast) == (1, 1, 1)
