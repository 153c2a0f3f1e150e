"""Takes the neighbour's voice out of a speaker's track: a guest is faintly heard by the host's microphone, too.

Rule: levels are compared relative to each track's own speech, because microphones are set to different gains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.speech.spans import FRAME_MS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.speech.vad import Activity

LOUD_PERCENTILE = 98  # a speaker heard in 2 % of a track's speech is still found beneath a talkative neighbour
SMOOTH_FRAMES = 11  # about a third of a second
CLEARLY_DB = 10.0
SPEECH = 0.5
NOTHING_DB = -200.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a track lies on the common clock: its ms times (1 + `drift_ppm` / 1e6), plus `offset_ms`."""

    offset_ms: float
    drift_ppm: float = 0.0

    @property
    def pace(self) -> float:
        """Milliseconds of the common clock for one of the track's."""
        return 1 + self.drift_ppm / 1e6

    def on_clock(self, ms: float) -> int:
        """A time of the track on the common clock."""
        return round(ms * self.pace + self.offset_ms)

    def to_file(self, ms: float) -> int:
        """A time of the common clock on the track's own."""
        return round((ms - self.offset_ms) / self.pace)


def own_speech(tracks: Sequence[Activity], placements: Sequence[Placement]) -> tuple[NDArray[np.float32], ...]:
    """The probability of speech by each track's own speaker, per frame of 32 ms of that track.

    A frame in which another track is louder by CLEARLY_DB, each against its own speech level, counts as silence.
    """
    import numpy as np  # noqa: PLC0415

    loudness = [_relative_level(track) for track in tracks]
    cleaned = []
    for own, track in enumerate(tracks):
        others = np.full(len(track.probability), NOTHING_DB, np.float32)
        for other in range(len(tracks)):
            if other != own:
                heard = _on_clock_of(placements[own], loudness[other], placements[other], len(others))
                np.maximum(others, heard, out=others)
        foreign = others - loudness[own] > CLEARLY_DB
        cleaned.append(np.where(foreign, np.float32(0), track.probability))
    return tuple(cleaned)


def _relative_level(track: Activity) -> NDArray[np.float32]:
    """The level of each frame in dB against the track's loud speech; NOTHING_DB throughout where nobody speaks."""
    import numpy as np  # noqa: PLC0415

    if not len(track.level_db):
        return track.level_db
    held = np.pad(track.level_db, SMOOTH_FRAMES // 2, mode="edge")
    level = np.convolve(held, np.full(SMOOTH_FRAMES, 1 / SMOOTH_FRAMES, np.float32), mode="valid")
    speech = level[track.probability >= SPEECH]
    if not len(speech):
        return np.full(len(level), NOTHING_DB, np.float32)
    return (level - np.percentile(speech, LOUD_PERCENTILE)).astype(np.float32)


def _on_clock_of(own: Placement, values: NDArray[np.float32], placement: Placement, length: int) -> NDArray[np.float32]:
    """`values` of a track at `placement`, as they fall on the middles of `length` frames of the track at `own`.

    NOTHING_DB where there are none.
    """
    import numpy as np  # noqa: PLC0415

    common_ms = (np.arange(length) + 0.5) * FRAME_MS * own.pace + own.offset_ms
    index = np.floor((common_ms - placement.offset_ms) / placement.pace / FRAME_MS).astype(np.int64)
    inside = (index >= 0) & (index < len(values))
    found = np.full(length, NOTHING_DB, np.float32)
    found[inside] = values[index[inside]]
    return found
