"""Recordings in more than one language: which windows hold two, and where they are to be cut.

Rule: only a window whose language is not certain is looked at more closely; it costs the encoder again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from castkit.speech import languages
from castkit.speech.spans import Window, pack
from castkit.speech.stretches import Stretch
from castkit.speech.transcriber import Transcriber

# Of the window's best language. Windows of one language have 0.99 and more even with Whisper base, and one that is half
# in another may still have 0.97.
CERTAIN = 0.985
PART_MS = 4_000  # a sentence: with more, the one at the change would be in both
SHORTEST_PART_MS = 1_200  # of speech in a part, for it to decide for itself


def spoken(
    batch: Sequence[Stretch], found: Sequence[Mapping[str, float]], transcriber: Transcriber, before: str | None
) -> tuple[list[str | None], list[tuple[Stretch, str]]]:
    """The language of each window of a batch, and the windows that replace those with two languages in them (None).

    `found` are the probabilities of the batch's languages, `before` is the language of the batch before it.
    """
    whole = languages.decided(found, [stretch.window.speech_ms for stretch in batch], before)
    decided: list[str | None] = list(whole)
    apart: list[tuple[Stretch, str]] = []
    for number, stretch in enumerate(batch):
        if max(found[number].values()) >= CERTAIN or len(stretch.window.speech) < 2:
            continue
        cut = _cut(stretch, transcriber, whole[number])
        decided[number] = cut[0][1] if len(cut) == 1 else None
        apart += cut if len(cut) > 1 else ()
    return decided, apart


def _cut(stretch: Stretch, transcriber: Transcriber, usual: str) -> list[tuple[Stretch, str]]:
    """The window as windows of one language each; itself where its parts agree."""
    end_ms = stretch.voice.sound.duration_ms
    parts = pack(stretch.window.speech, end_ms, longest_ms=PART_MS)
    encoded = transcriber.encode([replace(stretch, window=part).samples() for part in parts])
    weights = [part.speech_ms for part in parts]
    found = languages.decided(encoded.languages(), weights, usual, shortest_ms=SHORTEST_PART_MS)
    runs = [
        (language, [part for _, part in run])
        for language, run in groupby(zip(found, parts, strict=True), key=itemgetter(0))
    ]
    if len(runs) == 1:
        return [(stretch, runs[0][0])]
    return [(replace(stretch, window=window), language) for language, run in runs for window in _joined(run, end_ms)]


def _joined(parts: Sequence[Window], end_ms: int) -> tuple[Window, ...]:
    return pack([span for part in parts for span in part.speech], end_ms)
