"""Which feeds a show has and what they say beyond its episodes, as a person describes it in castkit.toml.

Rule: left out, a table changes nothing: a show without `[feeds]` has the feeds it always had.
Source: docs/tags of github.com/Podcastindex-org/podcast-namespace; Apple's guide to RSS; RFC 5005 for pages.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from castkit.model.section import EMPTY, Array, Language, Section, Url
from castkit.model.text import LocalText

Kind = Literal["audio", "video"]
KINDS: tuple[Kind, ...] = ("audio", "video")

# The namespace's serviceslugs.txt: whom podcast:block can name.
SERVICES = tuple(
    "acast amazon anchor apple audioboom backtracks bitcoin blubrry buzzsprout captivate castos fireside google "
    "hypercatcher libsyn mastodon megafono megaphone omnystudio overcast paypal pinecast podbean podcastaddict "
    "podcastindex podcasts.com podchaser podfriend podiant podigee podnews podomatic podserve podverse redcircle "
    "relayfm resonate rss.com shoutengine simplecast slack soundcloud spotify spreaker transistor twitter whooshkaa "
    "zencast".split()
)


class Location(Section):
    """A place that the show or an episode is about, or where it was made."""

    name: LocalText = Field(description="as listeners read it; at most 128 characters")
    rel: Literal["subject", "creator"] = Field("subject", description="creator: where it was recorded or produced")
    geo: str = Field("", description='latitude and longitude in degrees, such as "39.9042,116.4074"')
    osm: str = Field("", description='the OpenStreetMap object, such as "R912940"')
    country: str = Field("", description='two letters of ISO 3166, such as "CN"')


class Season(Section):
    """A season by its number, and what listeners see instead of it."""

    number: int = Field(ge=1, le=100_000)
    name: LocalText = Field(description="at most 128 characters")


class Funding(Section):
    """A page where listeners can support the show."""

    url: Url
    text: LocalText = Field(description="what the link says; at most 128 characters")


class Txt(Section):
    """A text for one reader, such as the code by which a directory knows the show's owner."""

    purpose: str = Field("", max_length=128, description="such as applepodcastsverify")
    text: str = Field(min_length=1, max_length=4000)


class Frequency(Section):
    """`[feeds.frequency]`: how often episodes appear."""

    text: LocalText = Field(EMPTY, description="as listeners read it, such as “Every other Wednesday”")
    rrule: str = Field("", description='a recurrence rule of iCalendar, such as "FREQ=WEEKLY;INTERVAL=2"')
    starts: str = Field("", description="when that rule begins, such as 2026-09-02")
    complete: bool = Field(False, description="the show has ended: no episode will follow")


class FeedSettings(Section):
    """`[feeds]`: which feeds there are, and what they say beyond the episodes."""

    kinds: Array[Kind] = Field(
        KINDS,
        min_length=1,
        description="audio: all episodes as sound; video: those with a picture, in a feed of their own",
    )
    languages: Array[Language] = Field((), description="languages of the show that have a feed; empty: all")
    only_own_language: bool = Field(
        False, description="whether a feed leaves out notes and transcripts of other languages than its own"
    )
    page_size: int = Field(
        500,
        ge=10,
        le=10_000,
        description="episodes of a page of older ones; the feed itself has the newest, this many up to twice as many",
    )
    statistics_prefix: Url = Field(
        "", description="address put before those of media, where a service counts downloads: it sees every listener"
    )
    hidden: bool = Field(False, description="whether directories are asked not to show the feed")
    blocked: Array[str] = Field((), description="services asked not to take the feed, such as amazon")
    allowed: Array[str] = Field((), description="hidden = true: services that may take it all the same")
    moved_to: dict[str, Url] = Field({}, description="by feed (en, en.video): the address to which it has moved")
    frequency: Frequency = Frequency()
    seasons: Array[Season] = Field((), description="names of seasons")
    funding: Array[Funding] = Field((), description="pages where listeners can support the show")
    locations: Array[Location] = Field((), description="places the show is about, or comes from")
    txt: Array[Txt] = Field((), description="texts for directories, such as their codes of verification")


class NotifySettings(Section):
    """`[notify]`: who is told when a feed has changed."""

    hubs: Array[Url] = Field((), description="WebSub hubs; they are named in the feed and told after every change")
    timeout_s: float = Field(10.0, gt=0, le=120, description="for each hub; what fails is told and stops nothing")


def feed_name(language: str, kind: Kind = "audio") -> str:
    """What a feed is called in files, addresses and the ledger: `en`, or `en.video`."""
    return language if kind == "audio" else f"{language}.{kind}"
