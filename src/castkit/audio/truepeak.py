"""The peaks of a sound that is read in blocks: of every frame, and the true peak of it all by BS.1770-4, annex 2.

Rule: only around samples that are near the highest so far is anything computed between the samples; ebur128 does it
everywhere, which takes as long as decoding and measuring together.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_REACH = 24  # samples on either side that the interpolation looks at
_SHARE = 0.6  # of the highest sample: between lower ones no sound reaches the highest peak
_OFFSETS = (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)  # fourfold oversampling
_AT_ONCE = 20_000  # places looked at together: 4 MB


class Peaks:
    """Is given a sound as bytes of 32-bit floats, `channels` interleaved; a frame is of `frame` samples."""

    def __init__(self, channels: int, frame: int) -> None:
        import numpy as np  # noqa: PLC0415

        self.samples = 0
        self._frame = frame
        self._channels = channels
        self._highest = 0.0
        self._tops: list[float] = []
        # Of the block before, then this one: kept, as fresh memory for each block would take longer than the rest.
        self._held = _REACH
        self._buffer = np.zeros((_REACH, channels), np.float32)
        self._sizes = np.zeros((_REACH, channels), np.float32)

    def add(self, data: bytes) -> None:
        """Goes on with a block; all blocks but the last are a whole number of frames long."""
        import numpy as np  # noqa: PLC0415

        block = np.frombuffer(data, np.float32).reshape(-1, self._channels)
        self._look_at(block)
        sizes = self._sizes[self._held : self._held + len(block)].ravel()
        self._tops += np.maximum.reduceat(sizes, np.arange(0, len(sizes), self._frame * self._channels)).tolist()
        self.samples += len(block)
        self._keep(self._held + len(block))

    def of_frames(self, count: int) -> Samples:
        """The highest sample of each of the first `count` frames, in dBFS."""
        import numpy as np  # noqa: PLC0415

        tops = np.zeros(count, np.float32)
        found = self._tops[:count]
        tops[: len(found)] = found
        levels: Samples = 20 * np.log10(np.maximum(tops, np.float32(1e-6)))
        return levels

    def true_peak(self) -> float:
        """In dBTP, of all of it; -120 for silence."""
        import numpy as np  # noqa: PLC0415

        self._look_at(np.zeros((_REACH, self._channels), np.float32))
        return round(float(20 * np.log10(max(self._highest, 1e-6))), 2)

    def _look_at(self, block: Samples) -> None:
        import numpy as np  # noqa: PLC0415

        end = self._held + len(block)
        if end > len(self._buffer):
            self._buffer = np.concatenate([self._buffer[: self._held], block])
            self._sizes = np.empty_like(self._buffer)
        self._buffer[self._held : end] = block
        sizes = np.abs(self._buffer[:end], out=self._sizes[:end])
        top = float(sizes.max(initial=0.0))
        self._highest = max(self._highest, top)
        if top <= _SHARE * self._highest:
            return
        for channel in range(self._channels):
            places = np.flatnonzero(sizes[_REACH:-_REACH, channel] > _SHARE * self._highest) + _REACH
            self._look_between(self._buffer[:end, channel], sizes[:, channel], places)

    def _look_between(self, samples: Samples, sizes: Samples, places: NDArray[np.intp]) -> None:
        import numpy as np  # noqa: PLC0415

        summits = places[(sizes[places] >= sizes[places - 1]) & (sizes[places] >= sizes[places + 1])]
        for start in range(0, len(summits), _AT_ONCE):
            windows = samples[summits[start : start + _AT_ONCE, None] + np.arange(-_REACH, _REACH + 1)]
            self._highest = max(self._highest, float(np.abs(windows @ _kernel()).max(initial=0.0)))

    def _keep(self, end: int) -> None:
        """The last samples, which were not looked at yet, and what is before them."""
        last = self._buffer[max(0, end - 2 * _REACH) : end].copy()
        self._held = len(last)
        self._buffer[: self._held] = last


@cache
def _kernel() -> Samples:
    """A windowed sinc for each of _OFFSETS: (2 * _REACH + 1) x len(_OFFSETS)."""
    import numpy as np  # noqa: PLC0415

    distance = np.arange(-_REACH, _REACH + 1)[:, None] - np.array(_OFFSETS)
    window = np.i0(8 * np.sqrt(np.maximum(0, 1 - (distance / (_REACH + 1)) ** 2))) / np.i0(8)
    kernel: Samples = (np.sinc(distance) * window).astype(np.float32)
    return kernel
