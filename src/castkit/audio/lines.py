"""Where two recordings may lie to each other: candidate lines (distance and drift), by the rhythm of their loudness.

Rule: nothing is decided here; a candidate costs little and is judged by the waveforms afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.audio.rhythm import FRAMES_PER_SECOND

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.rhythm import Bright, Rhythm

    Floats = NDArray[np.float32]

FARTHEST_MS = 30 * 60_000  # recorders of one conversation start within half an hour of each other
STEEPEST_PPM = 300.0  # two crystals differ by 200 ppm at the worst
_BLOCK_FRAMES = 120 * FRAMES_PER_SECOND  # 300 ppm smear it by 36 ms, hardly more than a syllable's edge
_BLOCKS = 40
_PEAKS = 12  # kept per block
_APART_FRAMES = 6
_BIN_FRAMES = 4
_CHUNK = 1 << 16
_CLAPS = 5
_CLAP_DB = 6.0
_KEPT = 16
_DISTINCT_S = 0.1
_SHORTEST_FRAMES = 50  # of overlap, for a distance to count


@dataclass(frozen=True, slots=True)
class Line:
    """A moment of the other recording at `t` s lies at `offset_s + t * (1 + drift_ppm / 1e6)` s of the reference."""

    offset_s: float
    drift_ppm: float
    score: float = 0.0

    def lag_s(self, t: float) -> float:
        """How far that moment of the other recording lies from the reference's same time."""
        return self.offset_s + t * self.drift_ppm * 1e-6


