"""Writing a mix in several formats at once: one decode and one graph, and for each its gain, limiter and encoder.

Rule: every output begins with the first sample of the mix; what an encoder puts before it is said in the file, and
players leave it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.audio.correction import Setting
from castkit.audio.mixed import Mixed

_ATTACK_MS, _RELEASE_MS = 5, 50


@dataclass(frozen=True, slots=True)
class _Format:
    encoder: str
    muxer: str
    rates: tuple[int, ...]  # Hz, the best last
    options: Mapping[str, Any] = field(default_factory=dict)
    usual_loss_db: float = 0.0
    fade_in_s: float = 0.0
    is_lowerable: bool = False  # a few peaks in the file itself, by audio/mp3peaks.py


# LAME's quality 5 instead of its own 3 takes a fifth of the time off. On 40 s of voices at 128 kbit/s, limited and not,
# it changes STOI by 0.0002, the noise in each band by at most 1 dB, the spectrum by less than 0.3 dB. 7, faster still,
# does not shape the noise: the spectrum below 1.5 kHz is then more than twice as far from the recording's.
_LAME: Mapping[str, Any] = {"id3v2_version": 0, "write_id3v1": 0, "compression_level": 5}

FORMATS: Mapping[str, _Format] = {
    # Xing's header, which LAME's delay is in, is written by default; tags come later, by another hand. LAME scales
    # what it is given by 0.95 up to 128 kbit/s, by 0.97 above.
    "mp3": _Format("libmp3lame", "mp3", (32_000, 44_100, 48_000), _LAME, 0.4, is_lowerable=True),
    # ffmpeg's AAC adds up to 3 dB to a sound that is loud from its very first frame.
    "m4a": _Format("aac", "ipod", (32_000, 44_100, 48_000), {"movflags": "+faststart"}, fade_in_s=0.02),
    "opus": _Format("libopus", "ogg", (48_000,), {"application": "audio", "vbr": "on"}),
}


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be written: `format` as in FORMATS, bit rate in kbit/s (the mean one of Opus)."""

    path: Path
    format: str
    bitrate_kbps: int


def write(
    mixed: Mixed, jobs: Sequence[tuple[Output, Setting]], progress: Callable[[float], None] | None = None
) -> None:
    """Writes all outputs, each at its setting, in one run; CastkitError where ffmpeg fails or the disk is full."""
    stream = mixed.open(0, None)
    branches = stream.asplit() if len(jobs) > 1 else [stream]
    outputs = []
    for number, (output, setting) in enumerate(jobs):
        output.path.unlink(missing_ok=True)  # an orphan of a killed run may still be writing to a file of this name
        outputs.append(_encoded(branches[number], mixed.rate, output, setting))
    doing = f"encoding in {jobs[0][0].path.parent}"
    ffmpeg.run(ffmpeg.together(*outputs), doing=doing, duration_ms=mixed.duration_ms, progress=progress)


def rate_of(output: Output, rate: int) -> int:
    """The sample rate in Hz of an output of a mix at `rate`."""
    rates = FORMATS[output.format].rates
    return rate if rate in rates else rates[-1]


def _encoded(stream: Any, rate: int, output: Output, setting: Setting) -> Any:
    form = FORMATS[output.format]
    if rate_of(output, rate) != rate:  # before the limiter, as resampling makes new peaks
        stream = stream.filter("aresample", rate_of(output, rate))
    if form.fade_in_s:
        stream = stream.filter("afade", t="in", d=form.fade_in_s)
    options = {**ffmpeg.BITEXACT, **form.options, "acodec": form.encoder, "format": form.muxer}
    return _levelled(stream, setting).output(
        ffmpeg.address(output.path), audio_bitrate=f"{output.bitrate_kbps}k", **options
    )


def _levelled(stream: Any, setting: Setting) -> Any:
    stream = stream.filter("aformat", sample_fmts="fltp").filter("volume", f"{setting.gain_db:.2f}dB")
    if setting.ceiling_dbfs is None:
        return stream
    # level=false: alimiter would otherwise make up for its ceiling and go above it.
    ceiling = round(10 ** (setting.ceiling_dbfs / 20), 6)
    limits = {"limit": ceiling, "attack": _ATTACK_MS, "release": _RELEASE_MS, "level": "false", "latency": "true"}
    return stream.filter("alimiter", **limits).filter("aformat", sample_fmts="fltp")
