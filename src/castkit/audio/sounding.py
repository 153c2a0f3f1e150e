"""Where anything is to be heard on a track: what trimming and shortened pauses must leave alone.

Rule: in doubt something is heard. Speech counts however quiet it is, and so does whatever else is not far under the
track's loudness: laughter, music, a door that belongs to the story.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from castkit.audio.arrays import LEVELS_HZ
from castkit.model.edit import Spans, merged
from castkit.model.programme import Loudness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.arrays import Curves

FRAME_MS = 32
_SPEECH = 0.25  # where the detector lets go of a word, rather than where it is sure of one
_UNDER_LU = 20.0  # momentary loudness below the track's integrated loudness at which nothing is heard any more
_FLOOR_PERCENTILE = 10  # of the momentary loudness: the room, where there are pauses at all
_PAUSES_LU = 12.0  # the room lies at least this far under the voice; otherwise it is no pause but music
_OVER_FLOOR_LU = 6.0
_BEFORE_MS = 200  # a breath, the first consonant
_AFTER_MS = 300  # the room's reverberation
MARGIN_MS = _BEFORE_MS + _AFTER_MS
_WINDOW_MS = 400  # momentary loudness looks back this far


def sounding(levels: Curves, speech: NDArray[np.float32], loudness: Loudness) -> Spans:
    """The stretches of a track (ms on its clock) with sound in them, by its levels (10 Hz) and speech (32 ms)."""
    step = 1000 // LEVELS_HZ
    loud = _runs(levels[:, 0] > _threshold(levels, loudness.integrated_lufs))
    spans = [(first * step + step - _WINDOW_MS, end * step) for first, end in loud]
    spans += [(first * FRAME_MS, end * FRAME_MS) for first, end in _runs(speech >= _SPEECH)]
    return merged((max(0, start - _BEFORE_MS), end + _AFTER_MS) for start, end in merged(spans))


def _runs(is_heard: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The first frame of each run that is heard, and the one behind its last; a span for each frame would be 100 MB."""
    import numpy as np  # noqa: PLC0415

    turns = np.flatnonzero(np.diff(is_heard, prepend=False, append=False)).tolist()
    return list(zip(turns[::2], turns[1::2], strict=True))


def _threshold(levels: Curves, integrated_lufs: float) -> float:
    """The momentary loudness above which something is heard: well over the room's noise, far under the voice."""
    import numpy as np  # noqa: PLC0415

    floor = float(np.percentile(levels[:, 0], _FLOOR_PERCENTILE)) if len(levels) else -120.0
    has_pauses = floor < integrated_lufs - _PAUSES_LU
    far_under = integrated_lufs - _UNDER_LU
    return max(far_under, floor + _OVER_FLOOR_LU) if has_pauses else far_under
