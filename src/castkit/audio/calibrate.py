"""How much limiter and encoder will take, found on a minute of excerpts before the whole programme is encoded.

Rule: the excerpts are the same for the same programme; they only predict, and what is promised is measured on the
whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import ffmpeg
from castkit.audio.correction import Round, Setting, Target, corrected, planned
from castkit.audio.encoders import FORMATS, Output, rate_of, write
from castkit.audio.listen import Heard, measure
from castkit.audio.mixed import Mixed
from castkit.audio.mp3peaks import MOST
from castkit.audio.r128 import SILENT_LUFS
from castkit.model.programme import Loudness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curves = NDArray[np.float32]

SHORT_MS = 180_000  # up to here the whole programme is its own excerpt
_EXCERPT_MS = 5_000
_EXCERPTS = 12  # besides the loudest and the one with the highest peak
_ROUNDS = 5  # of a minute: together they take less than an hour's second round
_NEAR_LU = 0.3  # a prediction this near is corrected without another round
_NEAR_DB = 0.5  # and so is a ceiling that moves by no more
_FAR_DB = 6.0  # no gain is moved further at once
_EXACT_DB = 0.005
_LOUD_DB = 0.5  # below the highest peak: these frames may become the highest
_FEWEST_LOUD = 40  # frames whose overshoot is looked at
_SCALES_DB = (0.25, 0.4)  # for each e-fold of frames; from a few hundred of them it is not known any better
_MUCH_ROOM_DB = 0.6
_SPREADS = 2.0  # the worst frame may come out this many scales farther
_RELATIVE_GATE_LU = 10.0
_FADE_S = 0.01


def calibrate(mixed: Mixed, target: Target, outputs: Sequence[Output]) -> tuple[Setting, ...]:
    """The setting for each output with which the whole mix is likely to be on target."""
    first = tuple(_first(mixed, target, FORMATS[output.format].usual_loss_db) for output in outputs)
    if mixed.duration_ms <= SHORT_MS:
        return first
    with tempfile.TemporaryDirectory() as folder:
        excerpts = _cut(mixed, choose(mixed), Path(folder) / "excerpts.wav")
        if excerpts.heard.loudness.integrated_lufs <= SILENT_LUFS:
            return first
        tries = [replace(output, path=Path(folder) / f"{n}.{output.format}") for n, output in enumerate(outputs)]
        return _settle(mixed, excerpts, target, list(zip(tries, first, strict=True)))


def _first(mixed: Mixed, target: Target, usual_loss_db: float) -> Setting:
    """The first setting to try: by the curves alone, and what an encoder usually takes."""
    setting = planned(target, mixed.loudness, usual_loss_db=usual_loss_db)
    if mixed.curves is None:
        return setting
    lost = usual_loss_db + limited_lu(mixed.curves, setting)
    guessed = replace(mixed.loudness, integrated_lufs=mixed.loudness.integrated_lufs + setting.gain_db - lost)
    return aimed(mixed, target, setting, Round(setting, guessed))


def _settle(
    mixed: Mixed, excerpts: _Excerpts, target: Target, tries: Sequence[tuple[Output, Setting]]
) -> tuple[Setting, ...]:
    outputs, settings = [output for output, _ in tries], [setting for _, setting in tries]
    unsettled = list(range(len(outputs)))
    for _ in range(_ROUNDS):
        write(excerpts.mixed, [(outputs[n], settings[n]) for n in unsettled])
        for n in tuple(unsettled):
            form = (rate_of(outputs[n], mixed.rate), mixed.channels)
            heard = measure(outputs[n].path, excerpts.mixed.duration_ms, form=form)
            predicted = predict(mixed, excerpts, settings[n], heard)
            if FORMATS[outputs[n].format].is_lowerable and settings[n].ceiling_dbfs is not None:
                predicted = replace(predicted, true_peak_dbtp=_but_for_few(heard))
            before, settings[n] = settings[n], _next(mixed, target, Round(settings[n], predicted))
            moved_db = abs((settings[n].ceiling_dbfs or 0.0) - (before.ceiling_dbfs or 0.0))
            off_lu = abs(predicted.integrated_lufs - target.loudness_lufs)
            if off_lu <= _NEAR_LU and moved_db <= _NEAR_DB:
                unsettled.remove(n)
        if not unsettled:
            break
    return tuple(settings)


def _next(mixed: Mixed, target: Target, done: Round) -> Setting:
    """As `corrected`, but a limiter that works much more than the prediction says it must is let go."""
    setting = corrected(target, mixed.loudness, [done], margin_db=0.0)  # the prediction has its own
    under = target.true_peak_dbtp - done.measured.true_peak_dbtp
    if done.setting.ceiling_dbfs is None or setting.ceiling_dbfs is None:
        return setting
    if under > _MUCH_ROOM_DB:
        ceiling = min(done.setting.ceiling_dbfs + under - _MUCH_ROOM_DB / 2, target.true_peak_dbtp)
        setting = replace(setting, ceiling_dbfs=round(ceiling, 2))
    return aimed(mixed, target, setting, done)


def aimed(mixed: Mixed, target: Target, setting: Setting, done: Round) -> Setting:
    """`setting` with the gain that meets the loudness, by what was learnt in `done`.

    What a limiter takes grows with the gain and with a lower ceiling: how much is known from the curves, and whatever
    else was lost in `done` is lost again. Where the curves are not known the setting stays as it is.
    """
    if mixed.curves is None or setting.ceiling_dbfs is None:
        return setting
    without = done.measured.integrated_lufs - done.setting.gain_db + limited_lu(mixed.curves, done.setting)
    low, high = setting.gain_db - _FAR_DB, setting.gain_db + _FAR_DB
    while high - low > _EXACT_DB:
        gain = (low + high) / 2
        reached = without + gain - limited_lu(mixed.curves, replace(setting, gain_db=gain))
        low, high = (gain, high) if reached < target.loudness_lufs else (low, gain)
    return replace(setting, gain_db=round(high, 2))


@dataclass(frozen=True, slots=True)
class _Excerpts:
    """Where they were taken from (ms), they themselves as a mix, and how that was heard."""

    starts: tuple[int, ...]
    mixed: Mixed
    heard: Heard


def predict(mixed: Mixed, excerpts: _Excerpts, setting: Setting, heard: Heard) -> Loudness:
    """The loudness of the whole mix, encoded at a setting with which the excerpts were heard like this."""
    before = excerpts.heard.loudness.integrated_lufs
    lost = before + setting.gain_db - heard.loudness.integrated_lufs
    lost += _more_limited(mixed, excerpts, setting, lost)
    peak = _top(mixed.loudness, setting) + _overshoot(mixed, excerpts, setting, heard)
    return Loudness(mixed.loudness.integrated_lufs + setting.gain_db - lost, peak, heard.loudness.range_lu)


def _but_for_few(heard: Heard) -> float:
    """The true peak in dBTP that all frames but those that can be lowered keep to; half of them is left in reserve."""
    import numpy as np  # noqa: PLC0415

    return float(np.quantile(heard.curves[:, 2], 1 - MOST / 2))


def _top(mix: Loudness, setting: Setting) -> float:
    """The highest peak that reaches the encoder, in dBFS."""
    top = mix.true_peak_dbtp + setting.gain_db
    return top if setting.ceiling_dbfs is None else min(top, setting.ceiling_dbfs)


def _overshoot(mixed: Mixed, excerpts: _Excerpts, setting: Setting, heard: Heard) -> float:
    """How far, in dB, the true peak of the whole will be above the highest peak that reached the encoder.

    An encoder's overshoot differs from frame to frame, with an exponential tail: the longer the programme, the
    farther its worst frame. Of the excerpts' loud frames the tail is taken, and followed to as many as the whole has.
    """
    import numpy as np  # noqa: PLC0415

    top, count = _top(mixed.loudness, setting), min(len(heard.curves), len(excerpts.heard.curves))
    given = np.minimum(excerpts.heard.curves[:count, 2] + setting.gain_db, top)
    over = (heard.curves[:count, 2] - given)[np.argsort(given)[::-1]]
    loud = max(_FEWEST_LOUD, int((given > top - _LOUD_DB).sum()))
    over = np.sort(over[:loud])[::-1]
    tail = over[: max(_FEWEST_LOUD // 4, len(over) // 5)]
    scale = min(_SCALES_DB[1], max(_SCALES_DB[0], float((tail - tail[-1]).mean())))
    farther = np.log(max(1.0, _loud_frames(mixed, setting, top) / loud))
    # From the worst frame tried, and from where the tail begins: each alone varies more from try to try.
    begins = float(over[0]), float(tail[-1]) + scale * float(np.log(len(tail)))
    spread = _SPREADS if mixed.curves is not None else 1.5 * _SPREADS
    return sum(begins) / 2 + scale * (float(farther) + spread)


def _loud_frames(mixed: Mixed, setting: Setting, top: float) -> float:
    """How many frames of the whole come near the highest peak; where nobody knows, as if all were loud."""
    if mixed.curves is None:
        return mixed.duration_ms / 100
    return float((mixed.curves[:, 2] + setting.gain_db > top - _LOUD_DB).sum())


def _more_limited(mixed: Mixed, excerpts: _Excerpts, setting: Setting, lost: float) -> float:
    """How much more than from the excerpts the limiter will take from the whole, in LU; 0 where nobody knows."""
    import numpy as np  # noqa: PLC0415

    if mixed.curves is None or setting.ceiling_dbfs is None:
        return 0.0
    frames = [np.arange(start // 100, (start + _EXCERPT_MS) // 100) for start in excerpts.starts]
    places = np.concatenate(frames)
    there = limited_lu(mixed.curves[places[places < len(mixed.curves)]], setting)
    share = min(1.0, max(0.0, lost) / there) if there > 0 else 0.0
    return share * (limited_lu(mixed.curves, setting) - there)


def limited_lu(curves: Curves, setting: Setting) -> float:
    """What a limiter takes from frames of that loudness and peak, in LU, if it lowered every frame to its ceiling."""
    import numpy as np  # noqa: PLC0415

    if setting.ceiling_dbfs is None or not len(curves):
        return 0.0
    power = 10 ** (curves[:, 0].astype(np.float64) / 10)
    lowered = np.minimum(0, setting.ceiling_dbfs - setting.gain_db - curves[:, 2])
    return float(-10 * np.log10((power * 10 ** (lowered / 10)).sum() / power.sum()))


def choose(mixed: Mixed) -> tuple[int, ...]:
    """Where the excerpts begin, in ms: spread over what sounds, the loudest and the highest peak among them."""
    import numpy as np  # noqa: PLC0415

    last = mixed.duration_ms - _EXCERPT_MS
    curves = mixed.curves
    if curves is None or not len(curves):
        return tuple(round((n + 0.5) / _EXCERPTS * last) for n in range(_EXCERPTS))
    sounding = np.flatnonzero(curves[:, 0] > mixed.loudness.integrated_lufs - _RELATIVE_GATE_LU)
    if not len(sounding):
        sounding = np.arange(len(curves))
    middles = [int(sounding[int((n + 0.5) / _EXCERPTS * len(sounding))]) for n in range(_EXCERPTS)]
    middles += [int(curves[:, 1].argmax()) - 15, int(curves[:, 2].argmax())]
    starts: list[int] = []
    for start in sorted(min(last, max(0, middle * 100 - _EXCERPT_MS // 2)) for middle in middles):
        if not starts or start >= starts[-1] + _EXCERPT_MS:
            starts.append(start)
    return tuple(starts)


def _cut(mixed: Mixed, starts: tuple[int, ...], out: Path) -> _Excerpts:
    """The excerpts one after the other, as a mix of their own."""
    streams = []
    for start in starts:
        stream = mixed.open(start, _EXCERPT_MS).filter("afade", t="in", d=_FADE_S)
        streams.append(stream.filter("afade", t="out", d=_FADE_S, st=_EXCERPT_MS / 1000 - _FADE_S))
    job = ffmpeg.join(streams, "concat", n=len(streams), v=0, a=1)
    options = {**ffmpeg.BITEXACT, "acodec": "pcm_f32le", "format": "wav", "ar": mixed.rate, "ac": mixed.channels}
    ffmpeg.run(job.output(ffmpeg.address(out), **options), doing="cutting excerpts")
    heard = measure(out, len(starts) * _EXCERPT_MS, form=(mixed.rate, mixed.channels))

    def read(start_ms: int, duration_ms: int | None) -> Any:
        length = {} if duration_ms is None else {"t": duration_ms / 1000}
        return ffmpeg.source(out, formats=("wav",), ss=start_ms / 1000, **length)["a:0"]

    return _Excerpts(starts, Mixed(mixed.rate, mixed.channels, heard.duration_ms, heard.loudness, read), heard)
