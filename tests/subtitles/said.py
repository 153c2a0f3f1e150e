"""Transcripts for the subtitles' tests: real ones, and what Hypothesis can think of."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from castkit.model.transcript import Transcript, Utterance, Word

DATA = Path(__file__).parent.parent / "data" / "transcripts"
SLUGS = ("episode-01", "episode-02", "episode-03")

ENGLISH = (
    "the cost of a day is shared, by Mr. Lee and all others. Who pays? 8,400,000 people! self-employed – “yes” …"
).split()
CHINESE = (
    "我们 今天 谈 社会保障 的 改革 ， 涉及 8400 万 人 。 工人 们 愿意 吗 ？ GDP 增长 「 好 」 再见 ！ 平台 劳动者"
).split()


def transcript(slug: str) -> Transcript:
    return Transcript.from_json(json.loads((DATA / f"{slug}.json").read_text("utf-8")))


def said(
    text: str, start_ms: int = 0, *, word_ms: int = 300, pause_ms: int = 0, speaker: str | None = None
) -> Utterance:
    """An utterance of these words, each as long, one after another."""
    words = []
    for part in text.split(" "):
        words.append(Word(start_ms, start_ms + word_ms, f" {part}", 0.9, speaker))
        start_ms += word_ms + pause_ms
    return Utterance(tuple(words), speaker)


def chinese(text: str, start_ms: int = 0, *, letter_ms: int = 200) -> Utterance:
    """An utterance as Whisper gives Chinese: a word for every character."""
    words = (
        Word(start_ms + number * letter_ms, start_ms + (number + 1) * letter_ms, letter, 0.9)
        for number, letter in enumerate(text)
    )
    return Utterance(tuple(words))


@st.composite
def utterances(draw: st.DrawFn, vocabulary: list[str], space: str) -> list[Utterance]:
    """Any utterances: crammed or sparse, with words of no length, of several speakers who may talk at once."""
    found = []
    openings = [word for word in vocabulary if word[0].isalnum()]
    for _ in range(draw(st.integers(0, 8))):
        now = draw(st.integers(0, 40_000))
        speaker = draw(st.sampled_from([None, "host", "guest"]))
        words: list[Word] = []
        for _ in range(draw(st.integers(1, 30))):
            now += draw(st.sampled_from([0, 0, 0, 20, 90, 400, 900, 5000]))
            end = now + draw(st.sampled_from([0, 60, 180, 350, 1200, 12_000]))
            text = draw(st.sampled_from(vocabulary if words else openings))
            words.append(Word(now, end, space + text, 0.5, speaker))
            now = end
        found.append(Utterance(tuple(words), speaker))
    return found
