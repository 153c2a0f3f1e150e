"""What the page plays and draws: sound or video, and how loud the sound is at most in every short stretch.

Rule: the sound is decoded once at a low rate, a block at a time, so that memory does not grow with its length.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from castkit import atomic
from castkit.errors import DAMAGED, CastkitError
from castkit.ffmpeg.running import blocks
from castkit.review.facts import media_of, sound_of
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 8000  # speech has its loudest parts far below 4 kHz
FINEST = 50  # peaks a second: of the page's strip a pixel is no shorter than 20 ms
COARSEST = 10
MOST = 200_000  # peaks in all: a file of about a megabyte
_BLOCK_S = 60


@dataclass(frozen=True, slots=True)
class Peaks:
    """The largest sample of each of `per_second` stretches a second, 0 to 1."""

    per_second: int
    values: tuple[float, ...]

    def to_json(self) -> str:
        """As the page reads it."""
        return json.dumps({"perSecond": self.per_second, "max": self.values}, separators=(",", ":"))


class Media:
    """What the page plays, and its waveform; after another build, the new ones."""

    def __init__(self, context: EpisodeContext) -> None:
        self._context = context
        self._mutex = threading.Lock()
        self._of: object = None
        self.path, self.peaks, self.problem = media_of(context), Peaks(1, ()), ""
        self.look()

    def look(self) -> None:
        """Finds the file anew, and draws its waveform where it is another; without one the page works, too."""
        with self._mutex, suppress(OSError):
            self.path, sound = media_of(self._context), sound_of(self._context)
            stat = sound.stat()
            key = [sound.name, stat.st_size, stat.st_mtime_ns]
            if key == self._of:
                return
            self._of, self.problem = key, ""
            try:
                duration_ms = load_programme(self._context).duration_ms
                self.peaks = peaks_of(sound, duration_ms, self._context.paths.review_peaks)
            except CastkitError as error:
                self.peaks, self.problem = Peaks(1, ()), error.message


def peaks_of(sound: Path, duration_ms: int, kept: Path) -> Peaks:
    """The peaks of a sound file; those in `kept` where they are of the same file, else made and kept there.

    CastkitError where ffmpeg cannot read it.
    """
    stat = sound.stat()
    key = [sound.name, stat.st_size, stat.st_mtime_ns]
    if found := _kept(kept, key):
        return found
    made = _made(sound, duration_ms)
    value = {"of": key, "perSecond": made.per_second, "max": made.values}
    with suppress(OSError):  # a full disk: made again next time
        atomic.write_bytes(kept, json.dumps(value, separators=(",", ":")).encode())
    return made


def _made(sound: Path, duration_ms: int) -> Peaks:
    per_second = max(COARSEST, min(FINEST, MOST * 1000 // max(1, duration_ms)))
    while RATE_HZ % per_second:
        per_second -= 1
    job = ["-i", sound, "-map", "0:a:0", "-ac", "1", "-ar", RATE_HZ, "-f", "s16le", "pipe:1"]
    values: list[float] = []
    for block in blocks(job, size=2 * RATE_HZ * _BLOCK_S, doing="drawing the waveform"):
        values += _loudest(block, RATE_HZ // per_second)
    return Peaks(per_second, tuple(values))


def _loudest(block: bytes, step: int) -> Iterator[float]:
    import numpy as np  # noqa: PLC0415

    samples: NDArray[np.int16] = np.frombuffer(block[: len(block) // 2 * 2], "<i2")
    padded = np.pad(samples, (0, -len(samples) % step)).astype(np.int32)
    yield from (np.abs(padded).reshape(-1, step).max(axis=1) / 32768).round(3).tolist()


def _kept(path: Path, key: list[object]) -> Peaks | None:
    try:
        value = json.loads(path.read_bytes())
        return Peaks(int(value["perSecond"]), tuple(map(float, value["max"]))) if value["of"] == key else None
    except (OSError, *DAMAGED):
        return None
