"""What the report shows, as plain values.

Rule: nothing here is worked out or worded; what is not known is None or empty, and the page leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.model.cue import Origin
from castkit.model.edit import Removed, Spans
from castkit.model.programme import Loudness
from castkit.model.timeline import Timeline
from castkit.model.transcript import Coverage, Flag

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Curve = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a recording, such as "clipping" or "dropout"; ms on the recordings' clock."""

    kind: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Condition:
    """How a recording was found: dBFS, dB, LUFS; `hum` in words ("50 Hz, 24 dB over the noise")."""

    noise_dbfs: float | None = None
    snr_db: float | None = None
    speech_lufs: float | None = None
    hum: str = ""


@dataclass(frozen=True, slots=True)
class TrackView:
    """One recording, as it was and what was done to it.

    `peaks_dbtp` and `short_term_lufs` are frames of 100 ms and `gain_db` values a second, all on the file's own clock
    (`offset_ms` and `drift_ppm` place them, as in `castkit.model.programme.Track`); `gain_db` is empty where nothing
    was changed. `speech` is on the recordings' clock. `speech_after_lufs` is the speaker's level in the master.
    """

    path: str
    speaker: str
    duration_ms: int
    peaks_dbtp: Curve
    short_term_lufs: Curve
    gain_db: Curve
    offset_ms: int = 0
    drift_ppm: float = 0.0
    loudness: Loudness | None = None
    speech: Spans = ()
    speech_after_lufs: float | None = None
    condition: Condition = Condition()
    cleaning: tuple[str, ...] = ()
    alignment: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def name(self) -> str:
        """The speaker, else the file."""
        return self.speaker or self.path

    @property
    def end_ms(self) -> int:
        """Where it ends on the recordings' clock."""
        return round(self.duration_ms * (1 + self.drift_ppm / 1e6)) + self.offset_ms


@dataclass(frozen=True, slots=True)
class Output:
    """One encoded file, measured: `limited_db` is the most that the limiter took away, 0 where it is linear."""

    format: str
    path: str
    kbps: int | None
    size: int
    loudness: Loudness
    limited_db: float | None = None
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class MasterView:
    """The finished programme: frames of 100 ms of the encoded file, on the master's clock; and every file of it."""

    peaks_dbtp: Curve
    short_term_lufs: Curve
    target_lufs: float
    ceiling_dbtp: float
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A text with its moment on the master's clock; None where it belongs to none."""

    at_ms: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Subtitles:
    """A track of subtitles; `exceptions` says what in it breaks the profile's rules, and which cues are stale."""

    language: str
    origin: Origin
    cues: int
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The same passage before and after, encoded, at one loudness; `at_ms` is its start on the master's clock."""

    before: bytes
    after: bytes
    media_type: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Players:
    """What there is to hear: files named relative to the page's folder, with forward slashes; empty where missing.

    `before` is the plain sum of the recordings, on their clock.
    """

    before: str = ""
    after: str = ""
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    """An episode's report; `language` (BCP 47) is that of the title, the chapters and the show's name.

    `coverage` and `flags` are recognition's, on the master's clock.
    """

    title: str
    show: str
    slug: str
    language: str
    duration_ms: int
    tracks: tuple[TrackView, ...]
    master: MasterView
    timeline: Timeline
    removed: tuple[Removed, ...] = ()
    chapters: tuple[Mark, ...] = ()
    warnings: tuple[Mark, ...] = ()
    coverage: Coverage | None = None
    flags: tuple[Flag, ...] = ()
    subtitles: tuple[Subtitles, ...] = ()
    video: tuple[tuple[str, str], ...] = ()
    players: Players = Players()
