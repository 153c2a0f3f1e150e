"""The channel of a feed: what it says of the show.

Rule: pure; the first tag of a name counts, as in podcast apps.
"""

from __future__ import annotations

import re

from castkit.feed.check.node import Node
from castkit.feed.reading import values
from castkit.feed.reading.said import SaidPerson, SaidPlace, SaidShow

_GEO = re.compile(r"-?[0-8]?\d(?:\.\d+)?,-?(?:1[0-7]|\d)?\d(?:\.\d+)?")
_OSM = re.compile(r"[NWR]\d{1,18}(?:#\d{1,18})?", re.ASCII)
_COUNTRY = re.compile("[A-Za-z]{2}")
_PEOPLE = 100  # of one episode; nobody credits more
# Tags that are read, and those that say nothing to be carried: castkit writes its own, or the reader's clock does.
_READ = frozenset(
    "title description link language image copyright item itunes:author itunes:owner itunes:image itunes:category "
    "itunes:explicit itunes:type itunes:title itunes:summary itunes:subtitle itunes:new-feed-url itunes:block "
    "itunes:complete podcast:guid podcast:locked podcast:person podcast:license podcast:funding podcast:txt "
    "podcast:location podcast:updateFrequency podcast:image podcast:images atom:link".split()
)
_OF_THE_HOST = frozenset(
    "generator lastBuildDate pubDate docs ttl cloud category managingEditor webMaster podcast:medium itunes:keywords "
    "atom:updated atom:id {http://purl.org/rss/1.0/modules/syndication/}updatePeriod "
    "{http://purl.org/rss/1.0/modules/syndication/}updateFrequency".split()
)


def read_channel(channel: Node) -> SaidShow:
    """What the channel says."""
    owner, image = channel.first("itunes:owner"), channel.first("itunes:image")
    own_image = channel.first("image")
    locked, often = channel.first("podcast:locked"), channel.first("podcast:updateFrequency")
    email = owner.text_of("itunes:email") if owner else ""
    return SaidShow(
        title=values.line(channel.text_of("title") or channel.text_of("itunes:title")),
        description=channel.text_of("description") or channel.text_of("itunes:summary"),
        link=values.public_address(channel.text_of("link")),
        language=channel.text_of("language"),
        author=values.line(channel.text_of("itunes:author") or (owner.text_of("itunes:name") if owner else "")),
        owner_email=email or ((locked.attribute("owner") or "") if locked else ""),
        image=values.address(image.attribute("href") if image else own_image.text_of("url") if own_image else ""),
        categories=tuple(_categories(channel)),
        explicit=values.truth(channel.text_of("itunes:explicit")) or False,
        type="serial" if channel.text_of("itunes:type").lower() == "serial" else "episodic",
        copyright=values.line(channel.text_of("copyright")),
        licence=read_licence(channel),
        locked=values.truth(locked.value) if locked else None,
        guid=channel.text_of("podcast:guid"),
        people=read_people(channel),
        funding=tuple(
            (url, values.line(one.value))
            for one in channel.children("podcast:funding")
            if (url := values.public_address(one.attribute("url")))
        ),
        txt=tuple(
            (values.line(one.attribute("purpose") or ""), one.value)
            for one in channel.children("podcast:txt")
            if one.value and one.attribute("purpose") != "ai-content"  # castkit says that of its own
        ),
        places=read_places(channel),
        frequency=(values.line(often.value), (often.attribute("rrule") or "").upper()) if often else ("", ""),
        self_url=linked(channel, "self"),
        moved_to=values.public_address(channel.text_of("itunes:new-feed-url")),
        is_blocked=channel.text_of("itunes:block").lower() == "yes",
        is_complete=channel.text_of("itunes:complete").lower() == "yes"
        or bool(often and often.attribute("complete") == "true"),
        left=unread(channel, _READ | _OF_THE_HOST),
    )


def linked(channel: Node, relation: str) -> str:
    """The address of the channel's first atom:link of this relation, or an empty string."""
    links = (one for one in channel.children("atom:link") if (one.attribute("rel") or "").lower() == relation)
    return next((found for one in links if (found := (one.attribute("href") or "").strip())), "")


def read_people(parent: Node) -> tuple[SaidPerson, ...]:
    """The people of a channel or item, in order; those without a name are left out."""
    found = [
        SaidPerson(
            name=name,
            role=" ".join((one.attribute("role") or "host").lower().split()),
            href=values.public_address(one.attribute("href")),
            img=values.public_address(one.attribute("img")),
        )
        for one in parent.children("podcast:person")
        if (name := values.line(one.value))
    ]
    return tuple(dict.fromkeys(found))[:_PEOPLE]


def read_licence(parent: Node) -> str:
    """The licence of a channel or item: its identifier, or the address of one's own."""
    licence = parent.first("podcast:license")
    if licence is None:
        return ""
    return (licence.attribute("url") or "") if licence.value == "custom" else licence.value


def read_places(parent: Node) -> tuple[SaidPlace, ...]:
    """The places of a channel or item; coordinates and codes that are none are left out."""
    return tuple(
        SaidPlace(
            name=values.line(one.value),
            rel="creator" if one.attribute("rel") == "creator" else "subject",
            geo=_matching(_GEO, (one.attribute("geo") or "").removeprefix("geo:")),
            osm=_matching(_OSM, one.attribute("osm") or ""),
            country=_matching(_COUNTRY, one.attribute("country") or ""),
        )
        for one in parent.children("podcast:location")[:_PEOPLE]
        if one.value
    )


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def unread(parent: Node, known: frozenset[str]) -> tuple[str, ...]:
    """The names of the tags that are not among these, each once; a foreign namespace's as `prefix:name`."""
    names = dict.fromkeys(
        one.name if "{" not in one.name else _prefixed(one) for one in parent.every() if one.name not in known
    )
    return tuple(values.line(name)[:100] for name in names)


def _prefixed(node: Node) -> str:
    return f"{node.element.prefix or ''}:{node.name.rpartition('}')[2]}"


def _categories(channel: Node) -> list[str]:
    """Apple's categories as castkit writes them: `Education > Courses`."""
    found = []
    for one in channel.children("itunes:category"):
        top = values.line(one.attribute("text") or "")
        below = [values.line(sub.attribute("text") or "") for sub in one.children("itunes:category")]
        found += [f"{top} > {sub}" for sub in below if sub] or [top]
    return [one for one in dict.fromkeys(found) if one]
