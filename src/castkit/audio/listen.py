"""One decode of a recording: how loud it is, which of its sides carry sound, and its sound as a WAV file.

Rule: loudness is EBU R128 with mono counted as dual mono, as it is heard; nothing here holds a recording in memory.
"""

from __future__ import annotations

import re
import wave
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import ffmpeg
from castkit.audio.r128 import NO_LEVEL, SILENT_LUFS, FrameLog, finite, meter, read_loudness
from castkit.audio.truepeak import Peaks
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curves = NDArray[np.float32]

MEASURE_HZ = 48_000  # BS.1770 filters are given for it, and its true peak is oversampled four times
_FAR_DB = 40.0  # a side, or the difference of both, this far below the rest is noise or rounding
_CONTINUOUS = frozenset("aiff au caf flac w64 wav".split())  # formats without time stamps: they have no gaps to fill

Progress = Callable[[float], None] | None

__all__ = ["SILENT_LUFS", "Heard", "Wav", "listen", "measure", "nothing_heard", "on_the_clock", "pick", "read_loudness"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording as decoded; `sound` as in model.programme.Track, `duration_ms` counted, not read from a header.

    `curves` are float32, frames x 3 at 10 Hz: momentary and short-term LUFS, true peak dBTP of the loudest channel.
    """

    loudness: Loudness
    sound: str
    duration_ms: int
    curves: Curves = field(repr=False, compare=False)


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
    doing, frames = f"reading {path}", FrameLog()
    job = _graph(path, found, wav)
    log = ffmpeg.run(job, doing=doing, duration_ms=found.duration_ms, progress=progress, each_line=frames)
    sound = "mono" if found.audio[0].channels == 1 else which_sides(*frames.sides_db(), *_middle_and_side(log))
    if sound in ("left", "right"):
        frames = FrameLog()
        job = _graph(path, found, wav, only=sound)
        ffmpeg.run(job, doing=doing, duration_ms=found.duration_ms, each_line=frames)
    duration_ms = ffmpeg.probe(wav.path).duration_ms
    _refuse_cut_short(path, found.audio[0].duration_ms, duration_ms)
    return Heard(frames.loudness(), sound, duration_ms, frames.curves())


def nothing_heard(wav: Wav, duration_ms: int) -> Heard:
    """What `listen` would give for, and write of, a recording of that length without any sound: silence."""
    import numpy as np  # noqa: PLC0415

    with wave.open(str(wav.path), "wb") as file:
        file.setparams((wav.channels, 2, wav.rate, 0, "NONE", "not compressed"))
        samples, second = duration_ms * wav.rate // 1000, bytes(2 * wav.channels * wav.rate)
        for _ in range(samples // wav.rate):
            file.writeframes(second)
        file.writeframes(bytes(2 * wav.channels * (samples % wav.rate)))
    curves = np.full((duration_ms // 100, 3), NO_LEVEL, np.float32)
    return Heard(Loudness(SILENT_LUFS, NO_LEVEL, 0.0), "mono", duration_ms, curves)


def measure(path: Path, duration_ms: int, progress: Progress = None) -> Heard:
    """Measures a finished sound file by decoding it; `duration_ms` is the expected length, for the progress.

    The third of the `curves` is the peak of the samples here; the true peak of the whole is in `loudness`.
    """
    stream = ffmpeg.probe(path).audio[0]
    rate, channels = stream.sample_rate, stream.channels
    frames, peaks = FrameLog(), Peaks(channels, max(1, rate // 10))
    job = meter(ffmpeg.source(path)["a:0"], peak="none")
    job = job.output("pipe:1", format="f32le", acodec="pcm_f32le", ar=rate, ac=channels)
    for data in ffmpeg.blocks(job, size=rate * channels * 4, doing=f"measuring {path}", each_line=frames):
        peaks.add(data)
        if progress and duration_ms:
            progress(min(1.0, peaks.samples * 1000 / rate / duration_ms))
    curves = frames.curves()
    curves[:, 2] = peaks.of_frames(len(curves))
    loudness = replace(frames.loudness(), true_peak_dbtp=peaks.true_peak())
    return Heard(loudness, "", round(peaks.samples * 1000 / rate), curves)


def _refuse_cut_short(path: Path, stated_ms: int, decoded_ms: int) -> None:
    if decoded_ms == 0:
        raise CastkitError(f"{path} holds no sound that can be decoded", "export the recording again")
    if decoded_ms < stated_ms - 1000 - stated_ms // 100:
        message = f"{path} is cut short: {decoded_ms / 1000:.1f} s of its {stated_ms / 1000:.1f} s can be decoded"
        raise CastkitError(message, "copy the recording again; if it is all there is, export that part as WAV or FLAC")


def on_the_clock(path: Path, rate: int, channels: int, **options: Any) -> Any:
    """The first sound stream of a file, resampled to `rate`, from the file's time 0 and with its gaps filled.

    A phone's MP4 may begin its sound later than its picture, and a dropped packet of a call leaves a gap: without
    this both would pull everything after them forward, away from picture and the other tracks. More than two of the
    file's `channels` are mixed down to two. `options` are for the input: from `ss` seconds on.
    """
    stream = ffmpeg.source(path, **options)["a:0"].filter("aresample", rate, **{"async": 1, "first_pts": 0})
    return _mixed_down(stream, channels)


def _mixed_down(stream: Any, channels: int) -> Any:
    """At most two channels. The low-frequency channel is heard too: in a recorder's file it is the fourth microphone.

    maxval: scaled down, so that nothing clips; ffmpeg alone would do so with whole numbers but not with floats.
    """
    if channels <= 2:
        return stream
    return stream.filter("aresample", out_chlayout="stereo", lfe_mix_level=1, rematrix_maxval=1, out_sample_fmt="fltp")


def pick(stream: Any, sound: str, channels: int) -> Any:
    """A stream with as many `channels` (1 or 2) as the mix has, of what `sound` says is worth hearing."""
    # "<" scales the gains to a sum of 1, here no change; ffmpeg-python 0.2 escapes a "=" once too often for pan.
    side = "c1" if sound == "right" else "c0"
    if channels == 1:
        return stream.filter("pan", f"mono|c0<{side}")
    if sound == "stereo":
        return stream
    return stream.filter("pan", f"stereo|c0<{side}|c1<{side}")


def _graph(path: Path, found: ffmpeg.Probe, wav: Wav, *, only: str = "") -> Any:
    """Decode once, measured on the way; what is written is the half sum of both sides, or one of them."""
    wav.path.unlink(missing_ok=True)  # an orphan of a killed run may still be writing to a file of this name
    channels = found.audio[0].channels
    if _CONTINUOUS.isdisjoint(found.format.split(",")):
        stream = on_the_clock(path, MEASURE_HZ, channels)
    else:
        stream = _mixed_down(ffmpeg.source(path)["a:0"].filter("aresample", MEASURE_HZ), channels)
    if only:
        stream = pick(stream, only, 1)
    stream = meter(stream)
    options = {**ffmpeg.BITEXACT, "acodec": "pcm_s16le", "format": "wav", "rf64": "auto", "ar": wav.rate}
    if channels == 1 or only:
        written = pick(stream, "mono", wav.channels)  # aformat would take 3 dB off
        return written.output(ffmpeg.address(wav.path), **options)
    if wav.channels == 2:
        split = stream.asplit()
        middle, side = _middle_side(split[1], wav.rate)
        written = split[0].output(ffmpeg.address(wav.path), **options)
        return ffmpeg.together(written, middle.output("-", format="null"), side.output("-", format="null"))
    middle, side = _middle_side(stream, wav.rate)
    return ffmpeg.together(middle.output(ffmpeg.address(wav.path), **options), side.output("-", format="null"))


def _middle_side(stream: Any, rate: int) -> tuple[Any, Any]:
    """Half sum and half difference of both sides at `rate` Hz, the power of each in ffmpeg's log at the end."""
    # volumedetect, as astats takes as long as all the rest of the job.
    split = stream.asplit()
    middle = split[0].filter("pan", "mono|c0<c0+c1").filter("aresample", rate).filter("volumedetect@middle")
    side = split[1].filter("pan", "mono|c0<c0-c1").filter("aresample", rate).filter("volumedetect@side")
    return middle, side


_POWER = re.compile(r"\[volumedetect@(middle|side) @ \S+ mean_volume: (\S+) dB")
_DIGITAL_SILENCE_DB = -90.5  # volumedetect's -91 is 16 bits of nothing


def _middle_and_side(log: str) -> tuple[float, float]:
    powers = {name: finite(value) for name, value in _POWER.findall(log)}
    middle, side = (powers.get(name, NO_LEVEL) for name in ("middle", "side"))
    return (
        middle if middle > _DIGITAL_SILENCE_DB else NO_LEVEL,
        side if side > _DIGITAL_SILENCE_DB else NO_LEVEL,
    )


def which_sides(left: float, right: float, middle: float, side: float) -> str:
    """The levels in dB of left and right, and of their half sum and half difference, as a Track's `sound`.

    Only left and right, and only middle and side, are compared with each other.
    """
    if right < left - _FAR_DB or (middle < side - _FAR_DB and left >= right):
        return "left"
    if left < right - _FAR_DB or middle < side - _FAR_DB:
        return "right"
    return "mono" if side <= middle - _FAR_DB else "stereo"
