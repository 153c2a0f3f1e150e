"""All recordings of a programme, cleaned, levelled, freed of drift and laid on one clock, as a file of bare floats.

Rule: one decode of every recording and one graph; what a file is long is what the clock says, to the sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import ffmpeg
from castkit.audio.canvas import Canvas
from castkit.audio.listen import on_the_clock, pick
from castkit.audio.r128 import FrameLog, meter
from castkit.audio.riding import held, ridden, write_curve

if TYPE_CHECKING:
    from castkit.audio.envelope import Curve

Progress = Callable[[float], None] | None

# How far above the rate the whole numbers of a stretch are looked for, and in which steps: 40 000 pairs, whose products
# lie evenly, as the steps are prime.
_STRETCH_RANGE_HZ = 6000
_STRETCH_STEPS_HZ = (29, 31)
_QUEUE = 8  # packets read ahead, ffmpeg's own default
_NO_DRIFT_PPM = 1e-3  # 0.02 ms in six hours


@dataclass(frozen=True, slots=True)
class Part:
    """One recording in the mix; `sound` and `channels` (the file's) as in model.programme.Track.

    A time on the recording's own clock, times 1 + `drift_ppm` / 10⁶, plus `offset_ms` (may be negative), is a time on
    the recordings' clock. `gain_db` is one gain or a curve of gains, 100 a second on the recording's own clock.
    `filters` is what cleans it, given a stream of the mix's rate with one channel (two where `sound` is "stereo").
    """

    path: Path
    sound: str
    channels: int = 1
    offset_ms: int = 0
    drift_ppm: float = 0.0
    gain_db: float | Curve = 0.0
    filters: Callable[[Any], Any] | None = None


def format_of(tracks: Sequence[tuple[str, int]]) -> tuple[int, int]:
    """Sample rate (Hz) and channels of a mix of files, each given as (sound, sample rate).

    44.1 kHz only where all divide it; mono unless one is stereo.
    """
    rate = 44_100 if all(44_100 % rate == 0 for _, rate in tracks) else 48_000
    return rate, 2 if any(sound == "stereo" for sound, _ in tracks) else 1


def render(
    parts: Sequence[Part], canvas: Canvas, out: Path, *, is_measured: bool = True, progress: Progress = None
) -> FrameLog | None:
    """Writes the sum of all parts to `out`: little-endian 32-bit floats without a header, `canvas.samples` of them.

    Gives its levels where `is_measured`, in the same pass. Curves are written beside `out`, as `<name>.<n>.curve`,
    and removed. CastkitError where a recording cannot be decoded or the disk is full.
    """
    levels = FrameLog() if is_measured else None
    out.unlink(missing_ok=True)  # an orphan of a killed run may still be writing to a file of this name
    curves = [out.with_name(f"{out.name}.{number}.curve") for number in range(len(parts))]
    try:
        paths = [part.path for part in parts]
        placed = [
            _placed(part, canvas, curve, earlier=paths[:number].count(part.path))
            for number, (part, curve) in enumerate(zip(parts, curves, strict=True))
        ]
        mixed = fitted(added(placed), canvas.samples)
        job = _jobs(mixed, out, is_measured=is_measured)
        doing = f"mixing the recordings in {out.parent}"
        duration_ms = canvas.end_ms - canvas.start_ms
        ffmpeg.run(job, doing=doing, duration_ms=duration_ms, progress=progress, each_line=levels)
    except BaseException:
        out.unlink(missing_ok=True)  # gigabytes, where the disk is full
        raise
    finally:
        for curve in curves:
            curve.unlink(missing_ok=True)
    return levels


def _jobs(mixed: Any, out: Path, *, is_measured: bool) -> Any:
    options = {**ffmpeg.BITEXACT, "acodec": "pcm_f32le", "format": "f32le"}
    if not is_measured:
        return mixed.output(ffmpeg.address(out), **options)
    split = mixed.asplit()
    measured = meter(split[0]).output("-", format="null")
    return ffmpeg.together(measured, split[1].output(ffmpeg.address(out), **options))


def added(streams: Sequence[Any]) -> Any:
    """The plain sum of streams of one rate and one layout, as long as the longest."""
    if len(streams) == 1:
        return streams[0]
    return ffmpeg.join(streams, "amix", inputs=len(streams), duration="longest", normalize=0)


def fitted(stream: Any, samples: int) -> Any:
    """A stream made exactly this long: silence after it, or its end cut off."""
    return stream.filter("apad", whole_len=samples).filter("atrim", end_sample=samples)


def moved(stream: Any, samples: int) -> Any:
    """A stream that starts so many samples later; where negative, without that many of its first."""
    if samples < 0:
        return stream.filter("atrim", start_sample=-samples).filter("asetpts", "PTS-STARTPTS")
    # all=1: the right side too. What is delayed alike costs no memory: adelay makes the silence as it goes.
    return stream.filter("adelay", f"{samples}S", all=1) if samples else stream


def _placed(part: Part, canvas: Canvas, curve: Path, *, earlier: int) -> Any:
    """One part as it lies in the mix; all work is done in as few channels as its sound has.

    `earlier` is how many parts before it are of the same file: two microphones on the sides of one recording.
    """
    own = 2 if part.sound == "stereo" and canvas.channels == 2 else 1
    # Opened again for each: one input feeding parts at different times would be kept in memory in between. An option
    # that makes no difference makes them two, as ffmpeg-python takes equal inputs for one.
    twin = {"thread_queue_size": _QUEUE + earlier} if earlier else {}
    stream = pick(on_the_clock(part.path, canvas.rate, part.channels, **twin), part.sound, own)
    if part.filters:
        stream = part.filters(stream)
    stream = _levelled(stream, part, canvas, (curve, own))
    stream = stretched(stream, part.drift_ppm, canvas.rate)
    stream = moved(stream, canvas.sample(part.offset_ms))
    return pick(stream, "mono", canvas.channels) if own != canvas.channels else stream


def _levelled(stream: Any, part: Part, canvas: Canvas, shape: tuple[Path, int]) -> Any:
    if isinstance(part.gain_db, int | float):
        return stream.filter("volume", f"{part.gain_db:.4f}dB") if part.gain_db else stream
    # Cleaning filters may give doubles, or another rate than they were given.
    curve, channels = shape
    seconds = (canvas.end_ms - part.offset_ms) / 1000 / (1 + part.drift_ppm * 1e-6)
    write_curve(held(part.gain_db), curve, seconds=max(0.0, seconds))
    return ridden(stream.filter("aresample", canvas.rate), curve, rate=canvas.rate, channels=channels)


def stretched(stream: Any, drift_ppm: float, rate: int) -> Any:
    """A stream of `rate` Hz that lasts longer by `drift_ppm` (shorter where negative), and is of `rate` Hz again."""
    if abs(drift_ppm) < _NO_DRIFT_PPM:
        return stream
    # Every "resample to x, then say it is y" makes a second last x / y seconds.
    first, said, second = stretch(drift_ppm, rate)
    stream = stream.filter("aresample", first).filter("asetrate", said)
    return stream.filter("aresample", second).filter("asetrate", rate)


def stretch(drift_ppm: float, rate: int) -> tuple[int, int, int]:
    """Whole rates a, b, c in Hz, near `rate`, with which a / b × c / rate is 1 + `drift_ppm` / 10⁶.

    Right to 0.05 ms in six hours. asetrate takes whole numbers only: one alone would be up to 225 ms off by then, and
    the ratio of two near 48 000 is 1 or at least 20 ppm from it.
    """
    ratio = 1 + drift_ppm * 1e-6
    firsts, seconds = (range(rate, rate + _STRETCH_RANGE_HZ, step) for step in _STRETCH_STEPS_HZ)
    rates = ((first, round(first * second / rate / ratio), second) for first in firsts for second in seconds)
    return min(rates, key=lambda found: abs(found[0] * found[2] / (found[1] * rate) - ratio))
