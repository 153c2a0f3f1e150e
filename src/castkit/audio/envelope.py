"""Curves of gain over the time of a track: 100 values a second, in dB, and the stretches of speech they follow.

Rule: times are those of the track's own clock; a curve has one value for every 10 ms begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = NDArray[np.float32]

GAIN_HZ = 100
STEP_MS = 1000 // GAIN_HZ
ACTIVITY_MS = 32  # a frame of the voice activity detector
SURE = 0.5  # a stretch of speech has at least one frame as probable as this
LEAVE = 0.3  # and ends where the probability falls below this
_PIECE = 60_000


def length(duration_ms: int) -> int:
    """How many values a curve of this duration has."""
    return -(-duration_ms // STEP_MS)


def spoken(own: Curve, *, pause_ms: int, shortest_ms: int) -> NDArray[np.int64]:
    """The stretches of speech, stretches x (start_ms, end_ms), in order and with pauses of `pause_ms` at least.

    `own` is the probability of the track's own speech per frame of 32 ms; less than `shortest_ms` is a click.
    """
    import numpy as np  # noqa: PLC0415

    is_speech = np.concatenate(([False], own >= LEAVE, [False]))
    runs = np.flatnonzero(is_speech[1:] != is_speech[:-1]).reshape(-1, 2)
    runs = runs[np.array([own[start:end].max() >= SURE for start, end in runs.tolist()], bool)]
    if not len(runs):
        return np.zeros((0, 2), np.int64)
    is_pause = (runs[1:, 0] - runs[:-1, 1]) * ACTIVITY_MS >= pause_ms
    starts = runs[np.concatenate(([True], is_pause)), 0]
    ends = runs[np.concatenate((is_pause, [True])), 1]
    found = np.stack((starts, ends), axis=1).astype(np.int64) * ACTIVITY_MS
    kept: NDArray[np.int64] = found[found[:, 1] - found[:, 0] >= shortest_ms]
    return kept


def drawn(times_ms: NDArray[np.float64], values: NDArray[np.float64], count: int) -> Curve:
    """A curve of `count` values, in straight lines from point to point and level before the first and after the last.

    Made in pieces: the points in time of six hours alone would take 17 MB.
    """
    import numpy as np  # noqa: PLC0415

    curve = np.empty(count, np.float32)
    for start in range(0, count, _PIECE):
        at = np.arange(start, min(count, start + _PIECE)) + 0.5
        curve[start : start + _PIECE] = np.interp(at * STEP_MS, times_ms, values)
    return curve


def smooth(curve: Curve, width_ms: int) -> Curve:
    """The curve with every step made an S of `width_ms`, centred on the step; it never leaves the range it had."""
    import numpy as np  # noqa: PLC0415

    half = width_ms // STEP_MS // 2
    if not len(curve) or not half:
        return curve
    window = np.hanning(2 * half + 3)[1:-1]
    window = (window / window.sum()).astype(np.float32)
    lowest, highest, count = curve.min(), curve.max(), len(curve)
    found = np.empty(count, np.float32)
    for start in range(0, count, _PIECE):
        stop = min(count, start + _PIECE)
        held = curve[np.clip(np.arange(start - half, stop + half), 0, count - 1)]
        found[start:stop] = np.clip(np.convolve(held, window, mode="valid"), lowest, highest)
    return found
