"""Tags that feedgen does not know, as plain values, and those that channels and items have in common.

Rule: pure; a tag that has nothing to say is not there. Source: github.com/Podcastindex-org/podcast-namespace, docs/1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from castkit.feed.texts import NAME_CHARACTERS, TXT_CHARACTERS, plain
from castkit.model.feeds import Location
from castkit.model.language import best_match
from castkit.model.published import PublishedLocation, PublishedPerson, StoredFile
from castkit.model.roles import GROUP_OF, canonical
from castkit.model.show import Person
from castkit.model.text import LocalText

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """An element: `name` with its namespace's usual prefix, or bare."""

    name: str
    text: str = ""
    attributes: Pairs = ()
    children: tuple[Tag, ...] = ()


def tag(name: str, text: str = "", /, **attributes: object) -> Tag:
    """A tag with those attributes that are not empty; an underscore in an attribute's name is a hyphen."""
    pairs = ((key.replace("_", "-"), str(value)) for key, value in attributes.items() if value not in ("", None))
    return Tag(name, text, tuple(pairs))


def rfc2822(moment: datetime) -> str:
    """A date as RSS writes it, whatever the locale; one without a zone is in UTC."""
    return format_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def bare_type(media_type: str) -> str:
    """A media type without its charset, as attributes in a feed carry it."""
    return media_type.split(";", maxsplit=1)[0].strip().lower()


def for_language(files: dict[str, StoredFile], language: str) -> StoredFile | None:
    """The file a reader of this language wants: in it, else in any other."""
    found = best_match(language, files)
    return files[found] if found else next((files[one] for one in sorted(files)), None)


def person(one: Person | PublishedPerson, language: str, fallbacks: Iterable[str]) -> Tag:
    role = canonical(one.role) or "guest"
    name = plain(one.name.in_(language, fallbacks), NAME_CHARACTERS)
    return tag("podcast:person", name, role=role, group=GROUP_OF[role], img=one.img, href=one.href)


def licence(identifier: str) -> Tag:
    """An SPDX name in lower case; a licence of one's own is known by its address."""
    is_address = identifier.startswith(("http://", "https://"))
    name = "custom" if is_address else plain(identifier).lower()
    return tag("podcast:license", name, url=identifier if is_address else "")


def location(place: Location | PublishedLocation, language: str, fallbacks: Iterable[str]) -> Tag:
    geo = place.geo.replace(" ", "")
    return tag(
        "podcast:location",
        plain(place.name.in_(language, fallbacks), NAME_CHARACTERS),
        rel=place.rel,
        geo=f"geo:{geo.removeprefix('geo:')}" if geo else "",
        osm=place.osm,
        country=place.country.lower(),
    )


def txt(text: str, purpose: str) -> Iterator[Tag]:
    """A podcast:txt, or nothing where there is no text."""
    if text:
        yield tag("podcast:txt", plain(text, TXT_CHARACTERS), purpose=purpose)


def cover(url: str, title: LocalText, language: str, fallbacks: Iterable[str]) -> Tag:
    """The square picture of a show or an episode."""
    alt = plain(title.in_(language, fallbacks), NAME_CHARACTERS)
    return tag("podcast:image", href=url, alt=alt, aspect_ratio="1/1", purpose="artwork")
