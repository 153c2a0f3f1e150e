"""The three demonstration episodes against their true texts, with the demonstration's own settings."""

from __future__ import annotations

import statistics

import pytest
from scoring import error_rate


@pytest.mark.parametrize(("slug", "limit"), [("episode-01", 0.04), ("episode-02", 0.08), ("episode-03", 0.04)])
def test_errors_in_the_words(slug, limit, heard, truth):
    text = "".join(word.text for utterance in heard(slug).utterances for word in utterance.words)
    assert error_rate(text, truth[slug]) <= limit


def test_times_of_the_turns(heard, truth):
    """First and last words of all turns of the three episodes, which is what issue 4 promises."""
    off = []
    for slug in ("episode-01", "episode-02", "episode-03"):
        words = [word for utterance in heard(slug).utterances for word in utterance.words]
        for turn in truth[slug]["turns"]:
            inside = [w for w in words if w.start_ms < turn["end_ms"] and w.end_ms > turn["start_ms"]]
            assert inside, turn
            off += [abs(inside[0].start_ms - turn["start_ms"]), abs(inside[-1].end_ms - turn["end_ms"])]
    assert statistics.median(off) <= 80
    assert statistics.quantiles(off, n=20)[-1] <= 250


def test_every_word_has_its_speaker_although_the_guest_is_in_the_hosts_microphone(heard, truth):
    words = [word for utterance in heard("episode-01").utterances for word in utterance.words]
    for turn in truth["episode-01"]["turns"]:
        inside = {w.speaker for w in words if w.start_ms < turn["end_ms"] and w.end_ms > turn["start_ms"]}
        assert inside == {turn["speaker"]}, turn


@pytest.mark.parametrize("slug", ["episode-01", "episode-02", "episode-03"])
def test_utterances_are_in_order_and_words_do_not_overlap(slug, heard):
    utterances = heard(slug).utterances
    assert [u.start_ms for u in utterances] == sorted(u.start_ms for u in utterances)
    for utterance in utterances:
        edges = [edge for word in utterance.words for edge in (word.start_ms, word.end_ms)]
        assert edges == sorted(edges)
        assert len({word.speaker for word in utterance.words}) == 1
    assert heard(slug).notes == ()


def test_chinese_has_punctuation_and_one_script(heard):
    text = "".join(utterance.text for utterance in heard("episode-02").utterances)
    assert sum(text.count(mark) for mark in "。？?") >= 30
    assert not set("這個們說產險") & set(text)


def test_every_turn_is_translated(heard, truth):
    english = [word for utterance in heard("episode-02").translation for word in utterance.words]
    assert "".join(word.text for word in english).isascii()
    without = [
        turn
        for turn in truth["episode-02"]["turns"]
        if not any(w.start_ms < turn["end_ms"] and w.end_ms > turn["start_ms"] for w in english)
    ]
    assert without == []
