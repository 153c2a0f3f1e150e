"""Takes the neighbour's voice out of a speaker's track: a guest is faintly heard by the host's microphone, too.

Rule: levels are compared relative to each track's own speech, because microphones are set to different gains.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def own_speech(tracks: Sequence[Activity], offsets_ms: Sequence[int]) -> tuple[NDArray[np.float32], ...]:
    """The probability of speech by each track's own speaker.

    A frame in which another track is louder by CLEARLY_DB, each against its own speech level, counts as silence.
    `offsets_ms` says where each track begins on the common clock.
    """
    import numpy as np  # noqa: PLC0415

    loudness = [_relative_level(track) for track in tracks]
    cleaned = []
    for own, track in enumerate(tracks):
        others = np.full(len(track.probability), NOTHING_DB, np.float32)
        for other in range(len(tracks)):
            if other != own:
                shift = round((offsets_ms[own] - offsets_ms[other]) / FRAME_MS)
                np.maximum(others, _shifted(loudness[other], shift, len(others)), out=others)
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


def _shifted(values: NDArray[np.float32], shift: int, length: int) -> NDArray[np.float32]:
    """`values[shift:]` in `length` frames; NOTHING_DB where there are none."""
    import numpy as np  # noqa: PLC0415

    moved = np.full(length, NOTHING_DB, np.float32)
    start, stop = max(0, -shift), min(length, len(values) - shift)
    if start < stop:
        moved[start:stop] = values[start + shift : stop + shift]
    return moved
