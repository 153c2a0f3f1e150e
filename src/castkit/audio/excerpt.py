"""A short passage before and after mastering, for a comparison by ear.

Rule: both at one loudness, for the louder of two always seems the better.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.listen import SILENT_LUFS, measure
from castkit.audio.mixed import Mixed

MEDIA_TYPE = "audio/mpeg"
LONGEST_MS = 30_000
_STEP_MS = 1000
_KBITS = 64
_CEILING = 0.89  # -1 dBFS

Spans = Sequence[tuple[int, int]]


def busiest(whole: tuple[int, int], speech: Sequence[Spans]) -> tuple[int, int]:
    """The passage of at most 30 s (ms) in which all speakers are best heard: the one who speaks least the most.

    `speech` is where each speaker speaks. Of passages that are as good the earliest.
    """
    start, end = whole
    length = min(LONGEST_MS, end - start)
    starts = range(start, end - length + 1, _STEP_MS)

    def heard(at: int) -> tuple[int, int]:
        each = [sum(max(0, min(b, at + length) - max(a, at)) for a, b in spans) for spans in speech]
        return min(each, default=0), sum(each)

    best = max(starts, key=lambda at: (*heard(at), -at))
    return best, best + length


def write_excerpts(before: Mixed, master: Path, *, at_ms: int, folder: Path) -> tuple[bytes, bytes]:
    """The raw sum `before`, and as much of `master` from `at_ms` on, as MP3 of one loudness.

    Its files are written into `folder` and stay there.
    """
    after_path, before_path = folder / "after.mp3", folder / "before.mp3"
    after = ffmpeg.source(master, ss=f"{at_ms / 1000:.3f}", t=f"{before.duration_ms / 1000:.3f}")["a:0"]
    _encode(after, after_path)
    reached = measure(after_path, before.duration_ms).loudness.integrated_lufs
    known = before.loudness.integrated_lufs
    gain = reached - known if min(reached, known) > SILENT_LUFS else 0.0
    stream = before.open(0, None).filter("volume", f"{gain:.2f}dB")
    _encode(stream.filter("alimiter", limit=_CEILING, level="false"), before_path)
    return before_path.read_bytes(), after_path.read_bytes()


def _encode(stream: Any, out: Path) -> None:
    options = {**ffmpeg.BITEXACT, "acodec": "libmp3lame", "format": "mp3", "id3v2_version": 0, "ac": 1, "ar": 44_100}
    job = stream.output(ffmpeg.address(out), audio_bitrate=f"{_KBITS}k", **options)
    ffmpeg.run(job, doing=f"encoding an excerpt in {out.parent}")
