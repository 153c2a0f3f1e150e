"""What ffmpeg's ebur128 writes to the log: ten frames a second, and a summary at the end.

Rule: the integrated loudness is computed from the frames, as the summary is rounded to a tenth of a LU: too coarse for
a target of 0.3.
"""

from __future__ import annotations

import re
from array import array
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from castkit.model.programme import Loudness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curves = NDArray[np.float32]

SILENT_LUFS = -70.0  # the absolute gate of BS.1770: what ebur128 reports when nothing is louder
NO_LEVEL = -120.0  # stands for -inf, which JSON cannot hold
_NOTHING_DB = -110.0  # ebur128 shows -120.7 for silence, and -117.7 for one channel of it
_UNFILLED = 3  # frames until a window of 400 ms is full
_RELATIVE_GATE_LU = 10.0
_SUMMARY_LINES = 200  # what ebur128 and the filters beside it write at the end

_NUMBER = r"(-?[\d.]+|-?inf|-?nan)"
# At the start of a line, where no tag of a file can be; ffmpeg 8 may print a number before it.
_FRAME = re.compile(
    rf"[\d.]*\[Parsed_ebur128_\d+ @ \S+\] t: \S+\s.*?\bM:\s*{_NUMBER}\s+S:\s*{_NUMBER}\s"
    r"(?:.*?FTPK:(?P<peaks>[^d]*)dBFS)?"
)
_SUMMARY = re.compile(
    rf"Integrated loudness:\s+I:\s+{_NUMBER} LUFS.*?LRA:\s+{_NUMBER} LU\b(?:.*?True peak:\s+Peak:\s+{_NUMBER} dBFS)?",
    re.DOTALL,
)


def meter(stream: Any, *, peak: str = "true") -> Any:
    """A stream through ebur128, a mono one counted as dual mono; its frames and summary go to ffmpeg's log.

    `peak` is "true", or "none" where truepeak.Peaks finds them, at a quarter of the price.
    """
    return stream.filter("ebur128", peak=peak, dualmono="true", framelog="info")


class FrameLog:
    """Takes ffmpeg's log line by line (`each_line` of ffmpeg.run) and keeps the frames of one ebur128 in it."""

    def __init__(self) -> None:
        self._rows = array("f")
        self._rest: deque[str] = deque(maxlen=_SUMMARY_LINES)

    def __call__(self, line: str) -> None:
        if " M:" not in line or not (found := _FRAME.match(line)):
            self._rest.append(line)
            return
        peaks = [finite(value) for value in (found["peaks"] or "").split()]
        self._rows.extend((finite(found[1]), finite(found[2]), max(peaks, default=NO_LEVEL)))

    @property
    def rest(self) -> str:
        """The end of what else was in the log: the summaries."""
        return "\n".join(self._rest)

    def curves(self, peaks: Curves | None = None) -> Curves:
        """Frames x 3 at 10 Hz: momentary LUFS, short-term LUFS, true peak dBTP of the loudest channel.

        `peaks` are the true peaks of the frames in dBTP, frames x channels, where the meter had none.
        """
        import numpy as np  # noqa: PLC0415

        rows = np.array(self._rows, np.float32).reshape(-1, 3)
        if peaks is not None:
            loudest = peaks[: len(rows)].max(axis=1, initial=NO_LEVEL)
            rows[: len(loudest), 2] = loudest
        rows[rows < _NOTHING_DB] = NO_LEVEL
        return rows

    def loudness(self) -> Loudness:
        """Of all frames: the integrated loudness from the frames, range and true peak from the summary."""
        return replace(read_loudness(self.rest), integrated_lufs=integrated(self.curves()))


def integrated(curves: Curves) -> float:
    """The integrated loudness in LUFS of frames, gated by BS.1770-4; SILENT_LUFS where nothing is above the gate."""
    import numpy as np  # noqa: PLC0415

    momentary = curves[_UNFILLED:, 0].astype(np.float64)
    momentary = momentary[momentary > SILENT_LUFS]
    if not len(momentary):
        return SILENT_LUFS
    power = 10 ** (momentary / 10)
    gate = 10 * np.log10(power.mean()) - _RELATIVE_GATE_LU
    return max(SILENT_LUFS, round(float(10 * np.log10(power[momentary > gate].mean())), 2))


def read_loudness(log: str) -> Loudness:
    """The last summary that ebur128 wrote to ffmpeg's log; silence as model.programme.Loudness has it."""
    found = _SUMMARY.search(log, max(0, log.rfind("Summary:")))
    if not found:
        raise ValueError(f"no summary of ebur128 in ffmpeg's log: {log[-500:]!r}")
    loudness, spread, peak = (finite(value or "") for value in found.groups())
    return Loudness(max(loudness, SILENT_LUFS), max(peak, NO_LEVEL), max(spread, 0.0))


def finite(value: str) -> float:
    """A number of ffmpeg's log; NO_LEVEL for none, or for one that is not finite."""
    return NO_LEVEL if value.lstrip("-") in ("", "inf", "nan") else float(value)
