"""Finds clipping, where the tops of a sound are cut off, by a decode at the recording's own rate.

Rule: flat is not enough, as a low voice has flat tops: what is cut off has steep sides, and ends at one level.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from castkit import ffmpeg
from castkit.model.condition import Fault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

CELL_MS = 10  # how exact the times are
_MERGE_MS = 500
_BLOCK_S = 8

# A top cut off by a converter or an editor, perhaps turned down since: samples in a row at one level, to 0.2 %.
_LOWEST = 0.1  # -20 dBFS: turned down further it is not found
_FLAT = 0.002
_SQUARE = 0.75  # of what is within 1 % of the top, lies within 0.2 %; a parabola has 0.45, a sum of two tones 0.67
_SAME_LEVEL = 0.004
_LEAST_CELLS = 4  # at one level; a single square top is chance,
_FULL_SCALE = 0.9985  # but not at full scale

# The same after a lossy codec or a resampler: bent by 15 %, but still steep. Only near full scale.
_BENT_TOP, _BENT_FOOT = 0.85, 0.5
_BENT_SQUARE = 0.75  # of the time above the foot, spent at the top; a sine has 0.53
_BENT_SHORTEST_S = 0.00015
_BENT_LEAST_CELLS = 3

_ROUNDED_CODECS = ("pcm_u8", "pcm_s8", "pcm_mulaw", "pcm_alaw")  # their steps alone make tops flat


def is_suspicious(true_peaks_dbtp: Samples) -> bool:
    """Whether the true peaks of a track (one for each 100 ms) make it worth a search for clipping.

    They reach full scale, or many crowd right under the highest, as those of a clipped file do that was turned down.
    """
    if not len(true_peaks_dbtp):
        return False
    highest = float(true_peaks_dbtp.max())
    loud = true_peaks_dbtp[true_peaks_dbtp > highest - 12]
    crowded = float((loud > highest - 1.5).mean())
    return highest >= -1.0 or (highest >= -21.0 and len(loud) >= 10 and crowded > 0.1)


def clipping(path: Path, found: ffmpeg.Probe) -> tuple[Fault, ...]:
    """Where the recording is clipped, in any channel, to about 10 ms; memory does not grow with its length."""
    audio = found.audio[0]
    stream = ffmpeg.source(path)["a:0"].filter("aresample", audio.sample_rate, **{"async": 1, "first_pts": 0})
    job = stream.output("pipe:1", format="f32le", acodec="pcm_f32le")
    cell = max(8, audio.sample_rate * CELL_MS // 1000)
    search = _Search(audio.sample_rate, cell, exactly=audio.codec not in _ROUNDED_CODECS)
    size = 4 * audio.channels * cell * (_BLOCK_S * 1000 // CELL_MS)
    for block in ffmpeg.blocks(job, size=size, doing=f"searching {path} for clipping"):
        search.add(block, audio.channels)
    return _merged(search.clipped(), cell * 1000 / audio.sample_rate)


@dataclass(slots=True)
class _Tops:
    """Cells with a square top, of one channel and polarity, and its level."""

    cells: list[NDArray[np.int64]] = field(default_factory=list)
    levels: list[Samples] = field(default_factory=list)

    def at_one_level(self) -> NDArray[np.int64]:
        """The cells whose top is as high as that of others: what a converter cuts off always ends at one level."""
        import numpy as np  # noqa: PLC0415

        cells, levels = np.concatenate(self.cells), np.concatenate(self.levels)
        order = np.sort(levels)
        near = np.searchsorted(order, levels * (1 + _SAME_LEVEL)) - np.searchsorted(order, levels * (1 - _SAME_LEVEL))
        return np.asarray(cells[(near >= _LEAST_CELLS) | (levels >= _FULL_SCALE)])


class _Search:
    """The blocks of a recording, in order."""

    def __init__(self, rate: int, cell: int, *, exactly: bool) -> None:
        self._rate, self._cell, self._exactly = rate, cell, exactly
        self._cells = 0
        self._exact: dict[tuple[int, int], _Tops] = {}
        self._bent: list[NDArray[np.int64]] = []

    def add(self, block: bytes, channels: int) -> None:
        import numpy as np  # noqa: PLC0415

        samples = np.frombuffer(block[: len(block) // (4 * channels) * 4 * channels], "<f4").reshape(-1, channels)
        count = -(-len(samples) // self._cell)
        for channel in range(channels):
            one = np.pad(samples[:, channel], (0, count * self._cell - len(samples)))
            for sign in (1, -1):
                self._look(one if sign == 1 else -one, self._exact.setdefault((channel, sign), _Tops()))
        self._cells += count

    def _look(self, samples: Samples, tops: _Tops) -> None:

        cells = samples.reshape(-1, self._cell)
        highest = cells.max(axis=1)
        if self._exactly:
            places, levels = _square(cells, highest)
            tops.cells.append(places // self._cell + self._cells)
            tops.levels.append(levels)
        if highest.max(initial=0.0) >= _BENT_TOP:
            shortest = max(3, round(_BENT_SHORTEST_S * self._rate))
            self._bent.append(_bent(samples, shortest) // self._cell + self._cells)

    def clipped(self) -> NDArray[np.bool_]:
        """Of each cell, whether it is clipped."""
        import numpy as np  # noqa: PLC0415

        is_clipped = np.zeros(self._cells, np.bool_)
        for tops in self._exact.values():
            if tops.cells:
                is_clipped[tops.at_one_level()] = True
        bent = np.unique(np.concatenate([np.zeros(0, np.int64), *self._bent]))
        reach = _MERGE_MS // CELL_MS
        near = np.searchsorted(bent, bent + reach) - np.searchsorted(bent, bent - reach)
        is_clipped[bent[near >= _BENT_LEAST_CELLS]] = True
        return is_clipped


def _square(cells: Samples, highest: Samples) -> tuple[NDArray[np.int64], Samples]:
    """Where tops are cut off (three samples in a row at the highest level of their cell, and steep sides); how high."""
    import numpy as np  # noqa: PLC0415

    highest = np.where(highest >= _LOWEST, highest, np.float32(np.inf))[:, None]
    at_top = (cells >= highest * np.float32(1 - _FLAT)).ravel()
    in_a_row = at_top.copy()
    in_a_row[1:-1] &= at_top[2:] & at_top[:-2]
    in_a_row[[0, -1]] = False
    starts, ends = _runs((cells >= highest * np.float32(1 - 5 * _FLAT)).ravel())
    is_square = _count(in_a_row, starts, ends) > 0
    is_square &= _count(at_top, starts, ends) >= _SQUARE * (ends - starts)
    places = starts[is_square]
    return places, highest[places // cells.shape[1], 0]


def _runs(is_in: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and ends of what is true in a row."""
    import numpy as np  # noqa: PLC0415

    edges = np.flatnonzero(np.diff(is_in, prepend=False, append=False))
    return edges[::2], edges[1::2]


def _count(is_so: NDArray[np.bool_], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many are true from each start to its end."""
    import numpy as np  # noqa: PLC0415

    places = np.flatnonzero(is_so)
    return np.asarray(np.searchsorted(places, ends) - np.searchsorted(places, starts))


def _bent(samples: Samples, shortest: int) -> NDArray[np.int64]:
    """Where samples rise steeply to full scale, stay there and fall steeply: the first sample of each such top."""
    starts, ends = _runs(samples >= _BENT_FOOT)
    at_top = _count(samples >= _BENT_TOP, starts, ends)
    result: NDArray[np.int64] = starts[(at_top >= shortest) & (at_top >= _BENT_SQUARE * (ends - starts))]
    return result


def _merged(is_clipped: NDArray[np.bool_], cell_ms: float) -> tuple[Fault, ...]:
    import numpy as np  # noqa: PLC0415

    found: list[Fault] = []
    for cell in np.flatnonzero(is_clipped).tolist():
        start, end = round(cell * cell_ms), round((cell + 1) * cell_ms)
        if found and start - found[-1].end_ms <= _MERGE_MS:
            found[-1] = Fault("clipping", found[-1].start_ms, end)
        else:
            found.append(Fault("clipping", start, end))
    return tuple(found)
