"""From recordings to the one stream that is mastered: rendered, cut, and dressed with intro, outro and bed.

Rule: no more is written than must be: nothing at all where one gain on one recording is the whole mix.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import ffmpeg
from castkit.audio import jingle
from castkit.audio.bed import Bed, lay_bed, samples_in
from castkit.audio.canvas import Canvas
from castkit.audio.layers import Layer, stacked
from castkit.audio.listen import Heard, Wav, on_the_clock, pick
from castkit.audio.mixed import Mixed
from castkit.audio.render import Part, Progress, fitted, moved, render
from castkit.audio.splice import splice
from castkit.model.programme import Loudness

if TYPE_CHECKING:
    from castkit.audio.r128 import Curves

Spans = tuple[tuple[int, int], ...]

_PREROLL_S = 2  # before where a recording is wanted: MP3 and AAC need what came before to decode the first frame
# Where a seek lands on the very sample. Elsewhere (ADTS, AMR, WMA, MPEG-TS) times are guessed from the bit rate.
_SEEKABLE = frozenset("aiff caf flac mov mp3 w64 wav".split())


@dataclass(frozen=True, slots=True)
class Music:
    """Intro, outro and bed with their settings as in `[audio]`, and where they lie on the master's clock.

    The programme's sound begins at `lead_ms` and the master ends at `duration_ms`. `loudness_lufs` is what the
    programme was levelled to; gains are on top of it.
    """

    lead_ms: int
    duration_ms: int
    loudness_lufs: float
    intro: Path | None = None
    outro: Path | None = None
    bed: Bed | None = None
    intro_gain_db: float = 0.0
    outro_gain_db: float = 0.0
    fade_ms: int = 0
    crossfade_ms: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is mixed: all parts, `rate` (Hz) and `channels` of the mix, and what is `kept` of the recordings.

    `whole` is where the first recording begins and the last ends, `kept` spans in order and inside it, all (start,
    end) in ms on the recordings' clock. `heard` is what was measured of the recording where there is only one.
    """

    parts: tuple[Part, ...]
    rate: int
    channels: int
    whole: tuple[int, int]
    kept: Spans
    music: Music | None = None
    heard: Heard | None = None


def mix_down(plan: Plan, out: Path, progress: Progress = None) -> Mixed:
    """The programme as one stream. What it needs on disk is `out` and files named `<out>.…`: they must outlive it.

    CastkitError where a recording or jingle cannot be used, or the disk is full.
    """
    if mixed := _as_it_is(plan):
        return mixed
    canvas = Canvas(plan.rate, plan.channels, plan.kept[0][0], plan.kept[-1][1])
    is_joined = any(one[1] != other[0] for one, other in zip(plan.kept, plan.kept[1:], strict=False))
    is_measured = plan.music is None and not is_joined
    share = _within(progress, 0.0, 1.0 if is_measured else 0.8)
    levels = render(plan.parts, canvas, out, is_measured=is_measured, progress=share)
    fades = (plan.kept[0][0] > plan.whole[0], plan.kept[-1][1] < plan.whole[1])
    length = canvas.samples
    if is_joined or any(fades):
        length = splice(out, canvas, plan.kept, fades=fades)
    kept_ms = sum(end - start for start, end in plan.kept)
    music = plan.music or Music(0, kept_ms, 0.0)
    whole = replace(canvas, start_ms=0, end_ms=music.duration_ms)
    layers = [Layer(out, whole.sample(music.lead_ms), length), *_dressing(music, kept_ms, whole, out)]
    return stacked(layers, whole, levels, _within(progress, 0.8, 1.0))


def _within(progress: Progress, first: float, last: float) -> Progress:
    return (lambda share: progress(first + (last - first) * share)) if progress else None


def _dressing(music: Music, kept_ms: int, canvas: Canvas, out: Path) -> list[Layer]:
    """Intro, outro and bed, as far as there are any."""
    layers = []
    inner_ms = music.crossfade_ms or music.fade_ms
    for path, gain_db, fades, is_intro in (
        (music.intro, music.intro_gain_db, jingle.Fades(music.fade_ms, inner_ms), True),
        (music.outro, music.outro_gain_db, jingle.Fades(inner_ms, music.fade_ms), False),
    ):
        if path:
            wav = out.with_name(f"{out.name}.{'intro' if is_intro else 'outro'}.wav")
            raw = Wav(wav.with_suffix(".raw.wav"), canvas.rate, canvas.channels)
            heard = jingle.hear(path, raw)
            jingle.polish(raw.path, heard, wav, loudness_lufs=music.loudness_lufs + gain_db, fades=fades)
            raw.path.unlink()
            length = samples_in(wav)
            layers.append(Layer(wav, 0 if is_intro else canvas.samples - length, length))
    if music.bed:
        span = (music.lead_ms, music.lead_ms + kept_ms)
        bed = out.with_name(f"{out.name}.bed")
        layers.append(lay_bed(music.bed, canvas, bed, span=span, loudness_lufs=music.loudness_lufs))
    return layers


def _as_it_is(plan: Plan) -> Mixed | None:
    """The mix where it is one recording, whole, with one gain: read from the recording itself. None where it is not."""
    part = plan.parts[0]
    if len(plan.parts) > 1 or plan.heard is None or plan.music or plan.kept != (plan.whole,):
        return None
    if part.filters or part.drift_ppm or part.offset_ms != plan.whole[0] or not isinstance(part.gain_db, int | float):
        return None
    canvas = Canvas(plan.rate, plan.channels, 0, plan.whole[1] - plan.whole[0])
    is_seekable = not _SEEKABLE.isdisjoint(ffmpeg.probe(part.path).format.split(","))
    loudness, curves = _raised(plan.heard, float(part.gain_db))

    def read(start_ms: int, duration_ms: int | None) -> Any:
        return _excerpt(part, canvas, (start_ms, duration_ms), is_seekable=is_seekable)

    return Mixed(canvas.rate, canvas.channels, canvas.end_ms, loudness, read, curves)


def _raised(heard: Heard, gain_db: float) -> tuple[Loudness, Curves]:
    """What would be measured after this gain."""
    found = heard.loudness
    loudness = Loudness(found.integrated_lufs + gain_db, found.true_peak_dbtp + gain_db, found.range_lu)
    return loudness, heard.curves + gain_db


def _excerpt(part: Part, canvas: Canvas, window: tuple[int, int | None], *, is_seekable: bool) -> Any:
    start_ms, duration_ms = window
    end_ms = canvas.end_ms if duration_ms is None else min(canvas.end_ms, start_ms + duration_ms)
    first, last = canvas.sample(start_ms), canvas.sample(end_ms)
    seconds = max(0, start_ms // 1000 - _PREROLL_S) if is_seekable else 0
    start = {"ss": seconds} if seconds else {}
    stream = on_the_clock(part.path, canvas.rate, part.channels, **start)
    stream = moved(pick(stream, part.sound, canvas.channels), seconds * canvas.rate - first)
    if part.gain_db:
        stream = stream.filter("volume", f"{part.gain_db:.4f}dB")
    return fitted(stream, last - first)
