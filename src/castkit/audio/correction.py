"""How loud an encoded file is to be, and what is to be changed where it is not.

Rule: pure arithmetic on what was measured; what counts is the encoded file, as limiter and encoder both change loudness
and peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from castkit.model.programme import Loudness

AIM_LU = 0.15  # what the rounds work towards
TOLERANCE_LU = 0.3  # what is promised
_USUAL_OVERSHOOT_DB = 0.7  # what an encoder adds to the peaks of speech, before anything is known
_OF_LIMITED_DB = 1.2  # and to peaks that a limiter has cut
MARGIN_DB = 0.25  # what a corrected ceiling adds: two encodings of nearly the same differ by as much
_LOWEST_CEILING_DBFS = -24.0  # alimiter's own bound (0.0625)
_SLOPES = (0.25, 1.0)  # LU won for each dB of gain: a working limiter eats part of every dB
_MUCH_LOSS_LU, _SLOPE_THEN = 1.0, 0.7


@dataclass(frozen=True, slots=True)
class Target:
    """Integrated loudness in LUFS and highest true peak in dBTP of the encoded file."""

    loudness_lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True, slots=True)
class Setting:
    """Gain (dB), and the ceiling of the limiter behind it (dBFS); None: nothing but the gain, which is linear."""

    gain_db: float
    ceiling_dbfs: float | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One encoding and what it measured."""

    setting: Setting
    measured: Loudness


def planned(target: Target, mix: Loudness, *, usual_loss_db: float = 0.0) -> Setting:
    """The first setting for a mix of that loudness and an encoder that usually takes so much of it."""
    gain = round(target.loudness_lufs - mix.integrated_lufs + usual_loss_db, 2)
    if mix.true_peak_dbtp + gain <= target.true_peak_dbtp - _USUAL_OVERSHOOT_DB:
        return Setting(gain)
    return Setting(gain, _possible(target.true_peak_dbtp - _OF_LIMITED_DB))


def corrected(target: Target, mix: Loudness, rounds: Sequence[Round], *, margin_db: float = MARGIN_DB) -> Setting:
    """What to try after these rounds with a mix of that loudness; a lower ceiling has `margin_db` to spare."""
    last = rounds[-1]
    gain = last.setting.gain_db + (target.loudness_lufs - last.measured.integrated_lufs) / _slope(mix, rounds)
    ceiling = last.setting.ceiling_dbfs
    over = last.measured.true_peak_dbtp - target.true_peak_dbtp
    if ceiling is None:
        if over + gain - last.setting.gain_db <= 0:
            return Setting(round(gain, 2))
        overshoot = last.measured.true_peak_dbtp - mix.true_peak_dbtp - last.setting.gain_db
        ceiling = target.true_peak_dbtp - max(0.0, overshoot) - margin_db
    elif over > 0:
        ceiling -= over + margin_db
    return Setting(round(gain, 2), _possible(ceiling))


def _possible(ceiling_dbfs: float) -> float:
    return max(_LOWEST_CEILING_DBFS, round(ceiling_dbfs, 2))


def _slope(mix: Loudness, rounds: Sequence[Round]) -> float:
    """LU of loudness won for each dB of gain, by the last two rounds where they differ in nothing else."""
    last = rounds[-1]
    if len(rounds) > 1 and rounds[-2].setting.ceiling_dbfs == last.setting.ceiling_dbfs:
        gained = last.setting.gain_db - rounds[-2].setting.gain_db
        if abs(gained) > 0.05:
            won = last.measured.integrated_lufs - rounds[-2].measured.integrated_lufs
            return min(_SLOPES[1], max(_SLOPES[0], won / gained))
    lost = mix.integrated_lufs + last.setting.gain_db - last.measured.integrated_lufs
    return 1.0 if lost < _MUCH_LOSS_LU else _SLOPE_THEN


def misses(target: Target, measured: Loudness) -> tuple[float, float]:
    """How far a measurement is over the true peak (dB) and off the loudness (LU); smaller is better, in this order."""
    over = max(0.0, measured.true_peak_dbtp - target.true_peak_dbtp)
    return round(over, 2), round(abs(measured.integrated_lufs - target.loudness_lufs), 2)


def is_on_target(target: Target, measured: Loudness, *, within_lu: float = TOLERANCE_LU) -> bool:
    """Near enough to the loudness, and not above the true peak."""
    over, off = misses(target, measured)
    return over == 0 and off <= within_lu
