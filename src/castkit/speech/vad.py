"""Where somebody speaks: Silero's voice activity detector, which ships inside faster-whisper.

Rule: this module and faster.py are the only ones that import faster_whisper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.speech import threads
from castkit.speech.sound import Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FRAME = 512  # samples; fixed by the detector
BLOCK = 9_375 * FRAME  # five minutes at a time
WARM_UP = 63 * FRAME  # two seconds that let the detector's memory settle before a block begins
SILENCE_DB = -100.0


@dataclass(frozen=True, slots=True)
class Activity:
    """Two numbers for each frame of 32 ms: the probability of speech, and the level (RMS, dB below full scale)."""

    probability: NDArray[np.float32]
    level_db: NDArray[np.float32]


def activity(sound: Sound) -> Activity:
    """The activity of a whole track, read in blocks; a last, incomplete frame is filled up with silence."""
    import numpy as np  # noqa: PLC0415

    probabilities, levels = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    for start in range(0, sound.length, BLOCK):
        warm_up = min(start, WARM_UP)
        samples = sound.read(start - warm_up, start + BLOCK)
        samples = np.pad(samples, (0, -len(samples) % FRAME))
        probabilities.append(_speech_probability(samples)[warm_up // FRAME :])
        power = np.square(samples[warm_up:].reshape(-1, FRAME), dtype=np.float64).mean(axis=1)
        levels.append((10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10)))).astype(np.float32))
    return Activity(np.concatenate(probabilities), np.concatenate(levels))


def _speech_probability(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415

    threads.wait_politely()
    from faster_whisper.vad import get_vad_model  # noqa: PLC0415

    # The detector writes zeros into the end of the array it is given, so it gets one of its own.
    found = get_vad_model()(samples.copy())
    return np.asarray(found, dtype=np.float32).reshape(-1)
