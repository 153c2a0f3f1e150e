"""Reads the 16 kHz mono tracks that ingest made, a stretch at a time.

Rule: a track is never held in memory as a whole.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from castkit.errors import CastkitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 16_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A WAV file of 16-bit mono at 16 kHz; `length` in samples."""

    path: Path
    length: int

    @classmethod
    def open(cls, path: Path) -> Sound:
        """The sound in this file; CastkitError where it is missing or of another form."""
        try:
            with wave.open(str(path), "rb") as file:
                form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
                length = file.getnframes()
        except (OSError, EOFError, wave.Error) as error:
            raise CastkitError(
                f"cannot read {path}: {error}", "remove the episode's build folder and run again"
            ) from error
        if form != (1, 2, RATE):
            raise CastkitError(
                f"{path} is not 16-bit mono at {RATE} Hz: {form[0]} channels, {form[1] * 8} bits, {form[2]} Hz",
                "remove the episode's build folder and run again",
            )
        return cls(path, length)

    @property
    def duration_ms(self) -> int:
        return self.length * 1000 // RATE

    def read(self, start: int, stop: int) -> Samples:
        """Samples `start` to `stop` (clipped to the sound) as 32-bit floats from -1 to 1, in memory of their own."""
        import numpy as np  # noqa: PLC0415

        start, stop = max(0, start), min(self.length, stop)
        with wave.open(str(self.path), "rb") as file:
            file.setpos(min(start, self.length))
            data = file.readframes(max(0, stop - start))
        return np.frombuffer(data, dtype="<i2").astype(np.float32) / np.float32(32768)

    def read_ms(self, start_ms: int, end_ms: int) -> Samples:
        """The same, in milliseconds."""
        return self.read(start_ms * RATE // 1000, end_ms * RATE // 1000)
