"""The demonstration's first episode as sentences in both languages: heard in English, translated by a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from said import heard

from castkit.model.cue import Cue
from castkit.model.sentence import Sentence
from castkit.subtitles.files import read_srt

INTRO_MS = 2000  # the programme has music before the recordings, on whose clock the words in tests/data are
ACCEPTED = Path(__file__).parents[2] / "episodes/episode-01/subtitles/episode-01.zh-Hans.srt"


def accepted() -> tuple[Cue, ...]:
    """The cues that the demonstration's translator left, on the recordings' clock."""
    return tuple(
        replace(cue, start_ms=cue.start_ms - INTRO_MS, end_ms=cue.end_ms - INTRO_MS) for cue in read_srt(ACCEPTED)
    )


def heard_sentences(slug: str) -> list[Sentence]:
    """What was heard, cut after full stops and the like, with the words' times."""
    found: list[Sentence] = []
    for utterance in heard(slug).utterances:
        words = []
        for word in utterance.words:
            words.append(word)
            if re.search(r"[.?!。？！]$", word.text) or word is utterance.words[-1]:
                text = "".join(one.text for one in words).strip()
                found.append(Sentence(words[0].start_ms, words[-1].end_ms, text, utterance.speaker))
                words = []
    return found


def accepted_sentences() -> list[Sentence]:
    """The translator's sentences, with the times of the cues they stand on."""
    found: list[Sentence] = []
    start, text = None, ""
    for cue in accepted():
        start = cue.start_ms if start is None else start
        text += cue.text.replace("\n", "")
        if text[-1] in "。？！":
            found.append(Sentence(start, cue.end_ms, text))
            start, text = None, ""
    assert not text
    return found


def paired(sources: Sequence[Sentence], translations: Sequence[Sentence]) -> list[Sentence]:
    """The translations with the times and speakers of the sentences that they are spoken over.

    Where the translator made two sentences of one, or one of two, they stay together.
    """
    found: list[tuple[list[Sentence], list[Sentence]]] = []
    for translation in translations:
        own = [one for one in sources if _overlap(one, translation) > 0.3 * min(_length(one), _length(translation))]
        assert own, translation
        if found and found[-1][0][-1] in own:
            found[-1][1].append(translation)
            found[-1][0].extend(one for one in own if one not in found[-1][0])
        else:
            found.append((own, [translation]))
    space = "" if translations[0].text[0] > "\u2e80" else " "
    return [
        Sentence(own[0].start_ms, own[-1].end_ms, space.join(one.text for one in parts), own[0].speaker)
        for own, parts in found
    ]


def _length(one: Sentence) -> int:
    return one.end_ms - one.start_ms


def _overlap(one: Sentence, other: Sentence) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
