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
MOSTLY = 0.5
AROUND_FRAMES = 10  # a third of a second: a room's reverberation, and a distant microphone's delay


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


def shared(
    own: Sequence[NDArray[np.float32]], placements: Sequence[Placement], one: int, others: Sequence[int]
) -> NDArray[np.bool_]:
    """Per frame of track `one`, whether somebody speaks on one of the `others`, or did a moment before or after."""
    import numpy as np  # noqa: PLC0415

    found = np.zeros(len(own[one]), np.bool_)
    for other in others:
        found |= _on_clock_of(placements[one], own[other], placements[other], len(found)) >= SPEECH
    if not found.any():
        return found
    return np.asarray(np.convolve(found, np.ones(2 * AROUND_FRAMES + 1), mode="same") > 0)


def without_rooms(
    own: Sequence[NDArray[np.float32]], placements: Sequence[Placement], has_speaker: Sequence[bool]
) -> tuple[tuple[NDArray[np.float32], ...], tuple[int, ...]]:
    """The same with what room microphones hear of others taken out, and which tracks those are.

    A microphone that hears everybody equally well (a camera's, a recorder on the table) is never clearly quieter than
    the speakers' own. It is told by two facts: it has no speaker of its own while others have one, and most of what
    it hears is said into theirs at the same time.
    """
    import numpy as np  # noqa: PLC0415

    named = [number for number, has in enumerate(has_speaker) if has]
    left, rooms = list(own), []
    for number, probability in enumerate(own):
        spoken = probability >= SPEECH
        if has_speaker[number] or not named or not spoken.any():
            continue
        elsewhere = shared(own, placements, number, named)
        if (spoken & elsewhere).sum() >= MOSTLY * spoken.sum():
            left[number] = np.where(elsewhere, np.float32(0), probability)
            rooms.append(number)
    return tuple(left), tuple(rooms)


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
