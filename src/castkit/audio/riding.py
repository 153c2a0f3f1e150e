"""A gain that changes over time, as a small file that ffmpeg multiplies a sound with.

Rule: 100 points a second are smoothed before they are written, and drawn by cubics between, so that no step clicks.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit import ffmpeg
from castkit.audio.envelope import GAIN_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.envelope import Curve

    Points = NDArray[np.int64]

_BLOCK = 1 << 15  # points at a time: six hours at once would be 17 MB for every step of the arithmetic
_LOWEST_DB = -100.0  # a shut gate: nothing of 16 bits is left
_HIGHEST_DB = 60.0
_SMOOTH = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)  # with less, cubics shoot over a step by more than 0.05 dB
_PREROLL_S = 1  # what lies before the first sample that is wanted: the cubic looks back three points
# Four points wide, and nothing cut off below the half of 100 Hz: drawn through the points. The filter that a plain
# aresample takes is 32 points wide here and rings for 0.3 s around a gate that shuts.
_CUBIC = {"filter_type": "cubic", "filter_size": 4, "cutoff": 1}


def write_curve(gain_db: Callable[[Points], Curve], path: Path, *, seconds: float) -> None:
    """Writes a curve to a file for at least `seconds`: `gain_db` gives the gains in dB at points, `GAIN_HZ` a second.

    A step becomes a slope of 40 ms, half of it before.
    """
    import numpy as np  # noqa: PLC0415

    points = int(seconds * GAIN_HZ) + GAIN_HZ  # a second more: the product ends where the shorter of both does
    reach = len(_SMOOTH) // 2
    with path.open("wb") as file:
        for first in range(0, points, _BLOCK):
            wanted = np.arange(first - reach, min(first + _BLOCK, points) + reach)
            level = np.asarray(gain_db(np.maximum(wanted, 0)), np.float64)
            level = np.nan_to_num(level, nan=0.0, neginf=_LOWEST_DB, posinf=_HIGHEST_DB)
            gains = np.convolve(10 ** (np.clip(level, _LOWEST_DB, _HIGHEST_DB) / 20), _SMOOTH, mode="valid")
            file.write(gains.astype("<f4").tobytes())


def held(gain_db: Curve) -> Callable[[Points], Curve]:
    """The curve of an array: its last gain lasts; without any it is 0 dB."""
    import numpy as np  # noqa: PLC0415

    if not len(gain_db):
        return lambda at: np.zeros(len(at), np.float32)
    return lambda at: gain_db[np.minimum(at, len(gain_db) - 1)]


def ridden(stream: Any, curve: Path, *, rate: int, channels: int, skip: int = 0) -> Any:
    """A stream of `rate` Hz times a curve's file, from `skip` samples into the curve; ends with the shorter of both."""
    seconds = max(0, skip // rate - _PREROLL_S)
    start = {"ss": seconds} if seconds else {}
    gains = ffmpeg.source(curve, formats=("f32le",), f="f32le", ar=GAIN_HZ, ac=1, **start)["a:0"]
    gains = gains.filter("aresample", rate, **_CUBIC)
    if rest := skip - seconds * rate:
        gains = gains.filter("atrim", start_sample=rest).filter("asetpts", "PTS-STARTPTS")
    if channels == 2:
        gains = gains.filter("pan", "stereo|c0<c0|c1<c0")  # what aformat would do is 3 dB quieter
    return ffmpeg.join([stream, gains], "amultiply")
