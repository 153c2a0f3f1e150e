"""Subtitle cues and the tracks they make up.

Rule: a cue's text carries no speaker and no markup of ours; lines are separated by one newline.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Cue:
    """A text on the screen from `start_ms` to `end_ms`; `speaker` is a person's id, where known."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n"))


class Origin(StrEnum):
    """Where a track's words come from; only `ACCEPTED` has been read by a person here.

    `ELSEWHERE` came with an imported episode: who made or read it is not known, and nothing is said of it.
    """

    RECOGNITION = "recognition"
    MACHINE_TRANSLATION = "machine-translation"
    SCRIPT_CONVERSION = "script-conversion"
    ACCEPTED = "accepted"
    ELSEWHERE = "elsewhere"

    @property
    def is_reviewed(self) -> bool:
        return self in (Origin.ACCEPTED, Origin.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class CueException:
    """A cue that breaks a limit of its profile, and why it could not be helped."""

    index: int
    start_ms: int
    rule: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class CueTrack:
    """All cues of one language (a BCP 47 tag), in order of time."""

    language: str
    origin: Origin
    cues: tuple[Cue, ...]
    exceptions: tuple[CueException, ...] = ()
