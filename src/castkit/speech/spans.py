"""Stretches of speech on a track, and the windows of at most 30 s they are recognised in.

Rule: pure arithmetic on milliseconds of one track's own clock; the sound is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

FRAME_MS = 32  # Silero's step: 512 samples at 16 kHz

# Looser than Silero's usual 0.5, because a quiet word lost to the detector can never be recognised.
ENTER = 0.4
LEAVE = 0.25
SHORTEST_PAUSE_MS = 250
SHORTEST_SPEECH_MS = 120

LONGEST_WINDOW_MS = 29_500  # Whisper hears 30 s; the rest is room for rounding
LONGEST_GAP_MS = 2_000  # a longer pause ends a window: Whisper invents text in silence
LEAD_IN_MS = 300
LEAD_OUT_MS = 400


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` to `end_ms`, end excluded."""

    start_ms: int
    end_ms: int

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def overlap_ms(self, start_ms: int, end_ms: int) -> int:
        """How many milliseconds of start to end lie within this span."""
        return max(0, min(self.end_ms, end_ms) - max(self.start_ms, start_ms))


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a track that is recognised on its own, and the speech within it."""

    span: Span
    speech: tuple[Span, ...]

    @property
    def speech_ms(self) -> int:
        return sum(span.duration_ms for span in self.speech)


def speech_spans(probabilities: Sequence[float]) -> tuple[Span, ...]:
    """The spans in which speech is probable; one probability for each frame of 32 ms.

    Speech starts at a frame above ENTER and lasts until all frames of a SHORTEST_PAUSE_MS are below LEAVE.
    """
    found: list[Span] = []
    start = last = None
    for index, probability in enumerate(probabilities):
        if probability >= ENTER and start is None:
            start = index
        if start is not None and probability >= LEAVE:
            last = index
        if start is not None and last is not None and (index - last) * FRAME_MS >= SHORTEST_PAUSE_MS:
            found.append(Span(start * FRAME_MS, (last + 1) * FRAME_MS))
            start = last = None
    if start is not None and last is not None:
        found.append(Span(start * FRAME_MS, (last + 1) * FRAME_MS))
    return tuple(span for span in found if span.duration_ms >= SHORTEST_SPEECH_MS)


def split_long(spans: Iterable[Span], probabilities: Sequence[float]) -> tuple[Span, ...]:
    """The spans with those that exceed a window cut where speech is least probable in the window's second half."""
    room = LONGEST_WINDOW_MS - LEAD_IN_MS - LEAD_OUT_MS
    pieces: list[Span] = []
    for span in spans:
        rest = span
        while rest.duration_ms > room:
            frames = range((rest.start_ms + room // 2) // FRAME_MS, (rest.start_ms + room) // FRAME_MS)
            cut = min(frames, key=lambda frame: (probabilities[frame], -frame)) * FRAME_MS
            pieces.append(Span(rest.start_ms, cut))
            rest = Span(cut, rest.end_ms)
        pieces.append(rest)
    return tuple(pieces)


def pack(spans: Sequence[Span], duration_ms: int) -> tuple[Window, ...]:
    """Windows that hold as many spans as fit into 30 s, cut only in pauses; `spans` as `split_long` gives them."""
    groups: list[list[Span]] = []
    for span in spans:
        group = groups[-1] if groups else None
        if (
            group is not None
            and span.start_ms - group[-1].end_ms <= LONGEST_GAP_MS
            and span.end_ms - group[0].start_ms <= LONGEST_WINDOW_MS - LEAD_IN_MS - LEAD_OUT_MS
        ):
            group.append(span)
        else:
            groups.append([span])
    windows = [Window(Span(group[0].start_ms, group[-1].end_ms), tuple(group)) for group in groups]
    return tuple(_with_margins(windows, duration_ms))


def _with_margins(windows: Sequence[Window], duration_ms: int) -> Iterable[Window]:
    """Adds lead-in and lead-out, at most half the pause to the neighbour and nothing beyond the track's ends."""
    for index, window in enumerate(windows):
        before = windows[index - 1].span.end_ms if index else -2 * LEAD_IN_MS
        after = windows[index + 1].span.start_ms if index + 1 < len(windows) else duration_ms + 2 * LEAD_OUT_MS
        start = window.span.start_ms - min(LEAD_IN_MS, (window.span.start_ms - before) // 2)
        end = window.span.end_ms + min(LEAD_OUT_MS, (after - window.span.end_ms) // 2)
        yield replace(window, span=Span(max(0, start), min(duration_ms, end)))
