"""One decode of a recording: how loud it is, which of its sides carry sound, and its sound as a WAV file.

Rule: loudness is EBU R128 with mono counted as dual mono, as it is heard; nothing here holds a recording in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

SILENT_LUFS = -70.0  # ebur128's absolute gate: what it reports when nothing is louder
NO_PEAK_DBTP = -120.0  # stands for -inf, which JSON cannot hold
MEASURE_HZ = 48_000  # BS.1770 filters are given for it, and its true peak is oversampled four times
_FAR_DB = 40.0  # a side, or the difference of both, this far below the rest is noise or rounding

Progress = Callable[[float], None] | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording as decoded; `sound` as in model.programme.Track, `duration_ms` counted, not read from a header."""

    loudness: Loudness
    sound: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Wav:
    """A WAV file to be written: PCM s16, `rate` in Hz, 1 or 2 channels."""

    path: Path
    rate: int = 16_000
    channels: int = 1


def listen(path: Path, found: ffmpeg.Probe, wav: Wav, progress: Progress = None) -> Heard:
    """Measures a recording and writes its sound to `wav`, in one decode; CastkitError where it cannot be decoded.

    Where one side is silent (a microphone on one input of a stereo interface), or both cancel each other (a cable
    with its poles swapped), the sound is that of one side alone, and such a file is decoded a second time.
    """
    channels = found.audio[0].channels
    doing = f"reading {path}"
    log = ffmpeg.run(_graph(path, wav, channels), doing=doing, duration_ms=found.duration_ms, progress=progress)
    sound = "mono" if channels == 1 else which_sides(log)
    if sound in ("left", "right"):
        log = ffmpeg.run(_graph(path, wav, channels, only=sound), doing=doing, duration_ms=found.duration_ms)
    duration_ms = ffmpeg.probe(wav.path).duration_ms
    _refuse_cut_short(path, found.audio[0].duration_ms, duration_ms)
    return Heard(read_loudness(log), sound, duration_ms)


def measure(path: Path, duration_ms: int, progress: Progress = None) -> Heard:
    """Measures a finished sound file by decoding it; `duration_ms` is the expected length, for the progress."""
    stream = _ebur128(ffmpeg.source(path)["a:0"]).output("-", format="null")
    log = ffmpeg.run(stream, doing=f"measuring {path}", duration_ms=duration_ms, progress=progress)
    return Heard(read_loudness(log), "", read_end(log))


def _refuse_cut_short(path: Path, stated_ms: int, decoded_ms: int) -> None:
    if decoded_ms == 0:
        raise CastkitError(f"{path} holds no sound that can be decoded", "export the recording again")
    if decoded_ms < stated_ms - 1000 - stated_ms // 100:
        message = f"{path} is cut short: {decoded_ms / 1000:.1f} s of its {stated_ms / 1000:.1f} s can be decoded"
        raise CastkitError(message, "copy the recording again; if it is all there is, export that part as WAV or FLAC")


def on_the_clock(path: Path, rate: int, channels: int) -> Any:
    """The first sound stream of a file, resampled to `rate`, from the file's time 0 and with its gaps filled.

    A phone's MP4 may begin its sound later than its picture, and a dropped packet of a call leaves a gap: without
    this both would pull everything after them forward, away from picture and the other tracks. More than two of the
    file's `channels` are mixed down to two.
    """
    stream = ffmpeg.source(path)["a:0"].filter("aresample", rate, **{"async": 1, "first_pts": 0})
    return stream.filter("aformat", channel_layouts="stereo") if channels > 2 else stream


def pick(stream: Any, sound: str, channels: int) -> Any:
    """A stream with as many `channels` (1 or 2) as the mix has, of what `sound` says is worth hearing."""
    # "<" scales the gains to a sum of 1, here no change; ffmpeg-python 0.2 escapes a "=" once too often for pan.
    side = "c1" if sound == "right" else "c0"
    if channels == 1:
        return stream.filter("pan", f"mono|c0<{side}")
    if sound == "stereo":
        return stream
    return stream.filter("pan", f"stereo|c0<{side}|c1<{side}")


def _graph(path: Path, wav: Wav, channels: int, *, only: str = "") -> Any:
    """Decode once; one branch is measured, the other written."""
    wav.path.unlink(missing_ok=True)  # an orphan of a killed run may still be writing to a file of this name
    stream = on_the_clock(path, MEASURE_HZ, channels)
    if only:
        stream = pick(stream, only, 1)
    split = stream.asplit()
    measured = _ebur128(split[0])
    if channels > 1 and not only:
        # Sides, then their half sum and half difference; astats names the channels 1 to 4.
        measured = measured.filter("pan", "quad|c0<c0|c1<c1|c2<c0+c1|c3<c0-c1")
        measured = measured.filter("astats", measure_perchannel="RMS_level", measure_overall="none")
    written = split[1].filter("aresample", wav.rate)
    if wav.channels == 2 and (channels == 1 or only):
        written = pick(written, "mono", 2)  # aformat would take 3 dB off
    written = written.filter("aformat", channel_layouts="mono" if wav.channels == 1 else "stereo")
    options = {**ffmpeg.BITEXACT, "acodec": "pcm_s16le", "format": "wav", "rf64": "auto"}
    return ffmpeg.together(measured.output("-", format="null"), written.output(ffmpeg.address(wav.path), **options))


def _ebur128(stream: Any) -> Any:
    # framelog: ffmpeg 5.1 has no "quiet"; "verbose" keeps the ten lines a second out of the log everywhere.
    return stream.filter("ebur128", peak="true", dualmono="true", framelog="verbose")


_NUMBER = r"(-?[\d.]+|-?inf|nan)"
_SUMMARY = re.compile(
    rf"Integrated loudness:\s+I:\s+{_NUMBER} LUFS.*?LRA:\s+{_NUMBER} LU\b.*?True peak:\s+Peak:\s+{_NUMBER} dBFS",
    re.DOTALL,
)
_RMS = re.compile(rf"RMS level dB: {_NUMBER}")
_END = re.compile(r"time=(\d+):(\d\d):(\d\d)\.(\d\d)")


def read_loudness(log: str) -> Loudness:
    """The last summary that ebur128 wrote to ffmpeg's log; silence as model.programme.Loudness has it."""
    found = _SUMMARY.findall(log)
    if not found:
        raise ValueError(f"no summary of ebur128 in ffmpeg's log: {log[-500:]!r}")
    integrated, spread, peak = (_finite(value) for value in found[-1])
    return Loudness(max(integrated, SILENT_LUFS), max(peak, NO_PEAK_DBTP), max(spread, 0.0))


def read_end(log: str) -> int:
    """Where ffmpeg's output ended, in ms (to 10 ms), by the last line of its log that says so."""
    hours, minutes, seconds, hundredths = (int(part) for part in _END.findall(log)[-1])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10


def which_sides(log: str) -> str:
    """What astats says of left, right, half sum and half difference, as model.programme.Track's `sound`."""
    left, right, middle, side = (_finite(value) for value in _RMS.findall(log)[-4:])
    if right < left - _FAR_DB or (middle < side - _FAR_DB and left >= right):
        return "left"
    if left < right - _FAR_DB or middle < side - _FAR_DB:
        return "right"
    return "mono" if side <= middle - _FAR_DB else "stereo"


def _finite(value: str) -> float:
    return NO_PEAK_DBTP if value in ("-inf", "inf", "nan", "-nan") else float(value)
