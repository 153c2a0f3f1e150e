"""How speech and words cover each other: what was said and got no words, and words where nobody speaks.

Rule: spans and words are of one voice and on one clock, in ms; the times given back are on that clock, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from castkit.model.transcript import Coverage, Word
from castkit.speech.spans import Span

BREATH_MS = 400  # speech around a word that has none: its edges, and breath between words
SHORTEST_GAP_MS = 800  # long enough for a word or two, and worth listening to
LARGEST_LOSS_MS = 3_000  # speech without words that is worth a note


def measured(speech: Sequence[Span], words: Sequence[Word]) -> Coverage:
    """The coverage of one voice: `speech` its spans in order, `words` as they stand in the transcript.

    Stretches of speech without words of up to BREATH_MS are no loss; those of SHORTEST_GAP_MS and more are `gaps`.
    """
    bare = wordless(speech, words)
    return Coverage(
        speech_ms=sum(span.duration_ms for span in speech),
        wordless_ms=sum(span.duration_ms for span in bare),
        words=len(words),
        speechless_words=_outside(_spans(words), sorted(speech, key=_start)),
        gaps=tuple((span.start_ms, span.end_ms) for span in bare if span.duration_ms >= SHORTEST_GAP_MS),
    )


def wordless(speech: Sequence[Span], words: Sequence[Word]) -> tuple[Span, ...]:
    """The stretches of speech without words that are longer than a breath."""
    left = _without(sorted(speech, key=_start), _spans(words))
    return tuple(span for span in left if span.duration_ms > BREATH_MS)


def together(coverages: Iterable[Coverage]) -> Coverage:
    """The coverage of several voices on one clock; the gaps of all, by time."""
    found = tuple(coverages)
    return Coverage(
        speech_ms=sum(one.speech_ms for one in found),
        wordless_ms=sum(one.wordless_ms for one in found),
        words=sum(one.words for one in found),
        speechless_words=sum(one.speechless_words for one in found),
        gaps=tuple(sorted(gap for one in found for gap in one.gaps)),
    )


def note(coverage: Coverage) -> tuple[str, ...]:
    """What a person should know of it, in sentences; nothing where no more than a breath is missing."""
    told = []
    if coverage.wordless_ms >= LARGEST_LOSS_MS:
        places = f", in {len(coverage.gaps)} places the report lists" if len(coverage.gaps) > 1 else ""
        told.append(f"{coverage.wordless_ms / 1000:.0f} s that sound like speech got no words{places}")
    if coverage.speechless_words:
        one = coverage.speechless_words == 1
        told.append(f"{coverage.speechless_words} {'word lies' if one else 'words lie'} where nobody seems to speak")
    return tuple(told)


def _start(span: Span) -> int:
    return span.start_ms


def _spans(words: Iterable[Word]) -> list[Span]:
    return sorted((Span(word.start_ms, word.end_ms) for word in words), key=_start)


def _without(spans: Iterable[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """What is left of the spans without the taken ones; both in order of their start."""
    first = 0
    for span in spans:
        while first < len(taken) and taken[first].end_ms <= span.start_ms:
            first += 1
        start = span.start_ms
        for other in taken[first:]:
            if other.start_ms >= span.end_ms:
                break
            if other.start_ms > start:
                yield Span(start, other.start_ms)
            start = max(start, other.end_ms)
        if start < span.end_ms:
            yield Span(start, span.end_ms)


def _outside(words: Sequence[Span], spans: Sequence[Span]) -> int:
    """How many of the words touch none of the spans; both in order of their start."""
    count = first = 0
    for word in words:
        while first < len(spans) and spans[first].end_ms <= word.start_ms:
            first += 1
        if first == len(spans) or spans[first].start_ms >= max(word.end_ms, word.start_ms + 1):
            count += 1
    return count
