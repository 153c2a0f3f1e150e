"""An episode, as a person describes it in episode.toml."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from castkit.model.show import EMPTY, Array, Id, Person, Section
from castkit.model.text import LocalText
from castkit.timecode import parse_clock

SLUG = r"^[a-z0-9][a-z0-9-]*$"  # an episode's folder, and part of every address it is published under


def _milliseconds(value: object) -> object:
    """TOML has clock times of its own: `start = 00:01:30` without quotes is one."""
    if isinstance(value, time):
        return parse_clock(value.isoformat("milliseconds"))
    return parse_clock(value) if isinstance(value, str) else value


def _moment(value: object) -> object:
    """A date without a time is the start of that day."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a date; write 2026-05-01T09:00:00+02:00") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value


def _whole_seconds_with_zone(value: datetime) -> datetime:
    """A feed counts whole seconds; a time that names no zone is UTC."""
    return value.replace(microsecond=0, tzinfo=value.tzinfo or UTC)


Clock = Annotated[
    int,
    BeforeValidator(_milliseconds),
    Field(ge=0),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(([0-9]+:)?[0-5]?[0-9]:)?[0-5]?[0-9]([.,][0-9]{1,3})?$",
            "description": "MM:SS, HH:MM:SS or HH:MM:SS.mmm on the clock of the recordings",
        }
    ),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_whole_seconds_with_zone),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
            r"([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?$",
            "description": "when the episode appears, with a time zone (without one, UTC): 2026-05-01T09:00:00+02:00",
        }
    ),
]


def _kind_of_person(value: Any) -> str:
    return "<id>" if isinstance(value, str) else "<person>"


# The tags stand in pydantic's error locations; the configuration reader leaves out what is in angle brackets.
PersonOrId = Annotated[Annotated[Id, Tag("<id>")] | Annotated[Person, Tag("<person>")], Discriminator(_kind_of_person)]


class Recording(Section):
    """One raw file; where each speaker has a file of their own, `speaker` names them."""

    path: str = Field(min_length=1, description="relative to the episode's folder, usually raw/…")
    speaker: str = Field("", description="id of the only person heard in this file")
    offset_ms: int = Field(
        0, ge=0, le=86_400_000, description="how much later than the programme's start this file begins, milliseconds"
    )


class Chapter(Section):
    """A part of the episode that listeners can jump to; the first one starts at 00:00."""

    start: Clock
    title: LocalText


class Link(Section):
    """A related document."""

    kind: Literal["policy-brief", "study", "report", "slides", "news", "website", "video", "other"] = "other"
    title: LocalText
    url: LocalText


class Episode(Section):
    """The whole episode.toml."""

    guid: Annotated[UUID, Field(strict=False)] = Field(description="given by `castkit new`; never change it")
    title: LocalText
    summary: LocalText = Field(description="one or two sentences that make someone press play")
    description: LocalText = Field(EMPTY, description="the longer text of the show notes")
    language: str = Field(
        description='the language spoken (any that Whisper knows), or "auto"',
        json_schema_extra={"pattern": "^(auto|[a-z]{2,3}(-[A-Za-z0-9]{1,8})*)$"},
    )
    date: Moment
    season: int | None = Field(None, ge=1, le=100_000)
    number: int | None = Field(None, ge=1, le=100_000)
    type: Literal["full", "trailer", "bonus"] = "full"
    explicit: bool | None = Field(None, description="where it differs from the show's")
    people: Array[PersonOrId] = Field((), description="ids from castkit.toml, or whole people")
    recordings: Array[Recording] = Field(min_length=1)
    chapters: Array[Chapter] = ()
    links: Array[Link] = ()
    keywords: Array[str] = ()
    draft: bool = Field(False, description="a draft is built but not published")
