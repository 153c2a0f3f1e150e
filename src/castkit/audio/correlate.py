"""The distance of two short stretches of sound to a sample, by phase correlation (GCC-PHAT) of their waveforms.

Rule: every 10 ms and every frequency weigh the same, but for steady tones, which weigh nothing: neither a click nor a
loud voice nor the hum of the mains makes two recordings alike.
Source: Knapp and Carter, The generalized correlation method for estimation of time delay, IEEE TASSP 24 (1976).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from castkit.audio.rhythm import RATE, Readable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.rhythm import Samples

SPAN = RATE  # samples compared at a time
REACH = RATE // 5  # to either side of where the match is thought to be
CERTAIN = 7.5  # standard deviations; in hours of unrelated speech none was above 6
_SIZE = 1 << 15
_LOW_HZ, _HIGH_HZ = 250, 7000
_LEVEL_SAMPLES = 160
_QUIET = 2.0 / 32768  # the noise of 16 bits: below it a stretch is silent
_HEARD_SHARE = 0.9  # of a stretch; a correlation of silence with anything says nothing
_BESIDE = RATE // 40  # 25 ms: echoes of the same room lie within
_ALIKE = 0.75  # a second peak this high beside the first: a tone or a loop, not a place
_LINES_WINDOWS = 24
_LINE_RATIO = 4.0  # in power, above the median of the 30 Hz around


@dataclass(frozen=True, slots=True)
class Match:
    """`lag_s`: how much later than asked the stretch lies; `height`: of the peak, in standard deviations around it."""

    lag_s: float
    height: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings to compare, and the frequencies (of `_SIZE` // 2 + 1) that are no steady tone in either."""

    reference: Readable
    other: Readable
    mask: NDArray[np.bool_]


def match(pair: Pair, there_s: float, here_s: float, span: int = SPAN) -> Match | None:
    """Where the `span` samples of the other recording from `here_s` lie in the reference, near `there_s`.

    None where either is silent, or nothing stands out of the correlation within 0.2 s, or more than one place does.
    """
    import numpy as np  # noqa: PLC0415

    there, here = round(there_s * RATE), round(here_s * RATE)
    first = _spectrum(pair.reference.read(there - REACH, there + span + REACH))
    second = _spectrum(pair.other.read(here, here + span))
    if first is None or second is None:
        return None
    cross = first * np.conj(second)
    cross[~pair.mask] = 0
    values = np.asarray(np.fft.irfft(cross, _SIZE)[: 2 * REACH + 1], np.float32)
    spread = float(np.median(np.abs(values))) / 0.6745
    top = int(np.argmax(values))
    height = float(values[top]) / max(spread, 1e-12)
    beside = np.concatenate([values[: max(0, top - _BESIDE)], values[top + _BESIDE :]])
    if height < CERTAIN or beside.max(initial=0.0) > _ALIKE * values[top]:
        return None
    found = (there - REACH + top + _between(values, top)) / RATE
    return Match((found - there_s) - (here / RATE - here_s), height)


def _between(values: NDArray[np.float32], top: int) -> float:
    """Where between the samples the peak lies, by a parabola through three."""
    if not 0 < top < len(values) - 1:
        return 0.0
    before, peak, after = (float(value) for value in values[top - 1 : top + 2])
    bend = before - 2 * peak + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0


def _spectrum(samples: Samples) -> NDArray[np.complex64] | None:
    """Of the flattened samples, every bin of one size; None where too little of it is sound."""
    import numpy as np  # noqa: PLC0415

    flat = flattened(samples)
    if float(np.mean(np.abs(flat) > 0.05)) < _HEARD_SHARE:
        return None
    found = np.fft.rfft(flat * _hann(len(flat)), _SIZE)
    found /= np.abs(found) + np.float32(1e-6)
    return np.asarray(found, np.complex64)


def flattened(samples: Samples) -> Samples:
    """Pre-emphasised, and brought to one level every 10 ms: bleed in a pause counts as much as the voice beside it."""
    import numpy as np  # noqa: PLC0415

    risen = np.diff(samples, prepend=samples[:1])
    sums = np.cumsum(np.concatenate([[0.0], risen.astype(np.float64) ** 2]))
    at = np.arange(len(risen))
    low, high = np.maximum(at - _LEVEL_SAMPLES // 2, 0), np.minimum(at + _LEVEL_SAMPLES // 2, len(risen))
    power = (sums[high] - sums[low]) / (high - low)
    return np.asarray(risen / np.sqrt(np.maximum(power, 0) + _QUIET**2), np.float32)


@lru_cache(maxsize=4)
def _hann(length: int) -> Samples:
    import numpy as np  # noqa: PLC0415

    return np.hanning(length).astype(np.float32)


def untonal(sound: Readable) -> NDArray[np.bool_]:
    """The bins that carry speech and no steady tone of this recording (hum with its harmonics, a whistle)."""
    import numpy as np  # noqa: PLC0415

    starts = np.linspace(0, max(0, sound.length - SPAN), _LINES_WINDOWS).astype(int).tolist()
    powers = [
        np.abs(np.fft.rfft(flattened(sound.read(start, start + SPAN)) * _hann(SPAN), _SIZE)) ** 2 for start in starts
    ]
    power = np.median(powers, axis=0)
    width = 64
    parts = power[: len(power) // width * width].reshape(-1, width)
    usual = np.interp(np.arange(len(power)), np.arange(len(parts)) * width + width / 2, np.median(parts, axis=1))
    tonal = np.convolve(power > _LINE_RATIO * usual, np.ones(9), "same") > 0.5
    hz = np.arange(len(power)) * RATE / _SIZE
    return np.asarray(~tonal & (hz >= _LOW_HZ) & (hz < _HIGH_HZ))
