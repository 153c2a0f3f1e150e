"""What the engine tells while it works: frozen events handed to a `report` callable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one step of one subject (an episode's slug, or the show)."""

    subject: str
    step: str


@dataclass(frozen=True, slots=True)
class Started(Event):
    reason: str


@dataclass(frozen=True, slots=True)
class Progress(Event):
    fraction: float  # 0 to 1
    left_s: float | None = None  # at the pace so far; None where there is none yet


@dataclass(frozen=True, slots=True)
class Note(Event):
    """Something a person should know about the result, such as a missing translation."""

    text: str


@dataclass(frozen=True, slots=True)
class Skipped(Event):
    reason: str


@dataclass(frozen=True, slots=True)
class Finished(Event):
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Failed(Event):
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """Nothing more comes of this subject, which was one of several; where it failed, `step` and `message` say so."""

    seconds: float
    message: str = ""


Report = Callable[[Event], None]
