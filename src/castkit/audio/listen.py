"""One decode of a recording: how loud it is, which of its sides carry sound, and its sound as a WAV file.

Rule: loudness is EBU R128 with mono counted as dual mono, as it is heard; nothing here holds a recording in memory.
"""

from __future__ import annotations

import re
import struct
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import ffmpeg
from castkit.audio.r128 import NO_LEVEL, SILENT_LUFS, FrameLog, finite, meter, read_loudness
from castkit.audio.truepeak import Peaks
from castkit.errors import CastkitError
from castkit.ffmpeg.bounds import LONGEST_S
from castkit.model.programme import Loudness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curves = NDArray[np.float32]

MEASURE_HZ = 48_000  # BS.1770 filters are given for it, and its true peak is oversampled four times
_FAR_DB = 40.0  # a side, or the difference of both, this far below the rest is noise or rounding
_SAME_DB = 0.1  # a side turned over is rounded otherwise
_CONTINUOUS = (b"fLaC", b"FORM", b"caff", b"riff")  # FLAC, AIFF, CAF, Wave64; WAV is told by more than its first bytes

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

    def decode(frames: FrameLog, each_line: Callable[[str], None], only: str = "") -> _Metered:
        form = (MEASURE_HZ, 1 if only else min(2, found.audio[0].channels))
        written, stream = _graph(path, found, wav, only=only)
        data = _piped(written, stream, form, doing=f"reading {path}", each_line=each_line)
        return _metered(data, frames, form, _of_length(found.duration_ms, None if only else progress))

    frames = FrameLog()
    gaps = _Gaps(frames)
    heard = decode(frames, gaps)
    gaps.refuse(path)
    _refuse_cut_short(path, found.audio[0].duration_ms, heard.duration_ms)
    sound = "mono"
    if found.audio[0].channels > 1:
        sound = which_sides(*_left_and_right(heard.peaks), *_middle_and_side(frames.rest))
    if sound in ("left", "right"):
        frames = FrameLog()
        heard = decode(frames, frames, only=sound)
    return Heard(heard.loudness, sound, heard.duration_ms, heard.curves)


