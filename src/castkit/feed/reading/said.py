"""A feed as plain values: what it says of the show and of every episode, in its own words.

Rule: guids and addresses are exactly as they stand in the feed; HTML is not cleaned yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SaidFile:
    """A file on the host: `type` and `length` (bytes, 0 where not given) as the feed has them."""

    url: str
    type: str
    length: int = 0
    language: str = ""
    height: int = 0  # pixels, of a video
    sha256: str = ""  # in lower-case hex, where the feed tells it


@dataclass(frozen=True, slots=True)
class SaidPerson:
    name: str
    role: str
    href: str = ""
    img: str = ""


@dataclass(frozen=True, slots=True)
class SaidPlace:
    """A podcast:location; `geo` is "latitude,longitude", and what is not understood is empty."""

    name: str
    rel: str = "subject"
    geo: str = ""
    osm: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class SaidChapter:
    start_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class SaidBite:
    """A soundbite, ms."""

    start_ms: int
    duration_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class SaidEpisode:
    """One item; `guid` is None where it has none, `date` None where it cannot be read.

    `left` are its tags that nothing here stands for, `wrong` values that could not be understood.
    """

    place: int  # from 1, in the order of the feed and its pages
    guid: str | None
    is_permalink: bool
    title: str
    date: datetime | None
    enclosure: SaidFile | None
    duration_ms: int = 0
    description: str = ""
    content: str = ""
    summary: str = ""
    link: str = ""
    image: str = ""
    season: int | None = None
    number: int | None = None
    type: str = "full"
    explicit: bool | None = None
    keywords: tuple[str, ...] = ()
    people: tuple[SaidPerson, ...] = ()
    transcripts: tuple[SaidFile, ...] = ()
    chapters_file: SaidFile | None = None
    chapters: tuple[SaidChapter, ...] = ()
    soundbites: tuple[SaidBite, ...] = ()
    alternates: tuple[SaidFile, ...] = ()
    licence: str = ""
    places: tuple[SaidPlace, ...] = ()
    left: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidShow:
    """The channel; `guid` is its podcast:guid, `self_url` where the feed says that it lies."""

    title: str
    description: str = ""
    link: str = ""
    language: str = ""
    author: str = ""
    owner_email: str = ""
    image: str = ""
    categories: tuple[str, ...] = ()
    explicit: bool = False
    type: str = "episodic"
    copyright: str = ""
    licence: str = ""
    locked: bool | None = None
    guid: str = ""
    people: tuple[SaidPerson, ...] = ()
    funding: tuple[tuple[str, str], ...] = ()  # (address, text)
    txt: tuple[tuple[str, str], ...] = ()  # (purpose, text)
    places: tuple[SaidPlace, ...] = ()
    frequency: tuple[str, str] = ("", "")  # in words, and as a rule of iCalendar
    self_url: str = ""
    moved_to: str = ""
    is_blocked: bool = False
    is_complete: bool = False
    left: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidFeed:
    """A whole feed with all its pages; `mended` says what had to be put right before it could be read."""

    show: SaidShow
    episodes: tuple[SaidEpisode, ...]
    pages: int = 1
    mended: tuple[str, ...] = ()
