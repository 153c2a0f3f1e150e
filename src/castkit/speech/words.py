"""Words as Whisper times them: punctuation joined to its word, edges moved to where speech starts and stops.

Rule: no word is lost or reworded here, only its times and its neighbours change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from castkit.model.transcript import Utterance, Word
from castkit.speech.spans import Span

# openai-whisper, transcribe.py: punctuation that belongs to the word after it, and to the word before it.
PREPENDED = frozenset("\"'“¿([{-")
APPENDED = frozenset("\"'.。,，!！?？:：”)]}、")


@dataclass(frozen=True, slots=True)
class TimedText:
    """A piece of text as an engine aligns it, times in seconds from the window's start."""

    start: float
    end: float
    text: str
    probability: float


def words_of(pieces: Iterable[TimedText]) -> tuple[Word, ...]:
    """The words of a window, each with the punctuation around it; probabilities rounded to keep transcripts legible."""
    words: list[Word] = []
    pending = ""
    for piece in pieces:
        if not piece.text:
            continue
        bare = piece.text.strip()
        if bare in APPENDED and words and not pending and not piece.text.startswith(" "):
            words[-1] = replace(words[-1], text=words[-1].text + piece.text)
        elif bare in PREPENDED and piece.text.startswith(" "):
            pending += piece.text
        else:
            start, end = round(piece.start * 1000), round(piece.end * 1000)
            words.append(Word(start, end, pending + piece.text, round(float(piece.probability), 3)))
            pending = ""
    if pending and words:
        words[-1] = replace(words[-1], text=words[-1].text + pending)
    return tuple(words)


# How far an edge Whisper gave may lie from the edge of speech it means; beyond that the word is left where it is.
REACH_MS = 500
FAR_MS = 2_000  # a word so far from all speech is not moved
SHORTEST_WORD_MS = 20
LONGEST_MEDIAN_MS = 700

PAUSE_MS = 600  # starts a new utterance in any case
SENTENCE_PAUSE_MS = 200  # starts one after the end of a sentence
SENTENCE_END = frozenset(".!?。！？…")


def snap(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Word, ...]:
    """The words with their edges moved into the spans of speech they overlap most, and out to a span's own edges.

    Whisper lets the first word after a pause begin in the pause, and the last one before it last into it.
    """
    if not speech:
        return tuple(words)
    words = _without_pauses(words)
    homes: list[int] = []
    for word in words:
        homes.append(max(homes[-1] if homes else 0, _home(word, speech)))
    moved: list[Word] = []
    for index, (word, home) in enumerate(zip(words, homes, strict=True)):
        span = speech[home]
        is_first = index == 0 or homes[index - 1] != home
        is_last = index + 1 == len(words) or homes[index + 1] != home
        start, end = _within(word, span)
        if is_first and abs(start - span.start_ms) <= REACH_MS:
            start = span.start_ms
        if is_last and abs(end - span.end_ms) <= REACH_MS:
            end = span.end_ms
        if moved:
            start = max(start, moved[-1].end_ms)
        moved.append(replace(word, start_ms=start, end_ms=max(end, start + SHORTEST_WORD_MS)))
    return tuple(moved)


def _without_pauses(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words, long ones at the edges of sentences cut to twice the median as Whisper does; the rest is pause."""
    limit = 2 * round(min(LONGEST_MEDIAN_MS, median([word.end_ms - word.start_ms for word in words] or [0])))
    cut: list[Word] = []
    for index, word in enumerate(words):
        starts = index == 0 or _ends_sentence(words[index - 1])
        if word.end_ms - word.start_ms <= limit:
            cut.append(word)
        elif _ends_sentence(word) and not starts:
            cut.append(replace(word, end_ms=word.start_ms + limit))
        else:
            cut.append(replace(word, start_ms=word.end_ms - limit) if starts else word)
    return tuple(cut)


def _ends_sentence(word: Word) -> bool:
    return word.text.rstrip(" \"'”’」』)）")[-1:] in SENTENCE_END


def _home(word: Word, speech: Sequence[Span]) -> int:
    """The index of the span the word overlaps most, else of the nearest."""

    def closeness(index: int) -> tuple[int, int, int]:
        span = speech[index]
        distance = max(span.start_ms - word.end_ms, word.start_ms - span.end_ms, 0)
        return span.overlap_ms(word.start_ms, word.end_ms), -distance, -index

    return max(range(len(speech)), key=closeness)


def _within(word: Word, span: Span) -> tuple[int, int]:
    """The word's times cut to the span; as they were where they lie far outside it."""
    if word.start_ms > span.end_ms + FAR_MS or word.end_ms < span.start_ms - FAR_MS:
        return word.start_ms, word.end_ms
    start = min(max(word.start_ms, span.start_ms), span.end_ms - SHORTEST_WORD_MS)
    return start, max(start + SHORTEST_WORD_MS, min(word.end_ms, span.end_ms))


def utterances(words: Iterable[Word]) -> tuple[Utterance, ...]:
    """One speaker's words, cut at pauses of PAUSE_MS, and at shorter ones where a sentence ends."""
    groups: list[list[Word]] = []
    for word in words:
        last = groups[-1][-1] if groups else None
        pause = word.start_ms - last.end_ms if last else 0
        ends = last is not None and _ends_sentence(last)
        if last is None or pause >= PAUSE_MS or (ends and pause >= SENTENCE_PAUSE_MS):
            groups.append([word])
        else:
            groups[-1].append(word)
    return tuple(Utterance(tuple(group), group[0].speaker) for group in groups)


def in_time_order(voices: Iterable[Iterable[Utterance]]) -> tuple[Utterance, ...]:
    """The utterances of all speakers by start; of two that start together, the earlier track's comes first."""
    return tuple(sorted((item for voice in voices for item in voice), key=lambda item: item.start_ms))
