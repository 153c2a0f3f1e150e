"""An episode, as a person describes it in episode.toml."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from castkit.model.feeds import Location
from castkit.model.imported import Imported
from castkit.model.section import EMPTY, Array, Id, Licence, Section, Url
from castkit.model.show import Person
from castkit.model.text import LocalText
from castkit.timecode import parse_clock

# An episode's folder, and part of every address it is published under. File systems allow 255 bytes for a name, and
# what is made of an episode has its slug, a hash, a language and a kind in it.
SLUG = r"^[a-z0-9][a-z0-9-]{0,199}$"


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
ClockSpan = Annotated[tuple[Clock, Clock], Field(strict=False)]
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


Turn = Annotated[tuple[Clock, Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]*)?$")]], Field(strict=False)]


def _kind_of_person(value: Any) -> str:
    return "<id>" if isinstance(value, str) else "<person>"


# The tags stand in pydantic's error locations; the configuration reader leaves out what is in angle brackets.
PersonOrId = Annotated[Annotated[Id, Tag("<id>")] | Annotated[Person, Tag("<person>")], Discriminator(_kind_of_person)]


_DAY_MS = 86_400_000


def _kind_of_offset(value: Any) -> str:
    return "<auto>" if isinstance(value, str) else "<ms>"


Offset = Annotated[
    Annotated[Literal["auto"], Tag("<auto>")] | Annotated[int, Field(ge=-_DAY_MS, le=_DAY_MS), Tag("<ms>")],
    Discriminator(_kind_of_offset),
]


class Recording(Section):
    """One raw file; where each speaker has a file of their own, `speaker` names them."""

    path: str = Field(min_length=1, description="relative to the episode's folder, usually raw/…")
    speaker: str = Field("", description="id of the only person heard in this file")
    sound: bool = Field(True, description="false: only the picture of this file is used, not its microphone")
    offset_ms: Offset = Field(
        0,
        description="how much later than the first recording this file begins, milliseconds (negative: earlier); "
        '"auto": found by time codes and by the sound both files share',
    )


class Chapter(Section):
    """A part of the episode that listeners can jump to; the first one starts at 00:00."""

    start: Clock
    title: LocalText
    url: Url = Field("", description="a page about what is said here")
    image: str = Field("", description="a picture shown while it is said, PNG or JPEG, in the episode's folder")


class OwnAudio(Section):
    """`[audio]` of an episode: what differs from the show's."""

    preset: Literal["interview", "music", "untouched"] | None = None
    level_speakers: bool | None = None
    levelling_range_db: float | None = Field(None, ge=0, le=24)
    cleaning: Literal["auto", "off", "gentle", "strong"] | None = None
    trim: bool | None = None
    longest_pause_ms: int | None = Field(None, ge=0, le=60_000)


class OwnVideo(Section):
    """`[video]` of an episode: what differs from the show's."""

    burn: str | None = None
    shape: Literal["source", "16:9", "1:1", "9:16"] | None = None
    audiogram: bool | None = None
    hls: bool | None = None


class OwnGlossary(Section):
    """`[glossary]` of an episode."""

    keep: Array[str] = Field((), description="words that glossary.toml would correct, and that stay as they were heard")


class Soundbite(Section):
    """A short stretch to be shared, listed in the feed; `castkit clip` adds them.

    Like a chapter it is on the clock of the recordings, so that it stays on its words when the edit changes.
    """

    start: Clock
    end: Clock
    title: LocalText = EMPTY


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
    number_shown: LocalText = Field(EMPTY, description="what listeners see instead of the number, such as “Day 5”")
    image: str = Field("", description="a cover of its own, as the show's, in the episode's folder")
    licence: Licence = Field("", description="where it differs from the show's")
    locations: Array[Location] = Field((), description="places the episode is about, or comes from")
    explicit: bool | None = Field(None, description="where it differs from the show's")
    people: Array[PersonOrId] = Field((), description="ids from castkit.toml, or whole people")
    recordings: Array[Recording] = Field(
        (), min_length=1, description="the raw files; only an imported episode has none"
    )
    cut: Array[ClockSpan] = Field((), description='what is left out: [["00:00", "00:12.5"], …]')
    keep: Array[ClockSpan] = Field((), description="what alone is used, before anything is cut from it; empty: all")
    turns: Array[Turn] = Field(
        (),
        description='who speaks from when on, where several share a recording: [["00:00", "host"], ["00:12.5", ""]]',
    )
    master: str = Field("", description="an engineer's own master of these recordings, used instead of castkit's mix")
    chapters: Array[Chapter] = ()
    soundbites: Array[Soundbite] = ()
    audio: OwnAudio = OwnAudio()
    video: OwnVideo = OwnVideo()
    glossary: OwnGlossary = OwnGlossary()
    links: Array[Link] = ()
    keywords: Array[str] = ()
    draft: bool = Field(False, description="a draft is built but not published")
    imported: Imported | None = Field(None, description="written by `castkit import`; never change it")

    @property
    def is_carried(self) -> bool:
        """Whether it was brought from another host and has no recordings here: it is published as it came."""
        return self.imported is not None and not self.recordings
