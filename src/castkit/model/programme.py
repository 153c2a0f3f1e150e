"""What was recorded and how it lies on the clock of the finished programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Loudness:
    """A measurement by EBU R128; a mono file counts as dual mono. Silence has -70 LUFS and a peak of -120 dBTP."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


@dataclass(frozen=True, slots=True)
class Track:
    """One recording as found: `path` is relative to the episode's folder, with forward slashes.

    `sound` says which of its sides are worth hearing: "mono" (one channel, or two that are the same), "stereo", or
    "left" or "right" where the other side is silent. `loudness` is that of this sound.
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


@dataclass(frozen=True, slots=True)
class Programme:
    """The tracks, and where their common clock starts in the finished programme.

    A time on the recordings' clock plus `lead_ms` (the intro's length less the crossfade; 0 without an intro) is a
    time on the master's clock. `duration_ms` is the master's planned length.
    """

    tracks: tuple[Track, ...]
    lead_ms: int
    duration_ms: int

    def chapter_start(self, ms: int) -> int:
        """A chapter's start on the master's clock; the first stays at 0, as Apple asks: the intro belongs to it."""
        return 0 if ms == 0 else ms + self.lead_ms

    def to_json(self) -> dict[str, Any]:
        """A plain value for json.dump; `from_json` gives the programme back."""
        return {"version": 1, **asdict(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Programme:
        """The programme of a value made by `to_json`; KeyError or TypeError where it is not one."""
        tracks = tuple(Track(**{**track, "loudness": Loudness(**track["loudness"])}) for track in value["tracks"])
        return cls(tracks, value["lead_ms"], value["duration_ms"])
