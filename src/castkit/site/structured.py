"""What search engines and assistants are told of an episode: schema.org's PodcastEpisode as JSON-LD.

Rule: pure; all addresses are whole, and nothing in a text can end the element it stands in.
Source: schema.org/PodcastEpisode; HTML, 4.12.1.3 "Restrictions for contents of script elements".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from castkit.templating import safe

# "<!--" and "</script" would end or change the element; the two separators end a line in old JavaScript.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@dataclass(frozen=True, slots=True)
class Media:
    """A file that plays: its address, media type, and `captions` (address of a WebVTT, language) for it."""

    url: str
    type: str
    is_video: bool = False
    transcript: str = ""  # the address of the words in the language spoken
    captions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the episode as readers of the page know them; `is_heard` for the cast."""

    name: str
    role: str
    organisation: str = ""
    url: str = ""
    is_heard: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """The show: its name, the address of its page, of the feed in the page's language, and who is behind it."""

    name: str
    url: str
    feed: str
    author: str


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """One episode in one language; `spoken` is the language heard, `duration_ms` its length, `date` in ISO 8601."""

    url: str
    name: str
    description: str
    language: str
    spoken: str
    date: str
    duration_ms: int
    series: Series
    image: str
    media: Sequence[Media]
    people: Sequence[Somebody]
    chapters: Sequence[tuple[int, str]] = ()
    season: int | None = None
    number: int | None = None
    licence: str = ""
    keywords: Sequence[str] = ()


def podcast_episode(facts: EpisodeFacts) -> dict[str, Any]:
    """The PodcastEpisode; what is not known is left out."""
    series = facts.series
    author = {"@type": "Organization", "name": series.author} if series.author else None
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "PodcastEpisode",
            "@id": facts.url,
            "url": facts.url,
            "name": facts.name,
            "description": facts.description,
            "datePublished": facts.date,
            "duration": iso_duration(facts.duration_ms),
            "inLanguage": facts.spoken,
            "episodeNumber": facts.number,
            "partOfSeason": {"@type": "PodcastSeason", "seasonNumber": facts.season} if facts.season else None,
            "partOfSeries": podcast_series(series),
            "image": facts.image,
            "associatedMedia": [_media(facts, one) for one in facts.media],
            "actor": [_person(one) for one in facts.people if one.is_heard],
            "contributor": [_person(one) for one in facts.people if not one.is_heard],
            "author": author,
            "publisher": author,
            "license": facts.licence,
            "keywords": list(facts.keywords),
            "isAccessibleForFree": True,
        }
    )


def podcast_series(series: Series) -> dict[str, Any]:
    """The PodcastSeries, as an episode and the show's own page name it."""
    return _known({"@type": "PodcastSeries", "name": series.name, "url": series.url, "webFeed": series.feed})


def iso_duration(ms: int) -> str:
    """ISO 8601: `PT1H2M3S`, to the nearest second."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0S")


def json_ld(value: Mapping[str, Any]) -> Any:
    """The text of a `<script type="application/ld+json">`, for a template to print as it is."""
    return safe(json.dumps(value, ensure_ascii=False, indent=1).translate(_ESCAPES))


def _media(facts: EpisodeFacts, media: Media) -> dict[str, Any]:
    captions = [
        {"@type": "MediaObject", "contentUrl": url, "encodingFormat": "text/vtt", "inLanguage": language}
        for url, language in media.captions
    ]
    return _known(
        {
            "@type": "VideoObject" if media.is_video else "AudioObject",
            "contentUrl": media.url,
            "encodingFormat": media.type,
            "duration": iso_duration(facts.duration_ms),
            "inLanguage": facts.spoken,
            "name": facts.name,
            "description": facts.description,
            "uploadDate": facts.date,
            "thumbnailUrl": facts.image,
            "transcript": media.transcript,
            "caption": captions,
            "hasPart": _clips(facts) if media.is_video else None,
        }
    )


def _clips(facts: EpisodeFacts) -> list[dict[str, Any]]:
    """The chapters, as search engines list the moments of a video."""
    ends = [*(start for start, _ in facts.chapters), facts.duration_ms][1:]
    return [
        {
            "@type": "Clip",
            "name": title,
            "startOffset": start // 1000,
            "endOffset": end // 1000,
            "url": f"{facts.url}#t={start / 1000:g}",
        }
        for (start, title), end in zip(facts.chapters, ends, strict=True)
    ]


def _person(person: Somebody) -> dict[str, Any]:
    organisation = {"@type": "Organization", "name": person.organisation} if person.organisation else None
    return _known(
        {
            "@type": "Person",
            "name": person.name,
            "jobTitle": person.role,
            "affiliation": organisation,
            "url": person.url,
        }
    )


def _known(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: found for key, found in value.items() if found not in (None, "", [], ())}
