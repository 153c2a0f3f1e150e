"""The mastered sound, as a video-cast carries it: AAC that holds the same loudness and peak as the MP3.

Rule: a codec moves peaks, so what counts is what was measured of the encoded file; nothing here starts a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from castkit.ffmpeg import address, safe_input
from castkit.model.programme import Loudness

AAC_KBITS = 160  # ffmpeg's own encoder moves peaks by about 1 dB at 96 kbit/s, by a third of that here
TOLERANCE_LU = 0.4  # the promise is 0.5; the rest is for meters that differ
_ROOM_DB = 0.2  # what an encoder may still add to a limited peak
_SILENCE_LUFS = -69.0
_DEEPEST_DBFS = -24.0  # alimiter's lowest limit is 0.0625


@dataclass(frozen=True, slots=True)
class Goal:
    """Integrated loudness in LUFS (a mono file counted as dual mono) and the highest true peak in dBTP."""

    loudness: float
    true_peak: float

    def is_met(self, measured: Loudness) -> bool:
        """Whether a measurement holds it; silence always does, because no gain can help it."""
        is_silent = measured.integrated_lufs <= _SILENCE_LUFS
        is_loud_enough = is_silent or round(abs(measured.integrated_lufs - self.loudness), 2) <= TOLERANCE_LU
        return is_loud_enough and measured.true_peak_dbtp <= self.true_peak


@dataclass(frozen=True, slots=True)
class Correction:
    """What is done to the sound before it is encoded: a gain in dB, then a limit on sample peaks in dBFS."""

    gain_db: float = 0.0
    limit_dbfs: float = 0.0

    @property
    def filters(self) -> str:
        """The correction as ffmpeg filters; empty where there is nothing to do."""
        if self == Correction():
            return ""
        limit = 10 ** (self.limit_dbfs / 20)
        return f"volume={self.gain_db:.2f}dB,alimiter=limit={limit:.4f}:level=false:attack=5:release=50"


def corrected(used: Correction, measured: Loudness, goal: Goal) -> Correction:
    """The correction to try next, after the file made with `used` was measured and did not meet the goal."""
    gain = used.gain_db + goal.loudness - measured.integrated_lufs
    ceiling = min(used.limit_dbfs, goal.true_peak)
    excess = measured.true_peak_dbtp - goal.true_peak
    limit = ceiling - excess - _ROOM_DB if excess > 0 else ceiling
    return Correction(round(gain, 2), round(max(limit, _DEEPEST_DBFS), 2))


def aac_arguments(sound: Path, target: Path, correction: Correction) -> list[str]:
    """Arguments for ffmpeg to encode `sound` to AAC in MP4, with the same bytes every time."""
    filters = ["-af", correction.filters] if correction.filters else []
    encode = ["-c:a", "aac", "-b:a", f"{AAC_KBITS}k", *filters]
    clean = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    source = [*safe_input(), "-i", address(sound), "-map", "0:a:0"]
    return ["-threads", "1", *source, *encode, *clean, "-f", "mp4", address(target)]
