"""Hears the windows of a batch: text by the guards, then what was passed over, then times for the words.

Rule: a window is encoded once. Whisper often stops before a window's end or skips an answer between two questions; its
own timestamps show where, and it is asked again from there on, on the same encoding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from unicodedata import east_asian_width

from castkit.speech.attempts import Attempt, rungs, settled
from castkit.speech.phrases import bare
from castkit.speech.spans import Span
from castkit.speech.transcriber import STAMP_MS, Encoded, Heard, Order, Task
from castkit.speech.words import words_of

SHORTEST_MISSED_MS = 500  # speech without text that is worth asking for
LEAST_COVERED = 0.5  # of a span of speech, by the times of the text; Whisper often rounds them to seconds
MOST_SHARED = 0.3  # of a sentence's time with others that stand there: more is the same said twice
HURRIED_MS, HURRIED_WIDE_MS = 45, 125  # for a letter, and for a Chinese character: who talks fast takes as long
MOST_ROUNDS = 6  # each asks every window for one stretch


@dataclass(frozen=True, slots=True)
class Request:
    """A window of a batch (its number), how to hear it, and its speech on its own clock."""

    window: int
    task: Task
    speech: tuple[Span, ...]
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or so as Whisper times it, in ms from the window's start; `end_ms` is None where it did not say."""

    start_ms: int
    end_ms: int | None
    tokens: tuple[int, ...]


def segments(tokens: Iterable[int], first_stamp: int, start_ms: int = 0) -> tuple[Segment, ...]:
    """The text between timestamps; what comes before the first one starts at `start_ms`."""
    found: list[Segment] = []
    text: list[int] = []
    for token in tokens:
        if token < first_stamp:
            text.append(token)
            continue
        stamp_ms = (token - first_stamp) * STAMP_MS
        if text:
            found.append(Segment(start_ms, stamp_ms, tuple(text)))
            text = []
        start_ms = stamp_ms
    if text:
        found.append(Segment(start_ms, None, tuple(text)))
    return tuple(found)


@dataclass(slots=True)
class _Hearing:
    """What is known of a window so far."""

    request: Request
    attempts: list[Attempt] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)

    def take(self, attempt: Attempt, gap: Span, first_stamp: int) -> None:
        """Takes the sentences of an attempt begun at the gap, as far as they lie where there are none yet."""
        if attempt.is_silence or not attempt.text.strip():
            return
        found = segments(attempt.tokens, first_stamp, gap.start_ms)
        # As Whisper does: what has no end is heard again from its start, unless it is all there is.
        if len(found) > 1 and found[-1].end_ms is None:
            found = found[:-1]
        new = [
            Segment(one.start_ms, gap.end_ms if one.end_ms is None else one.end_ms, one.tokens)
            for one in found
            if one.start_ms < self.request.duration_ms
        ]
        new = [one for one in new if self._is_new(one)]
        if new:
            self.attempts.append(attempt)
            self.segments = sorted((*self.segments, *new), key=lambda one: one.start_ms)

    def is_echo(self, attempt: Attempt, gap: Span) -> bool:
        """Whether an attempt says again what stands in the window, and faster than people do.

        Of a noise beside speech Whisper often makes the sentence before it once more.
        """
        text = bare(attempt.text)
        speech_ms = sum(span.overlap_ms(gap.start_ms, gap.end_ms) for span in self.request.speech)
        hurried = sum(HURRIED_WIDE_MS if east_asian_width(c) == "W" else HURRIED_MS for c in text)
        return hurried > speech_ms and any(text in bare(other.text) for other in self.attempts)

    def _is_new(self, segment: Segment) -> bool:
        """Whether a sentence stands neither at its time nor, word for word, right before or after it."""
        span = Span(segment.start_ms, max(segment.start_ms + STAMP_MS, segment.end_ms or 0))
        if self._covered_ms(span) > MOST_SHARED * span.duration_ms:
            return False
        before = [one for one in self.segments if one.start_ms <= segment.start_ms][-1:]
        after = [one for one in self.segments if one.start_ms > segment.start_ms][:1]
        return all(one.tokens != segment.tokens for one in (*before, *after))

    def _covered_ms(self, span: Span) -> int:
        return sum(span.overlap_ms(one.start_ms, one.end_ms or one.start_ms) for one in self.segments)

    def next_gap(self) -> Span | None:
        """The first stretch of speech that has no text and was not asked for yet, up to the next that has some."""
        bare_spans = [span for span in self.request.speech if self._is_bare(span)]
        for span in bare_spans:
            if span.start_ms not in self.asked:
                self.asked.add(span.start_ms)
                after = [o.start_ms for o in self.request.speech if o.start_ms > span.start_ms and o not in bare_spans]
                return Span(span.start_ms, min(after, default=self.request.duration_ms))
        return None

    def _is_bare(self, span: Span) -> bool:
        return span.duration_ms >= SHORTEST_MISSED_MS and self._covered_ms(span) < LEAST_COVERED * span.duration_ms

    @property
    def tokens(self) -> tuple[int, ...]:
        return tuple(token for one in self.segments for token in one.tokens)


def hear(encoded: Encoded, requests: Sequence[Request]) -> tuple[Heard, ...]:
    """What is said in each of the requested windows, the text in order of time; times in ms from the window's start."""
    stamp = encoded.first_stamp
    found = [_Hearing(request) for request in requests]
    orders = [Order(request.window, request.task) for request in requests]
    first = _settle(encoded, orders, draws=True)
    for hearing, attempt in zip(found, first, strict=True):
        hearing.take(attempt, Span(0, hearing.request.duration_ms), stamp)
    for _ in range(MOST_ROUNDS):
        gaps = [(one, gap) for one, attempt in zip(found, first, strict=True)
                if not attempt.is_silence and (gap := one.next_gap())]  # fmt: skip
        if not gaps:
            break
        more = [Order(one.request.window, one.request.task, gap.start_ms) for one, gap in gaps]
        for (one, gap), attempt in zip(gaps, _settle(encoded, more, draws=False), strict=True):
            if not (attempt.repeats_itself or attempt.is_doubtful or one.is_echo(attempt, gap)):
                one.take(attempt, gap, stamp)
    return _timed(encoded, found, orders, first)


def _settle(encoded: Encoded, orders: Sequence[Order], *, draws: bool) -> tuple[Attempt, ...]:
    if not orders:
        return ()
    return settled(
        [order.task.translate for order in orders],
        rungs(orders[0].task.beam_size, draws=draws),
        lambda numbers, rung: encoded.decode([orders[number] for number in numbers], rung),
    )


def _timed(
    encoded: Encoded, found: Sequence[_Hearing], orders: Sequence[Order], first: Sequence[Attempt]
) -> tuple[Heard, ...]:
    aligned = encoded.align(orders, [one.tokens for one in found])
    heard = []
    for one, attempt, pieces in zip(found, first, aligned, strict=True):
        log_probability = _mean(one.attempts) if one.attempts else attempt.log_probability
        repeats = any(taken.repeats_itself for taken in one.attempts)
        heard.append(Heard(words_of(pieces), log_probability, attempt.no_speech, repeats))
    return tuple(heard)


def _mean(attempts: Sequence[Attempt]) -> float:
    """The mean log probability over all tokens."""
    total = sum(len(attempt.tokens) for attempt in attempts)
    return math.fsum(attempt.log_probability * len(attempt.tokens) for attempt in attempts) / max(1, total)
