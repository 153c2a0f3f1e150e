"""A finished video made anew for a platform that does not take it as it is, or that wants captions in its picture.

Rule: sound, chapters and tags are copied; the picture is encoded once, within the bit rate the platform takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.ffmpeg import address, safe_input
from castkit.video.pace import pace_of
from castkit.video.picture import Picture, encoder
from castkit.video.shape import Size, fitting

_KEYFRAME_S = 2


@dataclass(frozen=True, slots=True)
class Handover:
    """What is made of a finished video: its size, the filter that draws captions ("" for none), its length in ms.

    `most_kbps` is the highest bit rate of the picture, 0 for any.
    """

    picture: Picture
    size: Size
    duration_ms: int
    captions: str = ""
    most_kbps: int = 0


def handover_arguments(what: Handover, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, an MP4 that plays while it loads; the same input gives the same bytes."""
    pace = pace_of(what.picture.stream)
    rate = f"{pace.numerator}/{pace.denominator}"
    timed = f"tpad=stop=-1:stop_mode=clone,fps=fps={rate}:start_time=0"
    chain = ",".join(filter(None, (timed, fitting(what.picture.size, what.size), what.captions)))
    outputs = ["-map", "0:V:0", "-map", "0:a:0", "-filter:v:0", chain, *encoder(round(pace * _KEYFRAME_S))]
    outputs += [*_bounded(what.most_kbps), "-c:a", "copy", "-t", f"{what.duration_ms / 1000:.3f}"]
    outputs += ["-map_metadata", "0", "-map_chapters", "0"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    return [*safe_input(), "-i", address(what.picture.path), *outputs, *exact, address(target)]


def _bounded(most_kbps: int) -> Sequence[str]:
    return ("-maxrate", f"{most_kbps}k", "-bufsize", f"{2 * most_kbps}k") if most_kbps else ()
