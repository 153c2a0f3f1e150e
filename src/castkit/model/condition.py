"""What is wrong with a recording's sound, and what is done about it.

Rule: times are milliseconds on the track's clock; levels are dB below full scale (RMS), of one channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

SILENT_DBFS = -120.0  # stands for digital silence, whose level JSON cannot hold


@dataclass(frozen=True, slots=True)
class Fault:
    """A stretch that no filter repairs: the tops of the sound are cut off, or the sound is gone."""

    kind: Literal["clipping", "dropout"]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Line:
    """One tone of a hum: its frequency, its own level, and how far it stands out of the noise around it (1 Hz wide)."""

    frequency_hz: float
    level_dbfs: float
    excess_db: float


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum: the mains' frequency as measured (49.98, not 50), and its tones in ascending order."""

    mains_hz: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Noise:
    """The steady sound of the room, hum and what lies below 100 Hz left out.

    `bands_dbfs_hz` is its density (dBFS in 1 Hz) at audio.noise.BANDS_HZ. `is_steady` says that it is one sound
    throughout, as a fan is and traffic or music are not. `is_heard_alone` says that it was measured in pauses;
    elsewhere it is an upper bound, of the quietest moments of each frequency.
    """

    level_dbfs: float
    bands_dbfs_hz: tuple[float, ...]
    is_steady: bool
    is_heard_alone: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """What was measured on a track.

    `speech_dbfs` is None where its speaker never speaks; `pauses_ms` is how long nobody does. `rumble_dbfs` is
    everything below 60 Hz but hum. Hum and rumble were measured in pauses where `are_lows_heard_alone`, else in
    everything. The noise has SILENT_DBFS where pauses are digital silence.
    """

    speech_dbfs: float | None
    speech_share: float
    pauses_ms: int
    noise: Noise
    rumble_dbfs: float
    are_lows_heard_alone: bool
    hum: Hum | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def snr_db(self) -> float | None:
        """How far the noise lies under the voice; None where it was not heard alone or nobody speaks."""
        if self.speech_dbfs is None or not self.noise.is_heard_alone:
            return None
        return self.speech_dbfs - self.noise.level_dbfs

    def to_json(self) -> dict[str, Any]:
        """A plain value for json.dump; `from_json` gives the condition back."""
        return {"version": 1, **asdict(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Condition:
        """The condition of a value made by `to_json`; KeyError or TypeError where it is not one."""
        fields = {key: part for key, part in value.items() if key != "version"}
        noise = Noise(**{**fields["noise"], "bands_dbfs_hz": tuple(fields["noise"]["bands_dbfs_hz"])})
        hum = fields["hum"] and Hum(fields["hum"]["mains_hz"], tuple(Line(**line) for line in fields["hum"]["lines"]))
        faults = tuple(Fault(**fault) for fault in fields["faults"])
        return cls(**{**fields, "noise": noise, "hum": hum, "faults": faults})


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Filters for a track, and why, one sentence each (always at least one).

    0 and an empty tuple mean that a filter is not used at all. `noise_dbfs_hz` is Noise.bands_dbfs_hz.
    """

    high_pass_hz: float = 0.0
    notches_hz: tuple[float, ...] = ()
    denoise_db: float = 0.0
    noise_dbfs_hz: tuple[float, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether the sound stays as it is, sample for sample."""
        return not (self.high_pass_hz or self.notches_hz or self.denoise_db)

    def to_json(self) -> dict[str, Any]:
        """A plain value for json.dump; `from_json` gives the cleaning back."""
        return {"version": 1, **asdict(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Cleaning:
        """The cleaning of a value made by `to_json`; KeyError or TypeError where it is not one."""
        fields = {key: part for key, part in value.items() if key != "version"}
        lists = {key: tuple(fields[key]) for key in ("notches_hz", "noise_dbfs_hz", "reasons")}
        return cls(**{**fields, **lists})
