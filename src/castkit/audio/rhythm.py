"""The 16 kHz sound of a recording, read a stretch at a time, and its rhythm: how its loudness moves in six bands.

Rule: a recording is never held in memory as a whole; its rhythm (2 MB an hour) is.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from castkit.errors import CastkitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    Rhythm = NDArray[np.int8]
    Bright = NDArray[np.float16]

RATE = 16_000
FRAME = 160  # samples: the rhythm has 100 frames a second
FRAMES_PER_SECOND = RATE // FRAME
_WINDOW = 512
_BANDS_HZ = (250, 500, 900, 1500, 2400, 3800, 6500)
_STEPS_PER_DB = 5.0  # int8 holds 25 dB to either side
_FLOOR_POWER = 1e-7  # per band and frame: below the noise of 16 bits nothing is said
_SMOOTH_FRAMES = 50  # to either side: slower changes (who has the turn) are no likeness
_READ_FRAMES = 3000


class Readable(Protocol):
    """Sound that can be read anywhere; `length` in samples at 16 kHz."""

    @property
    def length(self) -> int: ...

    def read(self, start: int, stop: int) -> Samples:
        """`stop - start` samples from -1 to 1; zeros before the beginning and after the end."""
        ...


@dataclass(frozen=True, slots=True)
class Wave:
    """A WAV file of 16-bit mono at 16 kHz; `length` in samples."""

    path: Path
    length: int

    @classmethod
    def open(cls, path: Path) -> Wave:
        """The sound in this file; CastkitError where it is missing or of another form."""
        hint = "remove the episode's build folder and run again"
        try:
            with wave.open(str(path), "rb") as file:
                form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
                length = file.getnframes()
        except (OSError, EOFError, wave.Error) as error:
            raise CastkitError(f"cannot read {path}: {error}", hint) from error
        if form != (1, 2, RATE):
            raise CastkitError(f"{path} is not 16-bit mono at {RATE} Hz", hint)
        return cls(path, length)

    def read(self, start: int, stop: int) -> Samples:
        """As `Readable` has it."""
        import numpy as np  # noqa: PLC0415

        sound = np.zeros(stop - start, np.float32)
        first, last = max(0, start), min(self.length, stop)
        if first < last:
            with wave.open(str(self.path), "rb") as file:
                file.setpos(first)
                data = np.frombuffer(file.readframes(last - first), "<i2")
            sound[first - start : first - start + len(data)] = data
        sound /= np.float32(32768)
        return sound


def rhythm(sound: Readable) -> tuple[Rhythm, Bright]:
    """Two tables at 100 Hz: how its loudness moves, and its level in dB, the mean of the bands above 900 Hz.

    The first has frames x 6 bands: how far (in fifths of a dB) each lies above its mean of the second around.
    """
    import numpy as np  # noqa: PLC0415

    frames = sound.length // FRAME
    moves = np.zeros((frames, len(_BANDS_HZ) - 1), np.int8)
    bright = np.zeros(frames, np.float16)
    for start in range(0, frames, _READ_FRAMES):
        stop = min(frames, start + _READ_FRAMES)
        levels = _levels(sound, start - _SMOOTH_FRAMES, stop + _SMOOTH_FRAMES)
        sums = np.cumsum(np.concatenate([np.zeros((1, levels.shape[1])), levels]), axis=0)
        width = 2 * _SMOOTH_FRAMES
        mean = (sums[width:] - sums[:-width])[: stop - start] / width
        here = levels[_SMOOTH_FRAMES : _SMOOTH_FRAMES + stop - start]
        moves[start:stop] = np.clip(np.rint((here - mean) * _STEPS_PER_DB), -127, 127)
        bright[start:stop] = here[:, 2:].mean(axis=1)
    return moves, bright


def _levels(sound: Readable, start: int, stop: int) -> NDArray[np.float32]:
    """Level in dB of every band in the frames `start` to `stop`, each centred on its time."""
    import numpy as np  # noqa: PLC0415

    around = (_WINDOW - FRAME) // 2
    samples = sound.read(start * FRAME - around, stop * FRAME + around)
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::FRAME]
    found = np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1)
    power = found.real**2 + found.imag**2
    edges = [hz * _WINDOW // RATE for hz in _BANDS_HZ]
    bands = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1)
    return np.asarray(10 * np.log10(bands + _FLOOR_POWER * _WINDOW), np.float32)
