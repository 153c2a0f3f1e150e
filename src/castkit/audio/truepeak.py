"""The true peaks of a sound that is read in blocks, by BS.1770-4, annex 2: of every frame, and so of it all.

Rule: only around the highest samples of a frame is anything computed between the samples; ebur128 does it everywhere,
which takes as long as decoding and measuring together.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

_REACH = 24  # samples on either side that the interpolation looks at
_SHARE = 0.7  # of a frame's highest sample: next to lower ones no sound reaches its peak
_OFFSETS = (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)  # fourfold oversampling
_LOWEST, _LOWEST_DBFS = 1e-6, -120.0  # stands for silence


class Peaks:
    """Is given a sound as bytes of 32-bit floats, `channels` interleaved; a frame is of `frame` samples."""

    def __init__(self, channels: int, frame: int) -> None:
        import numpy as np  # noqa: PLC0415

        self.samples = 0
        self._channels, self._frame = channels, frame
        self._peaks = [
            np.zeros((1, channels), np.float32)
        ]  # of the frames of each block, before the first a silent one
        # What is held of the block before, then this one: kept, as new memory for each would take longer than the rest.
        self._held = _REACH
        self._buffer = np.zeros((_REACH, channels), np.float32)
        self._sizes = np.zeros((_REACH, channels), np.float32)

    def add(self, data: bytes) -> None:
        """Goes on with a block; all blocks but the last are a whole number of frames long."""
        import numpy as np  # noqa: PLC0415

        block = np.frombuffer(data, np.float32).reshape(-1, self._channels)
        if len(block):
            self._look_at(block)
            self.samples += len(block)

    def of_frames(self) -> Samples:
        """Frames x channels, in dBTP; -120 for silence. Nothing can be added after it."""
        import numpy as np  # noqa: PLC0415

        if self.samples:
            self._look_at(np.zeros((_REACH, self._channels), np.float32))
        peaks = np.concatenate(self._peaks)[1 : 1 - (-self.samples // self._frame)]
        levels: Samples = np.maximum(20 * np.log10(np.maximum(peaks, np.float32(_LOWEST))), np.float32(_LOWEST_DBFS))
        return levels

    def _look_at(self, block: Samples) -> None:
        import numpy as np  # noqa: PLC0415

        held, end = self._held, self._held + len(block)
        if end > len(self._buffer):
            self._buffer = np.concatenate([self._buffer[:held], block])
            self._sizes = np.empty_like(self._buffer)
        self._buffer[held:end] = block
        sizes = np.abs(self._buffer[:end], out=self._sizes[:end])
        tops = np.maximum.reduceat(sizes[held:], np.arange(0, len(block), self._frame))
        peaks = np.concatenate([self._peaks[-1][-1:], tops])  # what is held is of the last frame before
        frames = np.repeat(np.arange(len(peaks)), [held, *self._lengths(len(block))])
        self._look_between(sizes, frames, peaks)
        self._peaks[-1][-1] = peaks[0]
        self._peaks.append(peaks[1:])
        last = self._buffer[max(0, end - 2 * _REACH) : end].copy()
        self._held = len(last)
        self._buffer[: self._held] = last

    def _lengths(self, samples: int) -> list[int]:
        """Of the frames in a block: all full but the last."""
        whole, rest = divmod(samples, self._frame)
        return [self._frame] * whole + ([rest] if rest else [])

    def _look_between(self, sizes: Samples, frames: NDArray[np.intp], peaks: Samples) -> None:
        """Raises the `peaks` of the frames the samples are in, by those that have enough samples on both sides."""
        import numpy as np  # noqa: PLC0415

        within = slice(_REACH, len(sizes) - _REACH)
        for channel in range(self._channels):
            column = sizes[:, channel]
            high = _SHARE * peaks[:, channel]
            places = np.flatnonzero(column[within] > high[frames[within]]) + _REACH
            summits = places[(column[places] >= column[places - 1]) & (column[places] >= column[places + 1])]
            windows = self._buffer[:, channel][summits[:, None] + np.arange(-_REACH, _REACH + 1)]
            np.maximum.at(peaks[:, channel], frames[summits], np.abs(windows @ _kernel()).max(axis=1, initial=0))


@cache
def _kernel() -> Samples:
    """A windowed sinc for each of _OFFSETS: (2 * _REACH + 1) x len(_OFFSETS)."""
    import numpy as np  # noqa: PLC0415

    distance = np.arange(-_REACH, _REACH + 1)[:, None] - np.array(_OFFSETS)
    window = np.i0(8 * np.sqrt(np.maximum(0, 1 - (distance / (_REACH + 1)) ** 2))) / np.i0(8)
    kernel: Samples = (np.sinc(distance) * window).astype(np.float32)
    return kernel
