"""When a recording began by the clock of its recorder: the time reference of a BWF file, the time code of a camera.

Rule: a clock is believed only where it is plausible; recorders without one write midnight.
Sources: EBU Tech 3285 (bext: samples since midnight), SMPTE ST 12-1 (drop-frame counting).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from castkit import ffmpeg

DAY_MS = 86_400_000
_TIMECODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d)")


@dataclass(frozen=True, slots=True)
class Started:
    """`at_ms` since midnight by the recorder's clock, and the recording's length in ms."""

    at_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Implausible:
    """Two clocks that cannot both be right; `reason` says why, as the end of a sentence."""

    reason: str


def start_by_clock(found: ffmpeg.Probe) -> int | None:
    """When a recording began, in ms since midnight; None where its file does not say or says midnight to the sample."""
    return _from_bwf(found) or _from_timecode(found)


def _from_bwf(found: ffmpeg.Probe) -> int | None:
    text = found.tags.get("time_reference", "")
    if not text.isascii() or not text.isdigit() or not found.audio or found.audio[0].sample_rate <= 0:
        return None
    ms = (int(text) * 1000 + found.audio[0].sample_rate // 2) // found.audio[0].sample_rate
    return ms if 0 < ms < DAY_MS else None


def _from_timecode(found: ffmpeg.Probe) -> int | None:
    """Of `HH:MM:SS:FF`, with a semicolon where frame numbers are dropped; needs the picture's frames per second."""
    parts = _TIMECODE.fullmatch(found.tags.get("timecode", "").strip())
    if parts is None or found.video is None or not 1 <= found.video.fps <= 300:
        return None
    fps = found.video.fps
    pace = round(fps)
    hours, minutes, seconds, frames = (int(parts[number]) for number in (1, 2, 3, 5))
    minutes += hours * 60
    count = (minutes * 60 + seconds) * pace + frames
    if parts[4] != ":" and pace % 30 == 0:
        count -= (minutes - minutes // 10) * (pace // 15)
    ms = round(count * 1000 / fps)
    return ms if 0 < ms < DAY_MS else None


def distance(first: Started, other: Started) -> int | Implausible:
    """How much later than `first` the other began, in ms (negative: earlier), across midnight too.

    Recordings of one conversation overlap; clocks by which they do not are not believed.
    """
    later = (other.at_ms - first.at_ms + DAY_MS // 2) % DAY_MS - DAY_MS // 2
    if later >= first.duration_ms or later <= -other.duration_ms:
        apart = abs(later) // 1000
        return Implausible(
            f"by their time codes they were recorded {apart // 3600}:{apart // 60 % 60:02}:{apart % 60:02} apart"
        )
    return later