class Sliding:
    """Correlates blocks of one rhythm with a whole other one; keeps the spectra of the chunks it used last."""

    def __init__(self, whole: Rhythm, chunk: int = _CHUNK, keep: int = 10) -> None:

        self.whole = whole
        self._spectra: dict[tuple[int, int], NDArray[np.complex64]] = {}
        self._chunk_frames = chunk
        self._keep = keep

    def likeness(self, block: Rhythm, low: int, high: int) -> Floats:
        """How alike `block` and the frames from `low`, `low + 1`, ... `high - 1` are, scaled by what both have there.

        Evenly spread about 0 for sounds that have nothing in common; a high value means something beside the others.
        """
        import numpy as np  # noqa: PLC0415

        size = len(block)
        step = self._chunk_frames - size
        mirrored = np.conj(np.fft.rfft(block.astype(np.float32), self._chunk_frames, axis=0))
        found = np.zeros(high - low, np.float32)
        for number in range(low // step, (high - 1) // step + 1):
            both = (self._chunk(number, step) * mirrored).sum(axis=1)
            values = np.fft.irfft(both, self._chunk_frames)[:step]
            first, last = max(low, number * step), min(high, (number + 1) * step)
            found[first - low : last - low] = values[first - number * step : last - number * step]
        at = np.arange(low, high)
        ends = len(self.whole)
        first, last = (max(0, min(edge, ends)) for edge in (low, high + size))
        part = self.whole[first:last]
        energy = np.einsum("ij,ij->i", part, part, dtype=np.int32, casting="safe")
        sums = np.concatenate([[0.0], np.cumsum(energy, dtype=np.float64)])
        under = sums[np.clip(at + size, first, last) - first] - sums[np.clip(at, first, last) - first]
        shared = np.clip(at + size, 0, ends) - np.clip(at, 0, ends)
        own = float(np.square(block.astype(np.float32)).sum()) * shared / size
        bands = self.whole.shape[1]
        found *= np.sqrt(np.maximum(shared * bands, 1) / np.maximum(under * own, 1.0)).astype(np.float32)
        found[shared < min(_SHORTEST_FRAMES, size // 2)] = 0
        return found

    def _chunk(self, number: int, step: int) -> NDArray[np.complex64]:
        import numpy as np  # noqa: PLC0415

        if (step, number) not in self._spectra:
            while len(self._spectra) >= self._keep:
                self._spectra.pop(next(iter(self._spectra)))
            start = number * step
            part = np.zeros((self._chunk_frames, self.whole.shape[1]), np.float32)
            first, last = max(0, start), min(len(self.whole), start + self._chunk_frames)
            if first < last:
                part[first - start : last - start] = self.whole[first:last]
            self._spectra[step, number] = np.asarray(np.fft.rfft(part, axis=0), np.complex64)
        return self._spectra[step, number]


def peaks(values: Floats, count: int, apart: int = _APART_FRAMES) -> Iterator[tuple[int, float]]:
    """The `count` highest places of `values` that lie `apart` from each other, highest first."""
    import numpy as np  # noqa: PLC0415

    left = values.copy()
    for _ in range(count if len(values) else 0):
        at = int(np.argmax(left))
        if left[at] <= 0:
            return
        yield at, float(values[at])
        left[max(0, at - apart) : at + apart + 1] = 0


def candidates(reference: Rhythm, other: Rhythm, low: int, high: int) -> list[Line]:
    """Up to 16 lines with distances from `low` to `high` frames, the best first, the nearer of two alike."""
    import numpy as np  # noqa: PLC0415

    sliding = Sliding(reference)
    size = min(len(other), _BLOCK_FRAMES)
    if size < _SHORTEST_FRAMES or len(reference) < _SHORTEST_FRAMES:
        return []
    count = min(_BLOCKS, max(1, round(len(other) / size)))
    found: list[tuple[float, float, float]] = []  # middle of the block in s, distance in s, likeness
    for start in np.linspace(0, len(other) - size, count).astype(int).tolist():
        first, last = max(low, -start - size), min(high, len(reference) - start)
        if first >= last:
            continue
        likeness = sliding.likeness(other[start : start + size], start + first, start + last)
        scale = float(np.median(np.abs(likeness[likeness != 0]))) / 0.6745 if likeness.any() else 1.0
        middle = (start + size / 2) / FRAMES_PER_SECOND
        for at, value in peaks(likeness, _PEAKS):
            found.append((middle, (first + at) / FRAMES_PER_SECOND, value / scale))
    return _vote(found, len(other) / FRAMES_PER_SECOND)


def _vote(found: Sequence[tuple[float, float, float]], length_s: float) -> list[Line]:
    """The lines on which most of the blocks' peaks lie, by trying every drift."""
    import numpy as np  # noqa: PLC0415

    if not found:
        return []
    times, lags, heights = np.array(found).T
    weights = np.maximum(heights - 2.5, 0.05)
    reach = float(times.max() - times.min())
    steepest = STEEPEST_PPM if reach > 0 else 0.0
    steps = round(2 * steepest * 1e-6 * reach * FRAMES_PER_SECOND / _BIN_FRAMES) + 1
    votes: list[Line] = []
    for ppm in np.linspace(-steepest, steepest, 2 * (steps // 2) + 1).tolist():
        offsets = lags - times * ppm * 1e-6
        for shift in (0.0, 0.5):
            bins = np.floor(offsets * FRAMES_PER_SECOND / _BIN_FRAMES + shift).astype(int)
            _, which = np.unique(bins, return_inverse=True)
            sums = np.bincount(which, weights)
            for best in np.argsort(sums)[-_KEPT:].tolist():
                offset = float(np.average(offsets[which == best], weights=weights[which == best]))
                votes.append(Line(offset, ppm, float(sums[best]) * (1 - 0.2 * abs(offset) * 1000 / FARTHEST_MS)))
    return _distinct(votes, length_s / 2)


def _distinct(votes: Iterable[Line], middle_s: float) -> list[Line]:
    kept: list[Line] = []
    for line in sorted(votes, key=lambda line: -line.score):
        if all(abs(line.lag_s(middle_s) - one.lag_s(middle_s)) > _DISTINCT_S for one in kept):
            kept.append(line)
        if len(kept) == _KEPT:
            break
    return kept


def claps(bright: Bright) -> list[float]:
    """The moments (s), at most five, that are louder by 6 dB than any other in all bands at once: someone clapped.

    A voice is loud in some bands at a time: the six loudest moments of a minute of speech lie within 3 dB.
    """
    import numpy as np  # noqa: PLC0415

    levels = bright.astype(np.float32) + 200
    loudest = list(peaks(levels, _CLAPS + 1, FRAMES_PER_SECOND // 4))
    rest = loudest[-1][1] if len(loudest) > _CLAPS else 0.0
    return [at / FRAMES_PER_SECOND for at, level in loudest[:_CLAPS] if rest and level > rest + _CLAP_DB]
