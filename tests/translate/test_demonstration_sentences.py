"""The demonstration episodes, as recognised with Whisper base: whole sentences, and English that goes with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from castkit.model.cue import Cue
from castkit.model.transcript import Transcript
from castkit.translate.ends import sentence_ends
from castkit.translate.sentences import sentences, sentences_of_cues
from castkit.translate.whisper_english import english_sentences

DATA = Path(__file__).parent.parent / "data"


def heard(slug: str) -> Transcript:
    return Transcript.from_json(json.loads((DATA / "transcripts" / f"{slug}.json").read_text("utf-8")))


@pytest.mark.parametrize("slug", ["episode-01", "episode-02", "episode-03"])
def test_sentences_are_not_torn(slug: str) -> None:
    transcript = heard(slug)
    found = sentences(transcript.utterances, transcript.language)
    torn = [one.text for one in found if len(one.text) not in sentence_ends(one.text, transcript.language)]
    assert len(torn) <= 0.03 * len(found), torn
    spoken = "".join(word.text for word in transcript.words)
    assert sum(len("".join(one.text.split())) for one in found) == len("".join(spoken.split()))


@pytest.mark.parametrize("slug", ["episode-01", "episode-02", "episode-03"])
def test_a_true_turn_is_parted_at_its_full_stops_only(slug: str, truth: dict[str, Any]) -> None:
    for turn in truth[slug]["turns"]:
        found = sentences_of_cues([Cue(turn["start_ms"], turn["end_ms"], turn["text"])], truth[slug]["language"])
        marked = sum(one in "。！？!?" for one in turn["text"]) + turn["text"].count(". ") + turn["text"].endswith(".")
        assert len(found) == marked, [one.text for one in found]


def test_whispers_english_keeps_its_words_and_takes_the_sources_times() -> None:
    transcript = heard("episode-02")
    source = sentences(transcript.utterances, "zh")
    found = english_sentences(transcript, source)
    words = "".join(word.text for one in transcript.translation for word in one.words).split()
    assert sorted(word for one in found for word in one.text.split()) == sorted(words)
    starts = {one.start_ms for one in source}
    ends = {one.end_ms for one in source}
    assert len(starts & {one.start_ms for one in found}) >= 0.9 * len(source)
    assert len(ends & {one.end_ms for one in found}) >= 0.9 * len(source)
