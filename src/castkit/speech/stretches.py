"""What is to be heard of each track, window by window, and what the sound says about speech in it.

Rule: only places and probabilities are held here; samples are read when a batch is heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from castkit.model.transcript import Flag, Word
from castkit.speech.bleed import Placement
from castkit.speech.hallucination import Evidence
from castkit.speech.sound import Sound
from castkit.speech.spans import Span, Window, pack, speech_spans, split_long

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """A track: its sound, its speaker (None where several share it), its place on the recordings' clock.

    `own` is the probability of speech by its own speaker, per frame of 32 ms (bleed.own_speech).
    """

    sound: Sound
    speaker: str | None
    place: Placement
    own: NDArray[np.float32]

    def spans(self) -> tuple[Span, ...]:
        """Where it speaks, on the track's clock, nothing longer than a window."""
        frames = self.own.tolist()
        return split_long(speech_spans(frames), frames)

    def span_on_clock(self, span: Span) -> Span:
        """A span of the track on the recordings' clock."""
        return Span(self.place.on_clock(span.start_ms), self.place.on_clock(span.end_ms))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A window of one voice (its number), on the track's clock."""

    voice: Voice
    number: int
    window: Window

    def samples(self) -> NDArray[np.float32]:
        """What is heard: the pieces of the window one after the other, at 16 kHz."""
        import numpy as np  # noqa: PLC0415

        read = self.voice.sound.read_ms
        return np.concatenate([read(piece.start_ms, piece.end_ms) for piece in self.window.pieces])

    def evidence(self) -> Evidence:
        """What the sound says about speech, on the window's own clock."""
        return Evidence.of(self.window, self.voice.own)

    def on_track(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Words of the window on the track's clock."""
        places = [self.window.on_track(word.start_ms, word.end_ms) for word in words]
        return tuple(replace(w, start_ms=start, end_ms=end) for w, (start, end) in zip(words, places, strict=True))

    def on_clock(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Words of the track on the recordings' clock, with their speaker."""
        clock, speaker = self.voice.place.on_clock, self.voice.speaker
        return tuple(replace(w, start_ms=clock(w.start_ms), end_ms=clock(w.end_ms), speaker=speaker) for w in words)

    def flags_on_clock(self, flags: Sequence[Flag]) -> tuple[Flag, ...]:
        """Flags of the window on the recordings' clock."""
        clock = self.voice.place.on_clock
        places = [self.window.on_track(flag.start_ms, flag.end_ms) for flag in flags]
        return tuple(
            replace(flag, start_ms=clock(start), end_ms=clock(end))
            for flag, (start, end) in zip(flags, places, strict=True)
        )


def stretches(voices: Sequence[Voice]) -> Iterator[Stretch]:
    """The windows of all voices, one voice after the other."""
    for number, voice in enumerate(voices):
        for window in pack(voice.spans(), voice.sound.duration_ms):
            yield Stretch(voice, number, window)