def nothing_heard(wav: Wav, duration_ms: int) -> Heard:
    """What `listen` would give for, and write of, a recording of that length without any sound: silence."""
    import numpy as np  # noqa: PLC0415

    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((wav.channels, 2, wav.rate, 0, "NONE", "not compressed"))
    header, size = bytearray(content.getvalue()), 2 * wav.channels * (duration_ms * wav.rate // 1000)
    struct.pack_into("<I", header, 4, len(header) - 8 + size)
    struct.pack_into("<I", header, len(header) - 4, size)
    with wav.path.open("wb") as written:
        written.write(header)
        written.truncate(len(header) + size)  # what was never written is silence, and takes no room on most disks
    curves = np.full((duration_ms // 100, 3), NO_LEVEL, np.float32)
    return Heard(Loudness(SILENT_LUFS, NO_LEVEL, 0.0), "mono", duration_ms, curves)


def measure(path: Path, duration_ms: int, progress: Progress = None, *, form: tuple[int, int] | None = None) -> Heard:
    """Measures a finished sound file by decoding it; `duration_ms` is the expected length, for the progress.

    `form` is its rate (Hz) and channels, where they are known.
    """
    rate, channels = form or _form(path)
    frames = FrameLog()
    data = _piped(
        [],
        meter(ffmpeg.source(path)["a:0"], peak="none"),
        (rate, channels),
        doing=f"measuring {path}",
        each_line=frames,
    )
    heard = _metered(data, frames, (rate, channels), _of_length(duration_ms, progress))
    return Heard(heard.loudness, "", heard.duration_ms, heard.curves)


def _form(path: Path) -> tuple[int, int]:
    stream = ffmpeg.probe(path).audio[0]
    return stream.sample_rate, stream.channels


@dataclass(frozen=True, slots=True)
class _Metered:
    """What was read of a sound: its loudness, length and curves, and each channel's true peaks in dBTP, by frame."""

    loudness: Loudness
    duration_ms: int
    curves: Curves
    peaks: Curves


def _piped(
    written: Sequence[Any], stream: Any, form: tuple[int, int], *, doing: str, each_line: Callable[[str], None]
) -> Iterator[bytes]:
    """What comes of a stream of `form` (Hz, channels), as 32-bit floats, a second at a time; more is `written`."""
    rate, channels = form
    piped = stream.output("pipe:1", format="f32le", acodec="pcm_f32le", ar=rate, ac=channels)
    job = ffmpeg.together(piped, *written) if written else piped
    return ffmpeg.blocks(job, size=_frame(rate) * 10 * channels * 4, doing=doing, each_line=each_line)


def _metered(
    data: Iterator[bytes], frames: FrameLog, form: tuple[int, int], progress: Callable[[float], None]
) -> _Metered:
    rate, channels = form
    peaks = Peaks(channels, _frame(rate))
    for block in data:
        peaks.add(block)
        progress(peaks.samples * 1000 / rate)
    levels = peaks.of_frames()
    curves, highest = frames.curves(levels), round(float(levels.max(initial=NO_LEVEL)), 2)
    return _Metered(
        replace(frames.loudness(), true_peak_dbtp=highest), round(peaks.samples * 1000 / rate), curves, levels
    )


def _frame(rate: int) -> int:
    """The samples in 100 ms."""
    return max(1, rate // 10)


def _of_length(duration_ms: int, progress: Progress) -> Callable[[float], None]:
    """Takes where the reading is, in ms, and tells `progress` its share of the expected length."""
    return lambda at_ms: progress(min(1.0, at_ms / duration_ms)) if progress and duration_ms else None


def _left_and_right(peaks: Curves) -> tuple[float, float]:
    """How strong two channels are, in dB relative to one another, by the power of their peaks."""
    import numpy as np  # noqa: PLC0415

    left, right = 10 * np.log10((10 ** (peaks.astype(np.float64) / 10)).mean(axis=0)) if len(peaks) else (0.0, 0.0)
    return float(left), float(right)


def _refuse_cut_short(path: Path, stated_ms: int, decoded_ms: int) -> None:
    if decoded_ms == 0:
        raise CastkitError(f"{path} holds no sound that can be decoded", "export the recording again")
    if decoded_ms < stated_ms - 1000 - stated_ms // 100:
        message = f"{path} is cut short: {decoded_ms / 1000:.1f} s of its {stated_ms / 1000:.1f} s can be decoded"
        raise CastkitError(message, "copy the recording again; if it is all there is, export that part as WAV or FLAC")
    if decoded_ms >= LONGEST_S * 1000:
        raise CastkitError(f"{path} is longer than {LONGEST_S // 3600} hours", "export it again in parts")


class _Gaps:
    """Takes ffmpeg's log on its way to `frames`, and keeps how long the gaps were that `on_the_clock` left out."""

    def __init__(self, frames: FrameLog) -> None:
        self._frames = frames
        self._longest_s = 0.0

    def __call__(self, line: str) -> None:
        self._frames(line)
        if found := _GAP.match(line):
            self._longest_s = max(self._longest_s, float(found[1]))

    def refuse(self, path: Path) -> None:
        if self._longest_s:
            message = f"{path} has a gap of {self._longest_s / 60:.0f} minutes in its sound, by its time stamps"
            raise CastkitError(message, "export it again as WAV or FLAC, with its gaps filled by silence")


_LONGEST_GAP_S = 120  # a gap is filled in memory: a minute of 8 channels is 92 MB
_GAP = re.compile(r"(?:\[Eval @ \S+\] )?(\d+\.\d{6})(?:\[|$)")  # another thread's words may follow
# 1: where the sound before ended; 2: how far away this is; 3: how much of it is left out; 0: of all so far. What was
# left out is printed with the next frame, as ffmpeg 5 asks once more at the end, for a time that means nothing.
_WITHOUT_LONG_GAPS = (
    "st(2,PTS-ld(1));st(1,PTS+NB_SAMPLES/SR/TB);if(ld(3),print(ld(3)*TB));"
    f"st(3,if(gt(ld(2)*TB,{_LONGEST_GAP_S}),ld(2)));st(0,ld(0)+ld(3));PTS-ld(0)"
)


def on_the_clock(path: Path, rate: int, channels: int, **options: Any) -> Any:
    """The first sound stream of a file, resampled to `rate`, from the file's time 0 and with its gaps filled.

    A phone's MP4 may begin its sound later than its picture, and a dropped packet of a call leaves a gap: without
    this both would pull everything after them forward, away from picture and the other tracks. A gap of minutes is
    left out: `listen` refuses such a recording. More than two of the file's `channels` are mixed down to two.
    `options` are for the input: from `ss` seconds on.
    """
    stream = ffmpeg.source(path, **options)["a:0"]
    if _is_continuous(path):
        return _mixed_down(stream.filter("aresample", rate), channels)
    stream = stream.filter("asetpts", _WITHOUT_LONG_GAPS)
    return _mixed_down(stream.filter("aresample", rate, **{"async": 1, "first_pts": 0}), channels)


def _is_continuous(path: Path) -> bool:
    """Whether a file is of a format without time stamps, which has no gaps: looking for them takes a tenth more."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] in _CONTINUOUS or (head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE")


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


def _graph(path: Path, found: ffmpeg.Probe, wav: Wav, *, only: str) -> tuple[Sequence[Any], Any]:
    """The outputs that are written (the WAV file of the half sum of both sides, or of one), and what is metered."""
    wav.path.unlink(missing_ok=True)  # an orphan of a killed run may still be writing to a file of this name
    channels = found.audio[0].channels
    stream = on_the_clock(path, MEASURE_HZ, channels)
    if only:
        stream = pick(stream, only, 1)
    # ebur128 gives doubles, which nothing behind it needs and all of it would be slower with.
    metered = meter(stream.filter("atrim", end=LONGEST_S), peak="none").filter("aformat", sample_fmts="fltp")
    split = metered.asplit()
    options = {**ffmpeg.BITEXACT, "acodec": "pcm_s16le", "format": "wav", "rf64": "auto", "ar": wav.rate}
    if channels == 1 or only:
        mono = pick(split[1], "mono", wav.channels)  # aformat would take 3 dB off
        return [mono.output(ffmpeg.address(wav.path), **options)], split[0]
    middle, side = _middle_side(split[1], wav.rate)
    written, unheard = (split[2], [middle, side]) if wav.channels == 2 else (middle, [side])
    outputs = [written.output(ffmpeg.address(wav.path), **options)]
    return outputs + [stream.output("-", format="null") for stream in unheard], split[0]


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
    if right < left - _FAR_DB or (middle < side - _FAR_DB and left >= right - _SAME_DB):
        return "left"
    if left < right - _FAR_DB or middle < side - _FAR_DB:
        return "right"
    return "mono" if side <= middle - _FAR_DB else "stereo"
