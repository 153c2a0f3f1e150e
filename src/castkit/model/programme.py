"""What was recorded and how it lies on the clock of the finished programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from castkit.model.checked import all_checked, checked
from castkit.model.edit import Removed
from castkit.model.timeline import Piece, Timeline


@dataclass(frozen=True, slots=True)
class Loudness:
    """A measurement by EBU R128; a mono file counts as dual mono. Silence has -70 LUFS and a peak of -120 dBTP."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


@dataclass(frozen=True, slots=True)
class Track:
    """One recording as found: `path` is relative to the episode's folder, with forward slashes.

    A time t of the file is t * (1 + drift_ppm / 1 000 000) + offset_ms on the recordings' clock. `sound` says which of
    its sides are worth hearing: "mono" (one channel, or two that are the same), "stereo", or "left" or "right" where
    the other side is silent; "none" where the file has a picture only. `loudness` is that of this sound.
    """

    path: str
    speaker: str
    offset_ms: int
    duration_ms: int
    channels: int
    sample_rate: int
    has_video: bool
    loudness: Loudness
    sound: str = "mono"
    drift_ppm: float = 0.0

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to hear; a camera may have recorded a picture only."""
        return self.sound != "none"

    @property
    def end_ms(self) -> int:
        """Where it ends on the recordings' clock."""
        return self.on_clock(self.duration_ms)

    def on_clock(self, ms: float) -> int:
        """A time of the file on the recordings' clock."""
        return round(ms * (1 + self.drift_ppm / 1e6)) + self.offset_ms


def tracks_from_json(values: Iterable[Mapping[str, Any]]) -> tuple[Track, ...]:
    """The tracks of values made by `asdict`; ValueError or TypeError where they are none."""
    found = all_checked(Track, values)
    if not all(isfinite(one.drift_ppm) for one in found):
        raise ValueError("a clock's drift that is no number")
    return found


@dataclass(frozen=True, slots=True)
class Programme:
    """The tracks, and where what is kept of them lies in the finished programme of planned length `duration_ms`.

    The recordings' clock starts with the first recording; the master's with the intro.
    """

    tracks: tuple[Track, ...]
    timeline: Timeline
    removed: tuple[Removed, ...]
    duration_ms: int

    @property
    def lead_ms(self) -> int:
        """What comes before the recordings: the intro's length less the crossfade; 0 without one."""
        return self.timeline.pieces[0].at_ms

    @property
    def recorded_ms(self) -> int:
        """Where the last recording ends, on the recordings' clock."""
        return max((track.end_ms for track in self.tracks), default=self.timeline.pieces[-1].end_ms)

    def chapter_start(self, ms: int) -> int:
        """A chapter's start on the master's clock; the first stays at 0, as Apple asks: the intro belongs to it."""
        return 0 if ms == 0 else self.timeline.nearest(ms)

    def to_json(self) -> dict[str, Any]:
        """A plain value for json.dump; `from_json` gives the programme back."""
        return {
            "version": 2,
            "tracks": [asdict(track) for track in self.tracks],
            "pieces": [asdict(piece) for piece in self.timeline.pieces],
            "removed": [asdict(one) for one in self.removed],
            "duration_ms": self.duration_ms,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Programme:
        """The programme of a value made by `to_json`; KeyError, TypeError or ValueError where it is not one."""
        pieces = all_checked(Piece, value["pieces"])
        if not pieces:
            raise ValueError("no pieces")
        removed = all_checked(Removed, value["removed"])
        return cls(tracks_from_json(value["tracks"]), Timeline(pieces), removed, checked(int, value["duration_ms"]))
