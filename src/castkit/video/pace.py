"""The edit in frames: which frames of a picture are shown, and at which frame of the master each run of them begins.

Rule: a picture that is encoded has one constant pace; every piece begins at the frame of the master that is nearest to
its time, so that an edit of a thousand pieces is as much in step with the sound at its end as at its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from castkit.ffmpeg import VideoStream
from castkit.model.timeline import Piece

STANDARD = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50),
            Fraction(60000, 1001), Fraction(60))  # fmt: skip
_FASTEST = STANDARD[-1]  # phones film at 120 and 240, to be slowed down
_FOR_VARIABLE = (Fraction(25), Fraction(30), Fraction(50), Fraction(60))
_TOGETHER = 16  # spans in one sum; ffmpeg's parser takes a depth of 100
_NEAR = 0.0005  # 24 and 23.976 are twice as far apart


def pace_of(stream: VideoStream) -> Fraction:
    """Frames a second at which the picture is encoded: its own pace, or where it has none the next usual one."""
    mean = stream.fps
    if stream.is_variable or mean <= 0:
        return next((pace for pace in _FOR_VARIABLE if pace >= mean * 0.98), _FASTEST)
    usual = min(STANDARD, key=lambda pace: abs(float(pace) - mean))
    if abs(float(usual) - mean) <= _NEAR * mean:
        return usual
    return min(Fraction(mean).limit_denominator(1001), _FASTEST)


@dataclass(frozen=True, slots=True)
class Frames:
    """The edit of one picture in frames, `pace` a second.

    The picture's first frame stands for `hold` frames before it moves. Of what follows, `spans` are kept: (first, last)
    frame, in order. They begin at frame `lead` of the master, which has `total`.
    """

    pace: Fraction
    hold: int
    spans: tuple[tuple[int, int], ...]
    lead: int
    total: int

    @property
    def needed_s(self) -> float:
        """How much of the picture is needed, in seconds from its start."""
        return float((max(0, self.spans[-1][1] - self.hold) + 2) / self.pace)


def in_frames(pieces: Sequence[Piece], offset_ms: int, duration_ms: int, pace: Fraction) -> Frames:
    """The pieces in frames of a picture that begins at `offset_ms` on the recordings' clock.

    Where a piece begins, and what is shown in it, is half a frame off the sound at most. The pieces are in order on
    both clocks, and so are their frames, however they are rounded.
    """
    per_ms = pace / 1000
    starts = [round(piece.at_ms * per_ms) for piece in pieces]
    ends = [*starts[1:], round(pieces[-1].until_ms * per_ms)]
    firsts = [
        start - round((piece.at_ms - piece.start_ms + offset_ms) * per_ms)
        for piece, start in zip(pieces, starts, strict=True)
    ]
    hold = max(0, -firsts[0])
    spans: list[tuple[int, int]] = []
    for first, start, end in zip(firsts, starts, ends, strict=True):
        begin, last = first + hold, first + hold + end - start - 1
        if spans and begin == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], last)
        elif last >= begin:  # a piece may be shorter than half a frame
            spans.append((begin, last))
    kept = tuple(spans) or ((firsts[0] + hold,) * 2,)  # an edit shorter than a frame shows one
    return Frames(pace, hold, kept, starts[0], max(1, round(duration_ms * per_ms)))


def timing(frames: Frames, drift_ppm: float = 0.0) -> str:
    """The edit as a chain of ffmpeg filters: held before the first piece and after the last, cut at the end."""
    pace = f"{frames.pace.numerator}/{frames.pace.denominator}"
    shift = f"+{frames.hold}/({pace}*TB)" if frames.hold else ""
    scale = f"*{1 + drift_ppm / 1e6:.9f}" if drift_ppm else ""
    return ",".join(
        (
            f"setpts=PTS{scale}{shift}",
            f"fps={pace}:start_time=0",
            f"select='{_kept(frames.spans)}'",
            f"settb={frames.pace.denominator}/{frames.pace.numerator}",
            f"setpts=N+{frames.lead}",
            f"fps={pace}:start_time=0",
            "tpad=stop=-1:stop_mode=clone",
            f"trim=end_frame={frames.total}",
        )
    )


def _kept(spans: Sequence[tuple[int, int]]) -> str:
    """Whether frame n is in a span, as an expression: halved again and again, as ffmpeg refuses deep ones."""
    if len(spans) <= _TOGETHER:
        return "+".join(f"between(n,{first},{last})" for first, last in spans)
    half = len(spans) // 2
    return f"if(lt(n,{spans[half][0]}),{_kept(spans[:half])},{_kept(spans[half:])})"
