"""Finds mains hum: tones at 50 or 60 Hz and their multiples, in long spectra of a track's pauses.

Rule: a tone is hum only where it sounds nearly always, and belongs to a family that no voice or tuning shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.model.condition import Hum, Line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
WINDOW = 131_072  # 8.2 s: lines are 0.12 Hz apart
HIGHEST_HZ = 2_000
MAINS_HZ = (50.0, 60.0)
_DETUNED_HZ = 0.25  # grids keep within 0.2 Hz; a recorder's clock adds its own error
_STEP_HZ = 0.01
_STRAY_HZ = 0.08  # how far a tone may lie from its multiple of the mains, for each multiple's root
_BESIDE_HZ = 20.0  # on either side, what a tone is compared with
_LEAST_EXCESS_DB = 13.0
_FEW_WINDOWS_DB = 12.0  # more for one window, less for many: the fewer are averaged, the higher chance peaks stand
_FAMILY = 3  # tones without the mains' own, as behind a rectifier (100, 200, 300 Hz)
_FAR_DB = 45.0  # what is so far under the loudest tone is the rounding of 16 bits
_MEDIAN = 0.693  # the median power of noise over its mean
_COLUMNS = 1024
_STRENGTH_DB = 30.0  # what one tone may add to the search for the mains' frequency


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The typical long spectrum, up to HIGHEST_HZ: density (power in 1 Hz) and the power of a tone there."""

    hz: NDArray[np.float64]
    density: NDArray[np.float64]
    tone: NDArray[np.float64]
    windows: int


def window_power(samples: NDArray[np.float32], weight: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, float]:
    """|spectrum|² of up to WINDOW samples under a weight (0 to 1 for each), up to HIGHEST_HZ.

    With it the sum of the whole weight and that of its squares, for `typical`.
    """
    import numpy as np  # noqa: PLC0415

    shape = np.hanning(len(samples) + 2)[1:-1].astype(np.float32) * weight
    spectrum = np.fft.rfft(samples * shape, WINDOW)[: HIGHEST_HZ * WINDOW // RATE]
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return power, float(shape.sum()), float(np.square(shape).sum())


def typical(windows: list[tuple[NDArray[np.float32], float, float]]) -> Spectrum:
    """The median of results of `window_power`: what sounds in fewer than half of them is not in it."""
    import numpy as np  # noqa: PLC0415

    hz = np.arange(HIGHEST_HZ * WINDOW // RATE, dtype=np.float64) * (RATE / WINDOW)
    density, tone = np.empty(len(hz)), np.empty(len(hz))
    sums = np.array([one for _, one, _ in windows])[:, None]
    squares = np.array([one for _, _, one in windows])[:, None]
    for start in range(0, len(hz), _COLUMNS):  # medians want copies of what they are of
        here = slice(start, start + _COLUMNS)
        power = np.stack([one[here] for one, _, _ in windows])
        density[here] = np.median(power * (2 / (RATE * squares)), axis=0)
        tone[here] = np.median(power * (2 / sums**2), axis=0)
    density /= _MEDIAN if len(windows) > 2 else 1.0
    return Spectrum(hz, density + 1e-20, tone + 1e-20, len(windows))


def find(spectrum: Spectrum, *, is_of_pauses: bool) -> Hum | None:
    """The hum in this spectrum, that with the more tones where both mains seem to be there; None without.

    Amid speech only a hum with a tone at the mains' own frequency is one: the rest may be a voice on one pitch.
    """
    background = _background(spectrum)
    found = [hum for mains in MAINS_HZ if (hum := _family(spectrum, background, mains, is_of_pauses=is_of_pauses))]
    return max(found, key=lambda hum: (len(hum.lines), hum.lines[0].excess_db), default=None)


def _family(spectrum: Spectrum, background: NDArray[np.float64], nominal: float, *, is_of_pauses: bool) -> Hum | None:
    mains = _tuned(spectrum, background, nominal)
    lines = _lines(spectrum, background, mains)
    if not lines:
        return None
    # Each tone tells the mains' frequency as many times better as its number is higher.
    weight = {number: number * number * line.excess_db for number, line in lines.items()}
    mains = sum(weight[number] * line.frequency_hz / number for number, line in lines.items()) / sum(weight.values())
    lines = _lines(spectrum, background, mains)
    if 1 not in lines and not (is_of_pauses and 2 in lines and len(lines) >= _FAMILY):
        return None
    loudest = max(line.level_dbfs for line in lines.values())
    return Hum(round(mains, 2), tuple(line for line in lines.values() if line.level_dbfs > loudest - _FAR_DB))


def _tuned(spectrum: Spectrum, background: NDArray[np.float64], nominal: float) -> float:
    """The frequency near `nominal` whose multiples stand out most."""
    import numpy as np  # noqa: PLC0415

    excess = np.clip(10 * np.log10(spectrum.density / background), 0, _STRENGTH_DB)
    steps = np.arange(-_DETUNED_HZ, _DETUNED_HZ + _STEP_HZ / 2, _STEP_HZ) + nominal
    numbers = np.arange(1, int(HIGHEST_HZ / (nominal + _DETUNED_HZ)))
    places = np.rint(steps[:, None] * numbers * (WINDOW / RATE)).astype(int)
    # The first tones count most: chance finds some peak near every high multiple.
    score = (excess[places] / np.sqrt(numbers)).sum(axis=1)
    return float(steps[int(np.argmax(score))])


def _background(spectrum: Spectrum) -> NDArray[np.float64]:
    """The density around each frequency; tones themselves do not show in a median over 20 Hz on both sides."""
    import numpy as np  # noqa: PLC0415

    bins = round(_BESIDE_HZ * WINDOW / RATE)
    around = np.pad(spectrum.density, bins, mode="reflect")
    step = max(1, bins // 8)
    centres = np.arange(0, len(spectrum.density) + step, step)
    medians = [np.median(around[centre : centre + 2 * bins + 1]) for centre in centres]
    return np.asarray(np.interp(np.arange(len(spectrum.density)), centres, medians))


def _lines(spectrum: Spectrum, background: NDArray[np.float64], mains: float) -> dict[int, Line]:
    """The multiples of `mains` that stand out, by number."""
    import numpy as np  # noqa: PLC0415

    least = _LEAST_EXCESS_DB + _FEW_WINDOWS_DB / spectrum.windows**0.5
    found = {}
    for number in range(1, int(HIGHEST_HZ / mains)):
        reach = _STRAY_HZ * number**0.5 + RATE / WINDOW
        first, last = (round((number * mains + side * reach) * WINDOW / RATE) for side in (-1, 1))
        top = first + int(np.argmax(spectrum.density[first : last + 1]))
        excess = 10 * np.log10(spectrum.density[top] / background[top])
        is_peak = spectrum.density[top] >= spectrum.density[top - 4 : top + 5].max()
        if excess >= least and is_peak:
            level = 10 * np.log10(spectrum.tone[top])
            found[number] = Line(round(_between(spectrum, top), 2), round(float(level), 1), round(float(excess), 1))
    return found


def _between(spectrum: Spectrum, top: int) -> float:
    """The frequency of a peak to a fraction of a line, by a parabola through it and its neighbours."""
    import numpy as np  # noqa: PLC0415

    left, peak, right = np.log(spectrum.density[top - 1 : top + 2])
    bend = left - 2 * peak + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float((top + shift) * RATE / WINDOW)
