"""A translation on the source's times: no word lost or moved, and what breaks a limit is listed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said import ENGLISH

from castkit.model.cue import Cue
from castkit.model.sentence import Sentence
from castkit.subtitles.profile import breaches, profile_for
from castkit.subtitles.shared_times import laid_out

EN, ZH = profile_for("en"), profile_for("zh-Hans")
GRID = (Cue(1000, 3400, "一"), Cue(3483, 6000, "二"), Cue(8000, 10_000, "三"))


def times(cues: tuple[Cue, ...]) -> list[tuple[int, int]]:
    return [(cue.start_ms, cue.end_ms) for cue in cues]


def test_a_sentence_is_parted_where_the_sources_cues_are_at_a_good_place() -> None:
    text = "We asked the minister for an answer, and she told us to wait for the report."
    cues, exceptions = laid_out([Sentence(1000, 5700, text, "host")], GRID, EN, 60_000)
    assert [cue.text.replace("\n", " ") for cue in cues] == [
        "We asked the minister for an answer,",
        "and she told us to wait for the report.",
    ]
    assert times(cues) == times(GRID[:2])
    assert {cue.speaker for cue in cues} == {"host"}
    assert not exceptions


def test_two_sentences_on_one_cue_and_one_on_two() -> None:
    sentences = [Sentence(1000, 1900, "你好。"), Sentence(2000, 3200, "谁来付？"), Sentence(3483, 9500, "大家一起。")]
    cues, _ = laid_out(sentences, GRID, ZH, 60_000)
    assert cues[0].text == "你好。谁来付？"
    assert times(cues)[0] == (1000, 3400)
    assert "".join(cue.text for cue in cues[1:]) == "大家一起。"


def test_a_cue_stays_into_the_pause_that_follows_where_its_text_needs_it() -> None:
    text = "The contributions of all the platforms are paid into one common fund."
    cues, exceptions = laid_out([Sentence(3483, 5600, text)], GRID, EN, 60_000)
    assert times(cues) == [(3483, 3483 + 50 * len(text))]
    assert not exceptions


def test_cues_are_joined_where_neither_can_be_read_alone() -> None:
    source = (Cue(1000, 1900, "一"), Cue(1983, 2900, "二"), Cue(2983, 6000, "三"))
    text = "Solidarity notwithstanding, nobody paid."
    cues, exceptions = laid_out([Sentence(1000, 2800, text), Sentence(2983, 5500, "Nobody.")], source, EN, 60_000)
    assert [cue.text.replace("\n", " ") for cue in cues] == [text, "Nobody."]
    assert times(cues) == [(1000, 3000 - 100), (2983, 6000)]
    assert [one.rule for one in exceptions] == ["reading-speed"]


def test_a_long_cue_is_parted_in_time() -> None:
    text = "One word. " * 17
    source = (Cue(1000, 15_000, "一"),)
    cues, exceptions = laid_out([Sentence(1000, 15_000, text)], source, EN, 60_000)
    assert len(cues) >= 2
    assert not exceptions
    assert " ".join(EN.flowing(cue.text) for cue in cues) == text.strip()


def test_a_sentence_without_a_cue_stands_at_its_own_time_or_with_the_nearest() -> None:
    cues, exceptions = laid_out([Sentence(6500, 7500, "Yes.")], GRID, EN, 60_000)
    assert times(cues) == [(6500, 7500)]
    cues, exceptions = laid_out([Sentence(3410, 3420, "Yes."), Sentence(3500, 5800, "No.")], GRID, EN, 60_000)
    assert [cue.text for cue in cues] == ["Yes.", "No."]
    assert times(cues) == times(GRID[:2])
    assert not exceptions
    assert times(laid_out([Sentence(500, 2500, "Yes.")], (), EN, 60_000)[0]) == [(500, 2500)]
    assert laid_out([Sentence(500, 2500, " ")], GRID, EN, 60_000) == ((), ())


def test_two_speakers_share_no_cue_although_the_sources_did() -> None:
    sentences = [Sentence(1000, 2000, "Is that so?", "host"), Sentence(2100, 3300, "It is.", "guest")]
    cues, _ = laid_out(sentences, GRID, EN, 60_000)
    assert [(cue.speaker, cue.text) for cue in cues] == [("host", "Is that so?"), ("guest", "It is.")]
    assert (cues[0].start_ms, cues[1].end_ms) == (1000, 3400)


def test_cues_of_another_speaker_are_not_taken() -> None:
    source = (Cue(1000, 3000, "一", "host"), Cue(3083, 5000, "二", "guest"))
    sentences = [Sentence(1000, 3900, "Is that so?", "host"), Sentence(3000, 4800, "It is.", "guest")]
    cues, _ = laid_out(sentences, source, EN, 60_000)
    assert [(cue.start_ms, cue.speaker) for cue in cues] == [(1000, "host"), (3083, "guest")]


def test_far_too_much_text_is_all_there_and_listed() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    cues, exceptions = laid_out([Sentence(1000, 3000, text)], (GRID[0], Cue(3483, 6000, "二")), EN, 60_000)
    assert " ".join(EN.flowing(cue.text) for cue in cues) == text
    assert all(len(line) <= 42 for cue in cues for line in cue.lines)
    assert {"lines", "reading-speed"} & {one.rule for one in exceptions}


@st.composite
def tracks(draw: st.DrawFn) -> tuple[list[Sentence], list[Cue]]:
    """Any cues that a person may have left, and sentences that need not agree with them."""
    now, cues = draw(st.integers(0, 3000)), []
    for _ in range(draw(st.integers(0, 8))):
        end = now + draw(st.sampled_from([300, 834, 1500, 3000, 6900, 9000]))
        cues.append(Cue(now, end, "x", draw(st.sampled_from([None, "host", "guest"]))))
        now = end + draw(st.sampled_from([-200, 0, 83, 700, 4000]))
    now, sentences = draw(st.integers(0, 3000)), []
    for _ in range(draw(st.integers(0, 6))):
        end = now + draw(st.sampled_from([0, 400, 2000, 5000, 9000]))
        text = " ".join(draw(st.lists(st.sampled_from(ENGLISH), min_size=1, max_size=25)))
        sentences.append(Sentence(now, end, text, draw(st.sampled_from([None, "host", "guest"]))))
        now = end + draw(st.sampled_from([0, 100, 3000]))
    return sentences, cues


@settings(max_examples=150, deadline=None)
@given(tracks())
def test_no_word_is_lost_and_no_limit_broken_in_secret(track: tuple[list[Sentence], list[Cue]]) -> None:
    sentences, source = track
    cues, exceptions = laid_out(sentences, source, EN, 90_000)
    said = "".join("".join(one.text.split()) for one in sorted(sentences, key=lambda one: (one.start_ms, one.end_ms)))
    assert sorted("".join("".join(cue.text.split()) for cue in cues)) == sorted(said)
    assert {(one.index, one.rule) for one in exceptions} == {(one.index, one.rule) for one in breaches(cues, EN)}
    assert all(cue.end_ms > cue.start_ms >= 0 for cue in cues)
    if all(other.start_ms >= one.end_ms for one, other in pairwise(source)):
        assert all(other.start_ms >= one.end_ms for one, other in pairwise(cues))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(ENGLISH), min_size=2, max_size=14), min_size=1, max_size=6))
def test_a_translation_that_fits_its_source_shares_every_time(texts: list[list[str]]) -> None:
    sentences, cues, now = [], [], 1000
    for words in texts:
        text = " ".join(words)
        end = now + max(834, 60 * len(text))
        sentences.append(Sentence(now, end, text))
        cues.append(Cue(now, min(end, now + 7000), "x"))
        now = end + 600
    if any(len(text) > 42 for text in (one.text for one in sentences)):
        return
    laid, _ = laid_out(sentences, cues, EN, 10**6)
    assert times(laid) == times(tuple(cues))


@pytest.mark.parametrize("style", ["kept", "netflix"])
def test_punctuation_is_written_as_the_profile_says(style: str) -> None:
    profile = replace(ZH, punctuation=style)
    cues, _ = laid_out([Sentence(1000, 3300, "今天，我们谈谈。你来吗？")], GRID, profile, 60_000)
    shown = "".join(cue.text for cue in cues).replace("\n", "")
    assert ("，" in shown and "。" in shown) == (style == "kept")
    assert "？" in shown
