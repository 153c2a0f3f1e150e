"""The steady noise of a room, frequency by frequency, from short spectra of a track's frames.

Rule: medians, not means: a breath, a door or a neighbour's voice in a pause is not the room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from castkit.model.condition import SILENT_DBFS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
FRAME = 512  # samples, the 32 ms of a track's activity
LOWEST_HZ = 100.0  # below are rumble and hum, which have filters of their own
HIGHEST_HZ = 7_500.0  # the resampler to 16 kHz fades out above
# The bands in which ffmpeg's afftdn takes a noise profile (af_afftdn.c, config_input).
BANDS_HZ = (80, 120, 180, 270, 410, 620, 930, 1400, 2100, 3150, 4750, 7100, 10700, 16000, 24000)
_BAND_EDGE = 1.224745  # half a band, the root of 1.5
_FALL_DB = 2.0  # from one band to the next, where 16 kHz cannot show the noise: rooms have less of it up there

_LOWEST_DB, _LEVELS = -170, 160  # of the histograms, in steps of 1 dB for 1 Hz
_MEDIAN_DB = 1.592  # the mean power of noise over its median (exponential distribution: 1 / ln 2)
_TENTH_DB = 9.773  # and over its lowest tenth
# Between the quartiles of one frequency of noise lie 6.8 dB, of a tone 0, of music that comes and goes 10 and more.
_NOISE_SPREAD_DB = (4.5, 10.0)
_NOISE_SHARE = 0.85  # of all frequencies must be so
_STEADY_DB = 2.0  # between the quartiles of the whole spectrum's mean: rooms 0.5 to 1, streets and music more


@dataclass(slots=True)
class Spectra:
    """How often each of 257 frequencies had which level, over the frames that were added."""

    counts: NDArray[np.int64] = field(init=False)
    means: list[NDArray[np.float32]] = field(default_factory=list)  # of each frame, over all frequencies, in dB
    frames: int = 0

    def __post_init__(self) -> None:
        import numpy as np  # noqa: PLC0415

        self.counts = np.zeros((FRAME // 2 + 1, _LEVELS), np.int64)

    def add(self, density: NDArray[np.float32]) -> None:
        """Adds densities (frames × 257, power in 1 Hz)."""
        import numpy as np  # noqa: PLC0415

        level = 10 * np.log10(np.maximum(density, 1e-17)) - _LOWEST_DB
        self.means.append(level[:, _heard()].mean(axis=1, dtype=np.float32))
        row = np.arange(density.shape[1]) * _LEVELS
        place = np.clip(level, 0, _LEVELS - 1).astype(np.int64) + row
        self.counts += np.bincount(place.ravel(), minlength=self.counts.size).reshape(self.counts.shape)
        self.frames += len(density)

    def quantile(self, share: float) -> NDArray[np.float64]:
        """The level (dBFS in 1 Hz) under which each frequency was for this share of the frames."""
        import numpy as np  # noqa: PLC0415

        below = np.cumsum(self.counts, axis=1)
        wanted = share * self.frames
        place = np.argmax(below >= wanted, axis=1)[:, None]
        inside = np.maximum(np.take_along_axis(self.counts, place, axis=1), 1)
        missing = wanted - (np.take_along_axis(below, place, axis=1) - inside)
        return np.asarray((place + missing / inside)[:, 0] + _LOWEST_DB, np.float64)

    def is_steady(self) -> bool:
        """Whether what was added is noise, and the same all the time."""
        import numpy as np  # noqa: PLC0415

        if not self.means:
            return False
        means = np.concatenate(self.means)
        drift = np.subtract(*np.percentile(means, (75, 25)))
        spread = (self.quantile(0.75) - self.quantile(0.25))[_heard()]
        like_noise = np.mean((spread >= _NOISE_SPREAD_DB[0]) & (spread <= _NOISE_SPREAD_DB[1]))
        return bool(drift < _STEADY_DB and like_noise >= _NOISE_SHARE)

    def typical(self) -> NDArray[np.float64]:
        """The density of each frequency, where only noise was added."""
        return self.quantile(0.5) + _MEDIAN_DB

    def beneath(self) -> NDArray[np.float64]:
        """The density of noise beneath speech, at most: from the moments when each frequency was quietest."""
        return self.quantile(0.1) + _TENTH_DB


def frequencies() -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415

    return np.asarray(np.fft.rfftfreq(FRAME, 1 / RATE), np.float64)


def _heard() -> NDArray[np.bool_]:
    hz = frequencies()
    return (hz >= LOWEST_HZ) & (hz <= HIGHEST_HZ)


def densities(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The density (power in 1 Hz, full scale 1) of frames × 512 samples: frames × 257."""
    import numpy as np  # noqa: PLC0415

    window = np.hanning(FRAME + 1)[:-1].astype(np.float32)
    spectrum = np.fft.rfft(samples * window, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(power * (2 / (RATE * float(np.square(window).sum()))), np.float32)


def power(density: NDArray[np.float32]) -> NDArray[np.float64]:
    """The power of each row of densities within LOWEST_HZ and HIGHEST_HZ."""
    import numpy as np  # noqa: PLC0415

    return np.asarray(density[:, _heard()].sum(axis=1, dtype=np.float64) * (RATE / FRAME))


def level(known: dict[int, float]) -> float:
    """The level (dBFS) of noise with these bands, within LOWEST_HZ and HIGHEST_HZ; a hum's tones are not in it."""
    import math  # noqa: PLC0415

    total = 0.0
    for centre, density in known.items():
        width = min(centre * _BAND_EDGE, HIGHEST_HZ) - max(centre / _BAND_EDGE, LOWEST_HZ)
        total += 10 ** (density / 10) * max(width, 0.0)
    return max(10 * math.log10(total), SILENT_DBFS)


def bands(hz: NDArray[np.float64], density_db: NDArray[np.float64]) -> dict[int, float]:
    """The median density (dBFS in 1 Hz) of the BANDS_HZ that these frequencies cover."""
    import numpy as np  # noqa: PLC0415

    found = {}
    for centre in BANDS_HZ:
        inside = (hz >= centre / _BAND_EDGE) & (hz < centre * _BAND_EDGE) & (hz <= HIGHEST_HZ)
        if hz[-1] >= min(centre * _BAND_EDGE, HIGHEST_HZ) and inside.any():
            found[centre] = float(np.median(density_db[inside]))
    return found


def all_bands(known: dict[int, float]) -> tuple[float, ...]:
    """A value for each of BANDS_HZ; above the highest that is known the noise is taken to fall off slowly."""
    values: list[float] = []
    for centre in BANDS_HZ:
        values.append(known[centre] if centre in known else values[-1] - _FALL_DB)
    return tuple(round(value, 1) for value in values)
