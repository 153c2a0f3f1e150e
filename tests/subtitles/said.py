"""Transcripts for the subtitles' tests: real ones, and what Hypothesis can think of."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from castkit.model.transcript import Transcript, Utterance, Word

DATA = Path(__file__).parent.parent / "data" / "transcripts"
HEARD = Path(__file__).parent.parent / "data" / "heard"
TRUTH = Path(__file__).parent.parent / "data" / "truth"
SLUGS = ("episode-01", "episode-02", "episode-03")

ENGLISH = (
    "the cost of a day is shared, by Mr. Lee and all others. Who pays? 8,400,000 people! self-employed – “yes” …"
).split()
CHINESE = (
    "我们 今天 谈 社会保障 的 改革 ， 涉及 8400 万 人 。 工人 们 愿意 吗 ？ GDP 增长 「 好 」 再见 ！ 平台 劳动者"
).split()


def transcript(slug: str) -> Transcript:
    return Transcript.from_json(json.loads((DATA / f"{slug}.json").read_text("utf-8")))


def heard(slug: str) -> Transcript:
    """What Whisper base hears in an episode with the demonstration's own settings, on the recordings' clock."""
    value = json.loads((HEARD / f"{slug}.json").read_text("utf-8"))
    utterances, translation = (
        tuple(
            Utterance(tuple(Word(*word, one["speaker"]) for word in one["words"]), one["speaker"])
            for one in value[part]
        )
        for part in ("utterances", "translation")
    )
    return Transcript(value["language"], value["engine"], value["model"], value["duration_ms"], utterances, translation)


def true_utterances(slug: str) -> tuple[Utterance, ...]:
    """The text that was really spoken, each word with the time at which it was heard.

    Words that were misheard share the time between their neighbours, letter by letter.
    """
    truth = json.loads((TRUTH / f"{slug}.json").read_text("utf-8"))
    is_chinese = truth["language"] == "zh"
    known = [part for word in heard(slug).words for part in (_letters(word) if is_chinese else [word])]
    return tuple(_true(turn, known, is_chinese=is_chinese) for turn in truth["turns"])


def _letters(word: Word) -> list[Word]:
    text = "".join(word.text.split())
    step = (word.end_ms - word.start_ms) / len(text)
    edges = [round(word.start_ms + step * number) for number in range(len(text) + 1)]
    return [Word(*pair, one, 1.0) for one, pair in zip(text, pairwise(edges), strict=True)]


def _true(turn: dict[str, Any], heard: list[Word], *, is_chinese: bool) -> Utterance:
    parts = list("".join(turn["text"].split())) if is_chinese else [f" {one}" for one in turn["text"].split()]
    own = [one for one in heard if turn["start_ms"] - 400 <= one.start_ms <= turn["end_ms"] + 400]
    matcher = SequenceMatcher(None, [_plain(part) for part in parts], [_plain(one.text) for one in own], autojunk=False)
    known = {a + n: own[b + n] for a, b, size in matcher.get_matching_blocks() for n in range(size)}
    words: list[Word] = []
    for is_known, run in groupby(range(len(parts)), key=known.__contains__):
        numbers = list(run)
        if is_known:
            words += [Word(known[n].start_ms, known[n].end_ms, parts[n], 1.0) for n in numbers]
            continue
        since = words[-1].end_ms if words else turn["start_ms"]
        until = known[numbers[-1] + 1].start_ms if numbers[-1] + 1 in known else turn["end_ms"]
        sizes = [0, *accumulate(len(parts[n]) for n in numbers)]
        edges = [round(since + max(0, until - since) * size / sizes[-1]) for size in sizes]
        words += [Word(*pair, parts[n], 1.0) for n, pair in zip(numbers, pairwise(edges), strict=True)]
    return Utterance(tuple(words), turn["speaker"])


def _plain(text: str) -> str:
    return text.strip(" .,?!;:，。？！、").lower()


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
