"""Stretches of speech on a track, and the windows of at most 30 s they are recognised in.

Rule: pure arithmetic on milliseconds of one track's own clock; the sound is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

FRAME_MS = 32  # Silero's step: 512 samples at 16 kHz

# Looser than Silero's usual 0.5, because a quiet word lost to the detector can never be recognised.
ENTER = 0.4
LEAVE = 0.25
SHORTEST_PAUSE_MS = 250
SHORTEST_SPEECH_MS = 120

LONGEST_WINDOW_MS = 29_500  # Whisper hears 30 s; the rest is room for rounding
LEAD_IN_MS = 10 * FRAME_MS
LEAD_OUT_MS = 12 * FRAME_MS
LONGEST_PAUSE_MS = LEAD_IN_MS + LEAD_OUT_MS  # what is longer is left out: Whisper invents text in silence
CHOICE_MS = 4_000  # a window ends in the longest pause that is so near to its fullest end


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
    """What is recognised on its own: pieces of a track, heard one right after the other, and the speech within them.

    Both are on the track's clock and in order; no span of speech crosses from piece to piece.
    """

    pieces: tuple[Span, ...]
    speech: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """From the first piece's start to the last one's end, on the track."""
        return Span(self.pieces[0].start_ms, self.pieces[-1].end_ms)

    @property
    def duration_ms(self) -> int:
        """How long it is to hear."""
        return sum(piece.duration_ms for piece in self.pieces)

    @property
    def speech_ms(self) -> int:
        return sum(span.duration_ms for span in self.speech)

    @property
    def spoken(self) -> tuple[Span, ...]:
        """The speech on the window's own clock."""
        found: list[Span] = []
        spans, at = list(self.speech), 0
        for piece in self.pieces:
            while spans and spans[0].start_ms < piece.end_ms:
                span = spans.pop(0)
                found.append(Span(at + span.start_ms - piece.start_ms, at + span.end_ms - piece.start_ms))
            at += piece.duration_ms
        return tuple(found)

    def on_track(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """Where a stretch of the window lies on the track: in the piece that its middle is in."""
        middle, at = (start_ms + end_ms) / 2, 0
        for piece in self.pieces:
            if middle < at + piece.duration_ms or piece is self.pieces[-1]:
                start = piece.start_ms + max(0, start_ms - at)
                return min(start, piece.end_ms), min(max(start, piece.start_ms + end_ms - at), piece.end_ms)
            at += piece.duration_ms
        raise ValueError("a window has pieces")


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


def pack(spans: Sequence[Span], duration_ms: int, *, longest_ms: int = LONGEST_WINDOW_MS) -> tuple[Window, ...]:
    """Windows that hold as many spans as fit into `longest_ms`, cut only in pauses; `spans` as `split_long` gives them.

    A pause longer than LONGEST_PAUSE_MS is left out but for its edges, so that every window is full of speech.
    """
    windows: list[Window] = []
    first = 0
    while first < len(spans):
        last = _last(spans, first, longest_ms)
        before = spans[first].start_ms - (spans[first - 1].end_ms if first else -2 * LEAD_IN_MS)
        after = (spans[last + 1].start_ms if last + 1 < len(spans) else duration_ms + 2 * LEAD_OUT_MS) - spans[
            last
        ].end_ms
        group = spans[first : last + 1]
        start = max(0, group[0].start_ms - min(LEAD_IN_MS, before // 2 // FRAME_MS * FRAME_MS))
        end = min(duration_ms, group[-1].end_ms + min(LEAD_OUT_MS, after // 2 // FRAME_MS * FRAME_MS))
        windows.append(Window(_pieces(group, start, end), tuple(group)))
        first = last + 1
    return tuple(windows)


def _last(spans: Sequence[Span], first: int, longest_ms: int) -> int:
    """The index of the last span of the window that begins with `first`: before the longest pause near its end."""
    length = LEAD_IN_MS + spans[first].duration_ms + LEAD_OUT_MS
    ends = [(first, length)]
    for index in range(first + 1, len(spans)):
        length += min(LONGEST_PAUSE_MS, _pause(spans, index)) + spans[index].duration_ms
        if length > longest_ms:
            break
        ends.append((index, length))
    if ends[-1][0] + 1 == len(spans):
        return ends[-1][0]
    near = [index for index, length in ends if length >= ends[-1][1] - CHOICE_MS]
    return max(near, key=lambda index: (_pause(spans, index + 1), index))


def _pause(spans: Sequence[Span], index: int) -> int:
    """How long the pause before a span is."""
    return spans[index].start_ms - spans[index - 1].end_ms


def _pieces(group: Sequence[Span], start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """What is heard of these spans between start and end: all but the middles of long pauses."""
    pieces: list[Span] = []
    for before, after in pairwise(group):
        if after.start_ms - before.end_ms > LONGEST_PAUSE_MS:
            pieces.append(Span(start_ms, before.end_ms + LEAD_OUT_MS))
            start_ms = after.start_ms - LEAD_IN_MS
    return (*pieces, Span(start_ms, end_ms))
