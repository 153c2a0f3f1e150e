"""Brings a mix to its loudness and writes it in every format, each corrected until the encoded file measures right.

Rule: what counts is the encoded file, decoded and measured. What misses the target is encoded again with what was
learnt, a few times at most, and the best is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from castkit import atomic
from castkit.audio.calibrate import aimed, calibrate
from castkit.audio.correction import AIM_LU, Round, Setting, Target, corrected, is_on_target, misses
from castkit.audio.encoders import FORMATS, Output, rate_of, write
from castkit.audio.listen import Heard, measure
from castkit.audio.mixed import Mixed
from castkit.audio.mp3peaks import lower_peaks
from castkit.errors import CastkitError

__all__ = ["FORMATS", "Encoded", "Output", "Target", "encode", "is_on_target"]

_LONG_MS = 600_000
_ROUNDS, _ROUNDS_OF_LONG = 8, 3
_AIM_OF_LONG_LU = 0.25  # another round of an hour is not worth a tenth of a LU
_DURATION_TOLERANCE_MS = 50  # two MP3 frames; a killed encoder loses seconds
_MUCH_LIMITED_DB = 3.0
_RELATIVE_GATE_LU = 10.0
_SHARES = (0.05, 0.85)  # of the progress: calibrating, encoding; the rest is measuring


@dataclass(frozen=True, slots=True)
class Encoded:
    """One output: all its rounds, the one that was kept, and how that was heard (loudness, length, curves).

    `limited_db` is how far the limiter lowered the highest peak, 0 where nothing but a gain was applied;
    `limited_share` is the share of the time with sound that was lowered by more than 3 dB, None where it is not known.
    """

    output: Output
    rounds: tuple[Round, ...]
    kept: Round
    heard: Heard
    limited_db: float
    limited_share: float | None

    @property
    def is_linear(self) -> bool:
        """Whether nothing was limited: the mix and a gain."""
        return self.limited_db == 0


def encode(
    mixed: Mixed, target: Target, outputs: Sequence[Output], progress: Callable[[float], None]
) -> tuple[Encoded, ...]:
    """Writes all outputs, the best of a few rounds each; CastkitError where one's length is not the planned one.

    The caller looks at `is_on_target`: a target out of reach (a few clicks far above a quiet voice, a gain that no
    encoder follows) is not an error.
    """
    settings = calibrate(mixed, target, outputs)
    progress(_SHARES[0])
    works = [_Work(output, setting) for output, setting in zip(outputs, settings, strict=True)]
    is_long = mixed.duration_ms > _LONG_MS
    for number in range(_ROUNDS_OF_LONG if is_long else _ROUNDS):
        pending = [work for work in works if not work.is_good(target, _AIM_OF_LONG_LU if is_long else AIM_LU)]
        if not pending:
            break
        try:
            _round(mixed, target, pending, _share_of(number, progress))
        finally:
            for work in pending:
                work.trial.unlink(missing_ok=True)
    progress(1.0)
    return tuple(_finished(mixed, work) for work in works)


class _Work:
    """An output on its way: what was tried, and what is best of it."""

    def __init__(self, output: Output, setting: Setting) -> None:
        self.output, self.setting = output, setting
        self.trial: Path = output.path.with_name(f"{output.path.name}.trial")
        self.rounds: list[Round] = []
        self.kept: tuple[Round, Heard] | None = None

    def is_good(self, target: Target, within_lu: float) -> bool:
        return self.kept is not None and is_on_target(target, self.kept[0].measured, within_lu=within_lu)

    def judge(self, mixed: Mixed, target: Target, heard: Heard) -> None:
        """Notes what the trial measured, keeps it where it is the best so far, and decides about the next."""
        done = Round(self.setting, heard.loudness)
        self.rounds.append(done)
        if self.kept is None or misses(target, heard.loudness) < misses(target, self.kept[0].measured):
            atomic.replace(self.trial, self.output.path)
            self.kept = done, heard
        self.setting = aimed(mixed, target, corrected(target, mixed.loudness, self.rounds), done)


def _round(mixed: Mixed, target: Target, pending: Sequence[_Work], progress: Callable[[float], None]) -> None:
    jobs = [(replace(work.output, path=work.trial), work.setting) for work in pending]
    write(mixed, jobs, lambda share: progress(_SHARES[1] * share))
    for number, work in enumerate(pending):

        def measuring(share: float, done: int = number) -> None:
            progress(_SHARES[1] + (1 - _SHARES[1]) * (done + share) / len(pending))

        form = (rate_of(work.output, mixed.rate), mixed.channels)
        heard = measure(work.trial, mixed.duration_ms, measuring, form=form)
        _check_duration(mixed, work.output, heard)
        if FORMATS[work.output.format].is_lowerable and work.setting.ceiling_dbfs is not None:
            heard = lower_peaks(work.trial, heard, target.true_peak_dbtp)
        work.judge(mixed, target, heard)


def _share_of(number: int, progress: Callable[[float], None]) -> Callable[[float], None]:
    """Progress within round `number`: the first takes most of it, as it is nearly always the only one."""
    start = _SHARES[0] + (1 - _SHARES[0]) * (1 - 0.1**number)
    return lambda share: progress(start + (1 - start) * 0.9 * share)


def _check_duration(mixed: Mixed, output: Output, heard: Heard) -> None:
    if abs(heard.duration_ms - mixed.duration_ms) > _DURATION_TOLERANCE_MS:
        raise CastkitError(
            f"{output.path.name} came out {heard.duration_ms / 1000:.2f} s long instead of "
            f"{mixed.duration_ms / 1000:.2f} s",
            "run the step again; if it stays so, export the recordings again as WAV or FLAC",
        )


def _finished(mixed: Mixed, work: _Work) -> Encoded:
    assert work.kept is not None  # noqa: S101 - the loop runs at least once
    kept, heard = work.kept
    ceiling = kept.setting.ceiling_dbfs
    lowered = 0.0 if ceiling is None else max(0.0, mixed.loudness.true_peak_dbtp + kept.setting.gain_db - ceiling)
    return Encoded(work.output, tuple(work.rounds), kept, heard, round(lowered, 2), _share_limited(mixed, kept.setting))


def _share_limited(mixed: Mixed, setting: Setting) -> float | None:
    if setting.ceiling_dbfs is None:
        return 0.0
    if mixed.curves is None:
        return None
    sounding = mixed.curves[mixed.curves[:, 0] > mixed.loudness.integrated_lufs - _RELATIVE_GATE_LU, 2]
    lowered = sounding + setting.gain_db - setting.ceiling_dbfs
    return round(float((lowered > _MUCH_LIMITED_DB).mean()), 4) if len(sounding) else 0.0
