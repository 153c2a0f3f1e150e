"""An episode, as a person describes it in episode.toml."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from castkit.model.show import EMPTY, Person, Section
from castkit.model.text import LocalText
from castkit.timecode import parse_clock


def _milliseconds(value: object) -> object:
    return parse_clock(value) if isinstance(value, str) else value


Clock = Annotated[int, BeforeValidator(_milliseconds), Field(ge=0)]


class Recording(Section):
    """One raw file; where each speaker has a file of their own, `speaker` names them."""

    path: str = Field(description="relative to the episode's folder, usually raw/…")
    speaker: str = ""
    offset_ms: int = Field(0, description="how much later than the programme's start this file begins")


class Chapter(Section):
    start: Clock = Field(description="MM:SS, HH:MM:SS or HH:MM:SS.mmm on the clock of the recordings")
    title: LocalText


class Link(Section):
    """A related document."""

    kind: Literal["policy-brief", "study", "report", "slides", "news", "website", "video", "other"] = "other"
    title: LocalText
    url: LocalText


class Episode(Section):
    """The whole episode.toml."""

    guid: UUID
    title: LocalText
    summary: LocalText
    description: LocalText = EMPTY
    language: str = Field(description='the language spoken (any that Whisper knows), or "auto"')
    date: datetime
    season: int | None = Field(None, ge=1)
    number: int | None = Field(None, ge=1)
    type: Literal["full", "trailer", "bonus"] = "full"
    explicit: bool | None = None
    people: tuple[str | Person, ...] = Field((), description="ids from castkit.toml, or whole people")
    recordings: tuple[Recording, ...] = Field(min_length=1)
    chapters: tuple[Chapter, ...] = ()
    links: tuple[Link, ...] = ()
    keywords: tuple[str, ...] = ()
    draft: bool = False
