"""The finished video made small, for people who work on its words far away.

Rule: picture and sound stay on the master's clock; nothing here starts a program.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from castkit.ffmpeg import address, safe_input
from castkit.video.picture import Picture
from castkit.video.shape import Size, fitting

SHORT_SIDE = 360  # pixels: lips and slides can be made out, and an hour is some 100 MB
_FASTEST = Fraction(30)
_KEYFRAME_S = 2  # a click on a cue shows its picture at once
_MOST_KBITS = 400
_VOICE = ("-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "32000")


def light_size(source: Size) -> Size:
    """The same shape with 360 pixels on the shorter side, or its own where that is less; both sides even."""
    scale = min(Fraction(1), Fraction(SHORT_SIDE, min(source.width, source.height)))
    return Size(*(max(2, 2 * round(side * scale / 2)) for side in (source.width, source.height)))


def light_video_arguments(picture: Picture, duration_ms: int, pace: Fraction, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, an MP4, of a finished video of this length and pace.

    The same input gives the same bytes. The last picture stands until the end of the sound, as in the video itself.
    """
    pace = min(pace, _FASTEST)
    rate = f"{pace.numerator}/{pace.denominator}"
    shape = fitting(picture.size, light_size(picture.size))
    chain = f"tpad=stop=-1:stop_mode=clone,fps=fps={rate}:start_time=0,{shape}"
    outputs = ["-map", "0:V:0", "-map", "0:a:0", "-vf", chain, *_VOICE]
    outputs += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-pix_fmt", "yuv420p", "-threads:v", "4"]
    outputs += ["-maxrate", f"{_MOST_KBITS}k", "-bufsize", f"{2 * _MOST_KBITS}k", "-g", str(round(pace * _KEYFRAME_S))]
    outputs += ["-t", f"{duration_ms / 1000:.3f}", "-map_metadata", "-1", "-map_chapters", "-1"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    return [*safe_input(), "-i", address(picture.path), *outputs, *exact, address(target)]
