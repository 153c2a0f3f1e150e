"""Whether a finished video or sound can be handed to a platform as it is, and at what bit rate it has to be made.

Rule: what fits is copied, bit for bit; every reason against it has a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from castkit.kits.checks import check
from castkit.kits.rules import ERROR, Platform

_ROOM = 0.95  # of a size limit: containers and the peaks of a bit rate need some
_SOUND_KBPS = 192


@dataclass(frozen=True, slots=True)
class Facts:
    """What ffprobe and the ear found of a file; 0 or "" where it is not there or not known.

    Size in bytes, length in ms, pixels, frames a second, kbit/s, Hz, LUFS, dBTP (None: not measured).
    """

    size: int
    duration_ms: int
    container: str = ""
    video_codec: str = ""
    pixel_format: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    is_hdr: bool = False
    audio_codec: str = ""
    audio_channels: int = 0
    audio_rate: int = 0
    audio_kbps: float = 0.0
    loudness: float | None = None
    true_peak: float | None = None

    @property
    def video_kbps(self) -> float:
        """Of the whole file less its sound: the mean, in kbit/s."""
        return max(0.0, self.size * 8 / max(1, self.duration_ms) - self.audio_kbps)


def measures(facts: Facts) -> dict[str, float]:
    """What limits are held against; what is not there is not named."""
    found: dict[str, float] = {
        "size": facts.size,
        "length": facts.duration_ms / 1000,
        "audio-channels": facts.audio_channels,
        "audio-rate": facts.audio_rate,
    }
    if facts.audio_kbps:
        found["audio-bitrate"] = round(facts.audio_kbps)
    if facts.video_codec:
        found |= {"width": facts.width, "height": facts.height, "short-side": min(facts.width, facts.height)}
        found |= {"fps": round(facts.fps, 2), "video-bitrate": round(facts.video_kbps)}
    if facts.loudness is not None and facts.true_peak is not None:
        found |= {"loudness": round(facts.loudness, 2), "true-peak": round(facts.true_peak, 2)}
    return found


def why_not(platform: Platform, facts: Facts) -> tuple[str, ...]:
    """Every reason why the file has to be made anew for this platform: codes; empty where it can be copied."""
    return tuple(_reasons(platform, facts))


def _reasons(platform: Platform, facts: Facts) -> Iterator[str]:
    if platform.video:
        rule = platform.video
        if "mp4" not in facts.container.split(","):
            yield "container"
        if facts.video_codec not in rule.codecs:
            yield "video-codec"
        if facts.pixel_format not in rule.pixel_formats or facts.is_hdr:
            yield "pixel-format"
        if facts.audio_codec not in rule.audio_codecs:
            yield "audio-codec"
        if facts.width % 2 or facts.height % 2:
            yield "odd-size"
    missed = (one for one in check(platform, measures(facts)) if not one.is_met and one.limit.level == ERROR)
    yield from dict.fromkeys(one.limit.of for one in missed)


def most_kbps(platform: Platform, duration_ms: int) -> int:
    """The highest mean bit rate (kbit/s) a video may have there: by its own limit and by that of the size; 0: any."""
    own, size = platform.refused_above("video-bitrate"), platform.refused_above("size")
    found = [own.most] if own and own.most is not None else []
    if size and size.most is not None:
        found.append(size.most * 8 * _ROOM / max(1, duration_ms) - _SOUND_KBPS)
    return max(1, int(min(found))) if found else 0
